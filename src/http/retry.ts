/** How one try of a request ended without an answer that can be used. */
export type FailedTry =
	| { readonly kind: 'no answer' }
	| { readonly kind: 'status'; readonly status: number; readonly retryAfterMs: number | undefined };

export interface RetryLimits {
	readonly maxTries: number;
	/** The first wait, in milliseconds; each later one is twice as long. */
	readonly baseDelayMs: number;
	readonly maxDelayMs: number;
	/** The longest that a server's Retry-After is followed, in milliseconds. */
	readonly maxRetryAfterMs: number;
}

const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const seconds = /^\d{1,9}$/;

/**
 * Decides whether to try again, and after how long. Every request that gets here is as good done twice as once: it only
 * asks, or carries an Idempotency-Key, or finds the second time what the first has done.
 * @param triesMade how often it was tried, the failed try included
 * @param random from 0 up to 1, spreads the waits
 * @returns milliseconds to wait, or undefined: do not try again
 */
export function retryDelay(
	failed: FailedTry,
	triesMade: number,
	{ random, limits }: { readonly random: number; readonly limits: RetryLimits },
): number | undefined {
	if (triesMade >= limits.maxTries || !isPassing(failed)) {
		return undefined;
	}
	const grown = Math.min(limits.baseDelayMs * 2 ** (triesMade - 1), limits.maxDelayMs);
	const jittered = grown * (0.5 + random / 2);
	if (failed.kind === 'status' && failed.retryAfterMs !== undefined) {
		return Math.max(jittered, Math.min(failed.retryAfterMs, limits.maxRetryAfterMs));
	}
	return jittered;
}

function isPassing(failed: FailedTry): boolean {
	return failed.kind === 'no answer' || passingStatuses.has(failed.status);
}

/**
 * Reads a Retry-After header: whole seconds or a date (RFC 9110, 10.2.3).
 * @returns milliseconds from `now`, or undefined when there is none that can be read
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
	if (header === undefined) {
		return undefined;
	}
	if (seconds.test(header)) {
		return Number(header) * 1000;
	}
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
