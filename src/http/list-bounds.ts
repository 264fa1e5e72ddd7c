import { ServiceError } from '../common/errors.ts';

/** How far a list is followed. */
export interface ListLimits {
	readonly maxItems: number;
	readonly maxPages: number;
	/** The longest that is waited for all pages together, in milliseconds. */
	readonly waitMs: number;
}

/** Far beyond any project, and little enough to end within ten minutes, and in 400 MB. */
export const defaultListLimits: ListLimits = { maxItems: 150_000, maxPages: 3000, waitMs: 480_000 };

/** Of a list of which only one page is in the memory. */
export const passingListLimits: ListLimits = { ...defaultListLimits, maxItems: 2_000_000 };

/** Keeps an eye on a list of which nobody knows whether it ends. */
export interface ListBounds {
	/**
	 * Waits for a page, and counts it.
	 * @throws {ServiceError} when the list has gone too far
	 */
	page<Page extends { readonly items: readonly unknown[] }>(page: Promise<Page>): Promise<Page>;
}

/**
 * @param what completes "Could not …"
 * @param ticks milliseconds since some moment
 */
export function boundsOf(what: string, limits: ListLimits, ticks: () => number): ListBounds {
	let items = 0;
	let pages = 0;
	let waited = 0;
	const soFar = (): string => `after ${pages} pages with ${items} items`;
	return {
		async page(page) {
			const begun = ticks();
			const answer = await page;
			waited += ticks() - begun;
			pages++;
			items += answer.items.length;
			if (items > limits.maxItems || pages > limits.maxPages) {
				throw endless(what, `the list is longer than any that is expected, ${soFar()}`);
			}
			if (waited > limits.waitMs) {
				throw endless(
					what,
					`the list has not come to its end in ${limits.waitMs / 60_000} minutes, ${soFar()}`,
				);
			}
			return answer;
		},
	};
}

function endless(what: string, why: string): ServiceError {
	return new ServiceError('unexpected answer', `Could not ${what}: ${why}.`);
}
