import type { S3Client, ServerSideEncryption } from '@aws-sdk/client-s3';
import { reasonOf, ServiceError } from './errors.ts';
import type { Credentials } from './ica/schemas.ts';
import { insecureBecause } from './secure-address.ts';

/** Moves bytes to and from ICA's storage, which is S3, with the temporary credentials that ICA gives for each file. */
export interface Storage {
	/** @throws {ServiceError} */
	upload(credentials: Credentials, content: Buffer): Promise<void>;
	/** @throws {ServiceError} also when there are more than `mostBytes` */
	download(credentials: Credentials, mostBytes: number): Promise<Buffer>;
	/** How many objects were sent or asked for. */
	requestsSent(): number;
}

const timeLimitMs = 120_000;
const connectionLimitMs = 10_000;
const maxAttempts = 5;
const encryptions: readonly ServerSideEncryption[] = ['AES256', 'aws:kms', 'aws:kms:dsse'];

/**
 * @param endpoint of the storage where it is not AWS's own; one that comes with the credentials goes before it
 */
export function createStorage(endpoint: string | undefined): Storage {
	let requests = 0;
	return {
		requestsSent: () => requests,
		async upload(credentials, content) {
			requests++;
			await withClient('write to', credentials, endpoint, async (client, abortSignal) => {
				const { PutObjectCommand } = await import('@aws-sdk/client-s3');
				const { bucket, key } = credentials;
				const object = { Bucket: bucket, Key: key, Body: content, ...encryptionOf(credentials) };
				await client.send(new PutObjectCommand(object), { abortSignal });
			});
		},
		async download(credentials, mostBytes) {
			requests++;
			return await withClient('read', credentials, endpoint, async (client, abortSignal) => {
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
	usualEndpoint: string | undefined,
	work: (client: S3Client, abortSignal: AbortSignal) => Promise<Result>,
): Promise<Result> {
	const endpoint = credentials.endpoint ?? usualEndpoint;
	const refused = endpoint === undefined ? undefined : insecureBecause(endpoint);
	if (refused !== undefined) {
		throw storageError(doing, credentials, `its endpoint ${endpoint} is refused: ${refused}`);
	}
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
	try {
		return await work(client, AbortSignal.timeout(timeLimitMs));
	} catch (error) {
		throw storageError(doing, credentials, describe(error));
	} finally {
		client.destroy();
	}
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

function storageError(doing: string, { bucket, key }: Credentials, why: string): ServiceError {
	return new ServiceError('refused', `Could not ${doing} storage s3://${bucket}/${key}: ${why}.`);
}

/** An error of the SDK holds the request; only its name, status and sentence go on. */
function describe(error: unknown): string {
	if (!(error instanceof Error)) {
		return reasonOf(error);
	}
	if (error.name === 'AbortError' || error.name === 'TimeoutError') {
		return `no answer within ${timeLimitMs / 1000} s`;
	}
	const status = '$metadata' in error ? statusOf(error.$metadata) : undefined;
	const name = error.name === 'Error' ? '' : `${error.name}: `;
	return `${status === undefined ? '' : `status ${status}, `}${name}${error.message}`;
}

function statusOf(metadata: unknown): number | undefined {
	const known = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
	return known && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
