import { reasonOf, ServiceError, StoppedError } from '../common/errors.ts';
import { sentence } from '../common/text.ts';
import { loadS3 } from './s3.ts';
import type { StoredObject } from './s3-client.ts';
import type { Credentials } from './schemas.ts';

/** Moves bytes to and from ICA's storage, which is S3, with the temporary credentials that ICA gives for each file. */
export interface Storage {
	/** @throws {ServiceError} */
	upload(credentials: Credentials, content: Buffer): Promise<void>;
	/** @throws {ServiceError} also when there are more than `maxBytes` */
	download(credentials: Credentials, maxBytes: number): Promise<Buffer>;
}

export interface StorageSettings {
	/** Of the storage where it is not AWS's own; one that comes with the credentials goes before it. */
	readonly endpoint: string | undefined;
	/** Aborted when a signal asks the program to stop. */
	readonly stop: AbortSignal;
	/** Does work with a server within the limit of requests at once. */
	readonly withinLimit: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

const timeLimitMs = 120_000;

export function createStorage(settings: StorageSettings): Storage {
	return {
		async upload(credentials, content) {
			await withObject('write to', credentials, settings, (object, stop) => object.put(content, stop));
		},
		async download(credentials, maxBytes) {
			return await withObject('read', credentials, settings, (object, stop) => object.get(maxBytes, stop));
		},
	};
}

async function withObject<Result>(
	doing: string,
	credentials: Credentials,
	{ endpoint, stop, withinLimit }: StorageSettings,
	work: (object: StoredObject, stop: AbortSignal) => Promise<Result>,
): Promise<Result> {
	const limit = AbortSignal.timeout(timeLimitMs);
	try {
		const { storedObject } = await loadS3();
		const object = storedObject(credentials, endpoint, timeLimitMs);
		try {
			// a put can be done again, so that it need not be waited for
			return await withinLimit(() => work(object, AbortSignal.any([limit, stop])));
		} finally {
			object.leave();
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

/** An error of the SDK holds the request; only its name, status and sentence go on. */
function describe(error: unknown): string {
	if (!(error instanceof Error)) {
		return reasonOf(error);
	}
	const status = '$metadata' in error ? statusOf(error.$metadata) : undefined;
	// the SDK's word for an error that came without a sentence
	const detail = error.message === 'UnknownError' ? '' : error.message;
	const parts = [error.name === 'Error' ? '' : error.name, detail].filter((part) => part !== '');
	return `${status === undefined ? '' : `status ${status}, `}${parts.join(': ')}`;
}

function statusOf(metadata: unknown): number | undefined {
	const known = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
	return known && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
