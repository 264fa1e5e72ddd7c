/** How one try of a request ended without an answer that can be used. */
export type FailedTry =
	/** No answer. `sent` is false when the connection was never made, so the server cannot have acted on it. */
	| { readonly kind: 'no answer'; readonly sent: boolean }
	| { readonly kind: 'status'; readonly status: number; readonly retryAfterMs: number | undefined };

export interface RetryLimits {
	readonly maxTries: number;
	/** The first wait, in milliseconds; each later one is twice as long. */
	readonly baseDelayMs: number;
	readonly longestDelayMs: number;
	/** The longest that a server's Retry-After is followed, in milliseconds. */
	readonly longestRetryAfterMs: number;
}

const passingStatuses: ReadonlySet<number> = new Set([502, 503, 504]);
const tooManyRequests = 429;
const seconds = /^\d{1,9}$/;

/**
 * Decides whether to try again, and after how long.
 * @param triesMade how often it was tried, the failed try included
 * @param repeatable whether doing it twice is as good as once
 * @param random from 0 up to 1, spreads the waits
 * @returns milliseconds to wait, or undefined: do not try again
 */
export function retryDelay(
	failed: FailedTry,
	triesMade: number,
	{ repeatable, random, limits }: { repeatable: boolean; random: number; limits: RetryLimits },
): number | undefined {
	if (triesMade >= limits.maxTries || !mayRepeat(failed, repeatable)) {
		return undefined;
	}
	const grown = Math.min(limits.baseDelayMs * 2 ** (triesMade - 1), limits.longestDelayMs);
	const jittered = grown * (0.5 + random / 2);
	if (failed.kind === 'status' && failed.retryAfterMs !== undefined) {
		return Math.max(jittered, Math.min(failed.retryAfterMs, limits.longestRetryAfterMs));
	}
	return jittered;
}

/** A 429 and a connection that was never made are certain not to have had an effect. */
function mayRepeat(failed: FailedTry, repeatable: boolean): boolean {
	if (failed.kind === 'no answer') {
		return repeatable || !failed.sent;
	}
	return failed.status === tooManyRequests || (repeatable && passingStatuses.has(failed.status));
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
