import { z } from 'zod';
import { ServiceError } from '../common/errors.ts';
import { describeIssues } from '../http/answers.ts';
import { boundsOf, defaultListLimits, type ListLimits } from '../http/list-bounds.ts';
import type { BaseSpaceCall, BaseSpaceClient } from './client.ts';
import { idSchema } from './schemas.ts';

/** BaseSpace's largest page. */
const pageSize = 200;

/** One page of a list, of either version of the API. */
interface Page {
	readonly items: readonly unknown[];
	/** Of all pages; undefined where BaseSpace does not count. */
	readonly total: number | undefined;
	/** How many items a full page has: what was asked for, or fewer. */
	readonly limit: number;
}

const counts = { TotalCount: z.number().int().nonnegative().nullish(), Limit: z.number().int().nullish() };
const countsSchema = z.object(counts);

function pageOf(items: readonly unknown[], { TotalCount, Limit }: z.infer<typeof countsSchema>): Page {
	return { items, total: TotalCount ?? undefined, limit: Math.min(Limit ?? pageSize, pageSize) };
}

/** `/v2`: `{Items, Paging: {TotalCount, Limit, …}}`; some lists do not count. */
const pageOfV2: z.ZodType<Page> = z
	.object({ Items: z.array(z.unknown()), Paging: countsSchema.nullish() })
	.transform(({ Items, Paging }) => pageOf(Items, Paging ?? {}));

/** `/v1pre3`: `{Response: {Items, TotalCount, Limit, …}}`. */
const pageOfV1: z.ZodType<Page> = z
	.object({ Response: z.object({ Items: z.array(z.unknown()), ...counts }) })
	.transform(({ Response }) => pageOf(Response.Items, Response));

/** A list, and what in it could not be read: it must not keep the others from being handled. */
export interface BaseSpaceList<Item> {
	readonly items: readonly Item[];
	/** What is wrong with each. */
	readonly unreadable: readonly string[];
}

const withId = z.object({ Id: idSchema });

/**
 * Every item of every page of a list, once.
 * @param call the list, without paging parameters
 * @throws {ServiceError} also when BaseSpace shows fewer items than it counts: half a list must not pass for the whole
 */
export async function listAll<Item>(
	client: BaseSpaceClient,
	call: BaseSpaceCall,
	schema: z.ZodType<Item>,
	limits: ListLimits = defaultListLimits,
): Promise<BaseSpaceList<Item>> {
	const isV1 = call.path.startsWith('/v1');
	const [limitName, offsetName] = isV1 ? ['Limit', 'Offset'] : ['limit', 'offset'];
	const entries = new Map<string, unknown>();
	const bounds = boundsOf(call.what, limits, () => client.ticks());
	let offset = 0;
	let counted = 0;
	for (;;) {
		const query = { ...call.query, [limitName]: String(pageSize), [offsetName]: String(offset) };
		const page = await bounds.page(client.ask({ ...call, query }, isV1 ? pageOfV1 : pageOfV2));
		for (const [index, entry] of page.items.entries()) {
			const known = withId.safeParse(entry);
			// what has no id can still be counted
			entries.set(known.success ? known.data.Id : `#${offset + index}`, entry);
		}
		offset += page.items.length;
		counted = Math.max(counted, page.total ?? 0);
		if (isLast(page, offset)) {
			refuseIncomplete(call.what, entries.size, counted);
			return readAll([...entries.values()], schema);
		}
	}
}

/** Without a total, a page that is not full is taken for the last; one that is full has another behind it. */
function isLast({ items, total, limit }: Page, shown: number): boolean {
	return items.length === 0 || (total === undefined ? items.length < limit : shown >= total);
}

/** A list that changes while its pages are turned can repeat an item and skip another. */
function refuseIncomplete(what: string, shown: number, counted: number): void {
	if (shown < counted) {
		throw new ServiceError(
			'unexpected answer',
			`Could not ${what}: BaseSpace counts ${counted} and shows ${shown}; the next pass asks again.`,
		);
	}
}

function readAll<Item>(entries: readonly unknown[], schema: z.ZodType<Item>): BaseSpaceList<Item> {
	const items: Item[] = [];
	const unreadable: string[] = [];
	for (const entry of entries) {
		const read = schema.safeParse(entry);
		if (read.success) {
			items.push(read.data);
		} else {
			unreadable.push(describeIssues(read.error));
		}
	}
	return { items, unreadable };
}
