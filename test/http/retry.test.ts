import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/http/requester.ts';
import { type FailedTry, parseRetryAfter, retryDelay } from '../../src/http/retry.ts';

const limits = defaultLimits;

function delay(failed: FailedTry, tries = 1, random = 1): number | undefined {
	return retryDelay(failed, tries, { random, limits });
}

function status(code: number, retryAfterMs?: number): FailedTry {
	return { kind: 'status', status: code, retryAfterMs };
}

describe('trying again', () => {
	it.each([429, 502, 503, 504])('helps after status %d', (code) => {
		expect(delay(status(code))).toBe(500);
	});

	it.each([200, 204, 301, 400, 401, 403, 404, 409, 422, 500, 501])(
		'does not help after status %d',
		(code) => {
			expect(delay(status(code))).toBeUndefined();
		},
	);

	it('waits twice as long each time, up to a limit, and stops after the last try', () => {
		const waits = [1, 2, 3, 4, 5, 6].map((tries) => delay(status(503), tries));
		expect(waits).toEqual([500, 1000, 2000, 4000, 8000, undefined]);
		expect(retryDelay(status(503), 7, { random: 1, limits: { ...limits, maxTries: 9 } })).toBe(16_000);
	});

	it('spreads the waits by up to a half', () => {
		expect(delay(status(503), 1, 0)).toBe(250);
	});

	it('waits as long as the server asks, up to a limit', () => {
		expect(delay(status(429, 7000))).toBe(7000);
		expect(delay(status(429, 3_600_000))).toBe(120_000);
		expect(delay(status(429, 0))).toBe(500);
	});

	it('helps after a connection that was cut off', () => {
		expect(delay({ kind: 'no answer' })).toBe(500);
	});

	it('never waits longer than the limits allow, nor a negative time', () => {
		const anyTry = fc.record({
			kind: fc.constant('status' as const),
			status: fc.integer({ min: 100, max: 599 }),
			retryAfterMs: fc.option(fc.nat(), { nil: undefined }),
		});
		fc.assert(
			fc.property(
				anyTry,
				fc.integer({ min: 1, max: 20 }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				(failed, tries, random) => {
					const wait = delay(failed, tries, random) ?? 0;
					expect(wait).toBeGreaterThanOrEqual(0);
					expect(wait).toBeLessThanOrEqual(Math.max(limits.maxDelayMs, limits.maxRetryAfterMs));
				},
			),
		);
	});
});

describe('a Retry-After header', () => {
	const now = Date.parse('2026-05-29T12:00:00Z');

	it.each([
		['7', 7000],
		['0', 0],
		['Fri, 29 May 2026 12:01:00 GMT', 60_000],
		['Fri, 29 May 2026 11:59:00 GMT', 0],
		['soon', undefined],
		['', undefined],
		[undefined, undefined],
	])('of %j means %j ms', (header, milliseconds) => {
		expect(parseRetryAfter(header, now)).toBe(milliseconds);
	});
});
