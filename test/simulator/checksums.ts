import { createHash } from 'node:crypto';
import type { Arrival } from './exchange.ts';
import { S3Error } from './s3-error.ts';

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit += 1) {
		value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1;
	}
	return value;
});

/** The CRC-32 of the bytes, in base64 as in x-amz-checksum-crc32. */
export function crc32(bytes: Buffer): string {
	let crc = 0xff_ff_ff_ff;
	for (const byte of bytes) {
		crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
	}
	const value = Buffer.alloc(4);
	value.writeUInt32BE((crc ^ 0xff_ff_ff_ff) >>> 0);
	return value.toString('base64');
}

function digest(algorithm: string, bytes: Buffer, encoding: 'hex' | 'base64'): string {
	return createHash(algorithm).update(bytes).digest(encoding);
}

const checksums: Readonly<Record<string, (bytes: Buffer) => string>> = {
	'content-md5': (bytes) => digest('md5', bytes, 'base64'),
	'x-amz-checksum-crc32': crc32,
	'x-amz-checksum-sha256': (bytes) => digest('sha256', bytes, 'base64'),
	'x-amz-checksum-sha1': (bytes) => digest('sha1', bytes, 'base64'),
};

const unsigned = new Set(['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER']);

/** The bytes must have the hash that was signed with them. */
export function checkPayloadHash(request: Arrival, bytes: Buffer): void {
	const signed = request.headers['x-amz-content-sha256'] ?? '';
	if (!unsigned.has(signed) && signed !== digest('sha256', bytes, 'hex')) {
		throw new S3Error(400, 'XAmzContentSHA256Mismatch', 'x-amz-content-sha256 does not match the body.');
	}
}

/** The bytes must have every checksum that is named in the headers or trailers. */
export function checkChecksums(named: Readonly<Record<string, string>>, bytes: Buffer): void {
	for (const [name, checksum] of Object.entries(checksums)) {
		const wanted = named[name];
		if (wanted !== undefined && wanted !== checksum(bytes)) {
			throw new S3Error(400, 'BadDigest', `The ${name} you specified did not match what we received.`);
		}
	}
}

/** The MD5 in hexadecimal digits: the ETag of an object that is not encrypted with a KMS key. */
export function md5(bytes: Buffer): string {
	return digest('md5', bytes, 'hex');
}

/** A body in Amazon's chunks, and the trailers after it. */
export interface Unchunked {
	readonly bytes: Buffer;
	readonly trailers: Readonly<Record<string, string>>;
}

/** Puts the chunks of an `aws-chunked` body together. */
export function unchunked(body: Buffer): Unchunked {
	const chunks: Buffer[] = [];
	let position = 0;
	for (;;) {
		const end = body.indexOf('\r\n', position);
		const size = Number.parseInt(body.toString('latin1', position, end), 16);
		if (end === -1 || Number.isNaN(size)) {
			throw new S3Error(400, 'IncompleteBody', 'The chunks of the body are malformed.');
		}
		position = end + 2;
		if (size === 0) {
			return { bytes: Buffer.concat(chunks), trailers: trailersIn(body.toString('latin1', position)) };
		}
		chunks.push(body.subarray(position, position + size));
		position += size + 2;
	}
}

function trailersIn(text: string): Record<string, string> {
	const lines = text.split('\r\n').filter((line) => line.includes(':'));
	return Object.fromEntries(
		lines.map((line) => [
			line.slice(0, line.indexOf(':')).trim().toLowerCase(),
			line.slice(line.indexOf(':') + 1).trim(),
		]),
	);
}
