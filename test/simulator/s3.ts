import { checkChecksums, checkPayloadHash, md5, unchunked } from './checksums.ts';
import type { Credentials } from './credentials.ts';
import type { S3Exchange } from './exchange.ts';
import type { DataItem } from './model.ts';
import { accessDenied, S3Error, xmlOf } from './s3-error.ts';
import { signerOf } from './sigv4.ts';
import type { Answer } from './wire.ts';
import type { World } from './world.ts';

const operations: Readonly<Record<string, string>> = {
	PUT: 'PutObject',
	GET: 'GetObject',
	HEAD: 'HeadObject',
};

/** The S3 operation, bucket and key that a request means, in path style. */
export function s3TargetOf(
	method: string,
	pathname: string,
): { operation: string; bucket: string; key: string } {
	const [, bucket = '', ...key] = decodeURIComponent(pathname).split('/');
	const operation = key.join('/') === '' ? undefined : operations[method];
	return { operation: operation ?? 'unknown', bucket, key: key.join('/') };
}

/** The storage behind ICA: objects that belong to files. */
export class S3Service {
	readonly #world: World;

	constructor(world: World) {
		this.#world = world;
	}

	/** Does what the request asks for, and says what S3 answers. */
	answer(exchange: S3Exchange, bytes: Buffer): Answer {
		try {
			this.#world.timeline.settle();
			return this.#answer(exchange, bytes);
		} catch (error) {
			if (error instanceof S3Error) {
				return xmlOf(error);
			}
			throw error;
		}
	}

	#answer(exchange: S3Exchange, bytes: Buffer): Answer {
		const { bucket, key, operation } = exchange;
		const signer = signerOf(exchange, this.#world.now(), (id) => this.#world.credentials.get(id));
		checkPayloadHash(exchange, bytes);
		if (operation === 'unknown') {
			throw new S3Error(
				405,
				'MethodNotAllowed',
				'The specified method is not allowed against this resource.',
			);
		}
		checkReach(signer, bucket, key);
		const file = this.#world.credentials.fileAt(this.#world.projects, bucket, key);
		return operation === 'PutObject' ? this.#put(exchange, { signer, bytes, file }) : got(file, signer);
	}

	#put(exchange: S3Exchange, put: Put): Answer {
		if (put.signer.readOnly) {
			throw accessDenied();
		}
		const { headers } = exchange;
		checkEncryption(headers, put.signer);
		if (!(headers['content-length'] ?? headers['x-amz-decoded-content-length'])) {
			throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
		}
		const content = contentOf(headers, put.bytes);
		const kms = put.signer.encryption?.algorithm === 'aws:kms';
		const eTag = kms ? this.#world.ids.hex(32) : md5(content);
		if (put.file !== undefined) {
			this.#world.lifecycle.receive(put.file, content, eTag);
		}
		return { status: 200, headers: { ETag: `"${eTag}"`, ...encryptionHeaders(put.signer) }, body: undefined };
	}
}

interface Put {
	readonly signer: Credentials;
	readonly bytes: Buffer;
	readonly file: DataItem | undefined;
}

/** A folder's credentials reach everything below it, a file's only that file. */
function checkReach(signer: Credentials, bucket: string, key: string): void {
	const within = signer.prefix.endsWith('/') ? key.startsWith(signer.prefix) : key === signer.prefix;
	if (bucket !== signer.bucket || !within) {
		throw accessDenied();
	}
}

/** Without a setting of its own the bucket encrypts with AES256. */
function checkEncryption(headers: S3Exchange['headers'], signer: Credentials): void {
	const { encryption } = signer;
	const algorithm = headers['x-amz-server-side-encryption'];
	const allowed = encryption === undefined ? [undefined, 'AES256'] : [encryption.algorithm];
	if (!allowed.includes(algorithm)) {
		throw accessDenied(
			`Objects must be encrypted with ${encryption?.algorithm ?? 'AES256'}, not ${algorithm}.`,
		);
	}
	if (headers['x-amz-server-side-encryption-aws-kms-key-id'] !== encryption?.keyId) {
		throw accessDenied('Objects must be encrypted with the key of the bucket.');
	}
}

function encryptionHeaders(signer: Credentials): Record<string, string> {
	const { encryption } = signer;
	return {
		'x-amz-server-side-encryption': encryption?.algorithm ?? 'AES256',
		...(encryption?.keyId !== undefined && {
			'x-amz-server-side-encryption-aws-kms-key-id': encryption.keyId,
		}),
	};
}

function contentOf(headers: S3Exchange['headers'], bytes: Buffer): Buffer {
	const chunked = headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false;
	const { bytes: content, trailers } = chunked ? unchunked(bytes) : { bytes, trailers: {} };
	checkChecksums({ ...headers, ...trailers }, content);
	const promised = headers['x-amz-decoded-content-length'];
	if (promised !== undefined && Number(promised) !== content.length) {
		throw new S3Error(400, 'IncompleteBody', 'The body is not as long as promised.');
	}
	return content;
}

function got(file: DataItem | undefined, signer: Credentials): Answer {
	if (file?.content === undefined) {
		throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
	}
	const headers = {
		'Content-Type': 'application/octet-stream',
		ETag: `"${file.eTag}"`,
		'Last-Modified': file.timeModified.toUTCString(),
		...encryptionHeaders(signer),
	};
	return { status: 200, headers, body: file.content };
}
