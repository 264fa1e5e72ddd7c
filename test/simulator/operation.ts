import type { Version } from './media-types.ts';
import type { JsonObject } from './parties.ts';
import type { World } from './world.ts';

/** A call that has passed the door: signed in, of a known operation, with readable media types and body. */
export interface Call {
	readonly world: World;
	/** The parameters in the path. */
	readonly path: Readonly<Record<string, string>>;
	readonly query: URLSearchParams;
	readonly headers: Readonly<Record<string, string>>;
	/** Parsed JSON; undefined when there was no body. */
	readonly body: unknown;
	/** The version of the answer. */
	readonly version: Version;
	/** Where the S3 server is. */
	readonly s3Url: string;
	/** A new JWT for the caller's API key. */
	readonly newToken: () => string;
}

/** An operation of the document. */
export interface Operation {
	/** Its operationId. */
	readonly id: string;
	readonly method: 'GET' | 'POST';
	/** With its parameters in braces, without `/ica/rest`. */
	readonly path: string;
	/** The status of success. */
	readonly status: number;
	/** The versions of its answer; none when it answers nothing. */
	readonly answers: readonly Version[];
	/** The versions of its body; not given when it takes none. */
	readonly takes?: readonly Version[];
	readonly bodyRequired?: boolean;
	readonly idempotent?: boolean;
	/** Open to callers who have not signed in. */
	readonly open?: boolean;
	readonly run: (call: Call) => JsonObject | undefined;
}

/** A parameter of the path; the route made sure that it is there. */
export function parameter(call: Call, name: string): string {
	return call.path[name] ?? '';
}
