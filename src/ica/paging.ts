import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { ServiceError } from '../common/errors.ts';
import { boundsOf, defaultListLimits, type ListLimits } from '../http/list-bounds.ts';
import type { Call, IcaClient } from './client.ts';

/** ICA's largest page. */
const pageSize = '1000';
/** What is wrong with each item of a page is remembered: of one as long as the answer may be, that would fill the memory. */
const maxItemsOfPage = 100_000;
const maxTokenLength = 10_000;

/** One page of a list, of items that fit `item`. */
interface Page<Item> {
	readonly items: Item[];
	readonly nextPageToken?: string | null | undefined;
	readonly remainingRecords?: number | null | undefined;
}

function pageOf<Item>(item: z.ZodType<Item>): z.ZodType<Page<Item>> {
	return z.object({
		items: z.array(z.unknown()).max(maxItemsOfPage).pipe(z.array(item)),
		nextPageToken: z.string().max(maxTokenLength).nullish(),
		remainingRecords: z.number().nullish(),
	});
}

/**
 * Yields every item of every page of a list, by ICA's cursor, which alone promises complete and unique results.
 * @param call the list, without paging parameters
 * @param item the schema of one item
 * @throws {ServiceError} also when ICA ends the list while it reports that records remain: half a list must not pass
 *   for the whole; or when it does not end
 */
export async function* listAll<Item>(
	client: IcaClient,
	call: Omit<Call<never>, 'answer' | 'isReadOnly'>,
	item: z.ZodType<Item>,
	limits: ListLimits = defaultListLimits,
): AsyncGenerator<Item, void, undefined> {
	const answer = pageOf(item);
	const ask = (pageToken: string | undefined): Promise<Page<Item>> =>
		client.call({ ...call, query: { ...call.query, pageSize, pageToken }, isReadOnly: true, answer });
	const bounds = boundsOf(call.what, limits, () => client.ticks());
	const seen = new Set<string>();
	let next: Promise<Page<Item>> | undefined = ask(undefined);
	while (next !== undefined) {
		const page: Page<Item> = await bounds.page(next);
		const pageToken: string = page.nextPageToken ?? '';
		if (pageToken === '' && (page.remainingRecords ?? 0) > 0) {
			throw incomplete(call.what, `the list ended while ${page.remainingRecords} records remained`);
		}
		if (seen.has(pageToken)) {
			throw incomplete(call.what, 'the same page was offered twice');
		}
		seen.add(pageToken);
		next = pageToken === '' ? undefined : ask(pageToken);
		// under way while these are worked on; its failure is thrown when it is its turn
		next?.catch(() => undefined);
		// a reader that never waits would keep the request from being sent
		await setImmediate();
		yield* page.items;
	}
}

function incomplete(what: string, why: string): ServiceError {
	return new ServiceError('unexpected answer', `Could not ${what}: ${why}.`);
}

/** All items of a list that fits in memory. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
	const all: Item[] = [];
	for await (const item of items) {
		all.push(item);
	}
	return all;
}
