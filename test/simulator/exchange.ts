/** A request as it arrived, at ICA or at its storage. */
export interface Arrival {
	/** From 1, in the order of arrival. */
	readonly number: number;
	/** The operationId of the document, or the name of the S3 operation; `unknown` when there is none. */
	readonly operation: string;
	readonly method: string;
	/** With `/ica/rest`, without the query. */
	readonly path: string;
	readonly query: URLSearchParams;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	/** Parsed JSON; the bytes at S3; undefined when there was none. */
	readonly body: unknown;
	/** Milliseconds since the epoch by the machine's clock. */
	readonly arrived: number;
	/** How many requests this server was busy with, this one included. */
	readonly concurrent: number;
}

/** An answer as it was sent. */
export interface Reply {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** Parsed JSON; text at S3; undefined when there was none. */
	readonly body: unknown;
}

/** A request and what became of it. */
export interface Exchange extends Arrival {
	/** Undefined as long as, or because, no answer was sent. */
	response: Reply | undefined;
	/** A fault stood in for the service, wholly or in part. */
	faulty: boolean;
}

/** A request to the storage. */
export interface S3Exchange extends Exchange {
	readonly bucket: string;
	readonly key: string;
}
