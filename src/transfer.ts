import type { S3Client, ServerSideEncryption } from '@aws-sdk/client-s3';
import { reasonOf, ServiceError, StoppedError } from './errors.ts';
import type { Credentials } from './ica/schemas.ts';
import { insecureBecause } from './secure-address.ts';
import { sentence } from './text.ts';

/** Moves bytes to and from ICA's storage, which is S3, with the temporary credentials that ICA gives for each file. */
export interface Storage {
	/** @throws {ServiceError} */
	upload(credentials: Credentials, content: Buffer): Promise<void>;
	/** @throws {ServiceError} also when there are more than `mostBytes` */
	download(credentials: Credentials, mostBytes: number): Promise<Buffer>;
}

export interface StorageSettings {
	/** Of the storage where it is not AWS's own; one that comes with the credentials goes before it. */
	readonly endpoint: string | undefined;
	/** Aborted when a signal asks the program to stop. */
	readonly stop: AbortSignal;
	/** Does work with a server within the limit of requests at once. */
	readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

const timeLimitMs = 120_000;
const connectionLimitMs = 10_000;
const maxAttempts = 5;
const encryptions: readonly ServerSideEncryption[] = ['AES256', 'aws:kms', 'aws:kms:dsse'];
const scheme = /^[a-z]+:\/\//i;

export function createStorage(settings: StorageSettings): Storage {
	return {
		async upload(credentials, content) {
			await withClient('write to', credentials, settings, async (client, abortSignal) => {
				const { PutObjectCommand } = await import('@aws-sdk/client-s3');
				const { bucket, key } = credentials;
				const object = { Bucket: bucket, Key: key, Body: content, ...encryptionOf(credentials) };
				const stored = await client.send(new PutObjectCommand(object), { abortSignal });
				// a proxy's page has status 200, too
				if (stored.ETag === undefined) {
					throw new Error('the answer does not say that it was stored (no ETag)');
				}
			});
		},
		async download(credentials, mostBytes) {
			return await withClient('read', credentials, settings, async (client, abortSignal) => {
				const { GetObjectCommand } = await import('@aws-sdk/client-s3');
				const { bucket, key } = credentials;
				const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
				if ((object.ContentLength ?? 0) > mostBytes) {
					throw new Error(`it has ${object.ContentLength} bytes, where ${mostBytes} were expected at most`);
				}
				return Buffer.from((await object.Body?.transformToByteArray()) ?? []);
			});
		},
	};
}

async function withClient<Result>(
	doing: string,
	credentials: Credentials,
	{ endpoint, stop, inTurn }: StorageSettings,
	work: (client: S3Client, abortSignal: AbortSignal) => Promise<Result>,
): Promise<Result> {
	const limit = AbortSignal.timeout(timeLimitMs);
	try {
		const client = await createClient(credentials, endpoint);
		try {
			// a put can be done again, so that it need not be waited for
			return await inTurn(() => work(client, AbortSignal.any([limit, stop])));
		} finally {
			client.destroy();
		}
	} catch (error) {
		if (stop.aborted) {
			throw new StoppedError();
		}
		const { bucket, key } = credentials;
		const why = limit.aborted ? `no answer within ${timeLimitMs / 1000} s` : describe(error);
		throw new ServiceError('refused', sentence(`Could not ${doing} storage s3://${bucket}/${key}: ${why}`));
	}
}

async function createClient(credentials: Credentials, usualEndpoint: string | undefined): Promise<S3Client> {
	const given = credentials.endpoint ?? usualEndpoint;
	// rclone takes a host alone for https
	const endpoint = given === undefined || scheme.test(given) ? given : `https://${given}`;
	// the heaviest package of all, and most passes move nothing
	const { S3Client: Client } = await import('@aws-sdk/client-s3');
	const client = new Client({
		region: credentials.region,
		credentials: {
			accessKeyId: credentials.accessKeyId,
			secretAccessKey: credentials.secretAccessKey,
			...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
		},
		...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
		maxAttempts,
		requestHandler: { connectionTimeout: connectionLimitMs, requestTimeout: timeLimitMs },
	});
	refuseInsecureRequests(client);
	return client;
}

/** Looks at the request itself: the SDK takes endpoints from the environment and from files, too. */
function refuseInsecureRequests(client: S3Client): void {
	client.middlewareStack.add(
		(next) => (args) => {
			const { protocol, hostname } = addressOf(args.request);
			const why = insecureBecause(`${protocol}//${hostname}`);
			if (why !== undefined) {
				throw new Error(`its endpoint ${hostname} is refused: ${why}`);
			}
			return next(args);
		},
		{ step: 'build', priority: 'low', name: 'refuseInsecureRequests' },
	);
}

function addressOf(request: unknown): { readonly protocol: string; readonly hostname: string } {
	const known =
		typeof request === 'object' && request !== null && 'protocol' in request && 'hostname' in request;
	return known
		? { protocol: String(request.protocol), hostname: String(request.hostname) }
		: { protocol: '', hostname: '' };
}

function encryptionOf({ encryption, encryptionKey }: Credentials): {
	ServerSideEncryption?: ServerSideEncryption;
	SSEKMSKeyId?: string;
} {
	if (encryption === undefined) {
		return {};
	}
	const known = encryptions.find((each) => each.toLowerCase() === encryption.toLowerCase());
	if (known === undefined) {
		throw new Error(`it wants encryption "${encryption}", where ${encryptions.join(', ')} are known`);
	}
	return {
		ServerSideEncryption: known,
		...(encryptionKey === undefined || known === 'AES256' ? {} : { SSEKMSKeyId: encryptionKey }),
	};
}

/** An error of the SDK holds the request; only its name, status and sentence go on. */
function describe(error: unknown): string {
	if (!(error instanceof Error)) {
		return reasonOf(error);
	}
	const status = '$metadata' in error ? statusOf(error.$metadata) : undefined;
	// the SDK's word for an error that came without a sentence
	const said = error.message === 'UnknownError' ? '' : error.message;
	const parts = [error.name === 'Error' ? '' : error.name, said].filter((part) => part !== '');
	return `${status === undefined ? '' : `status ${status}, `}${parts.join(': ')}`;
}

function statusOf(metadata: unknown): number | undefined {
	const known = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
	return known && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
