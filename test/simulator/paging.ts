import { createHash } from 'node:crypto';
import { badRequest } from './refusal.ts';

const maximumSize = 1000;
const maximumRow = 200_000;
const wholeNumber = /^\d{1,9}$/;

/** What a cursor begins with that is good for any search and leads to its first page: of a list without an end. */
export const anyPage = 'page-';

/** How two rows compare by one attribute. */
export type Comparison<T> = (one: T, other: T) => number;

/** Everything that paging needs to know about a kind of rows. */
export interface PageSource<T> {
	/** Those that match, in ascending order of `orderOf`. */
	readonly rows: readonly T[];
	/** A number that a row keeps and that grows along the rows. */
	readonly orderOf: (row: T, index: number) => number;
	/** What a cursor belongs to: another filter refuses it. */
	readonly filter: unknown;
	readonly sortable: Readonly<Record<string, Comparison<T>>>;
}

/** One page, and the document's fields around it. */
export interface Page<T> {
	readonly rows: readonly T[];
	readonly around: Readonly<Record<string, string | number>>;
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
	const text = query.get(name);
	if (text === null) {
		return;
	}
	if (!wholeNumber.test(text)) {
		throw badRequest(name, `${name} must be a whole number.`);
	}
	return Number(text);
}

function sizeIn(query: URLSearchParams): number {
	const size = numberIn(query, 'pageSize') ?? maximumSize;
	if (size < 1 || size > maximumSize) {
		throw badRequest('pageSize', `pageSize must be between 1 and ${maximumSize}.`);
	}
	return size;
}

/** The page that the query asks for: by cursor unless it names an offset or a sort. */
export function pageOf<T>(query: URLSearchParams, source: PageSource<T>): Page<T> {
	const size = sizeIn(query);
	if (!(query.has('pageOffset') || query.has('sort'))) {
		return cursorPage(query.get('pageToken') ?? '', size, source);
	}
	if (query.has('pageToken')) {
		throw badRequest('pageToken', 'pageToken cannot be combined with pageOffset or sort.');
	}
	return offsetPage(query, size, source);
}

function cursorPage<T>(token: string, size: number, source: PageSource<T>): Page<T> {
	const filter = createHash('md5').update(JSON.stringify(source.filter)).digest('hex').slice(0, 12);
	const isFirst = token === '' || token.startsWith(anyPage);
	const after = isFirst ? Number.NEGATIVE_INFINITY : readToken(token, filter);
	const begin = source.rows.findIndex((row, index) => source.orderOf(row, index) > after);
	const start = begin === -1 ? source.rows.length : begin;
	const rows = source.rows.slice(start, start + size);
	const remainingRecords = source.rows.length - start - rows.length;
	const last = rows.at(-1);
	const more = remainingRecords > 0 && last !== undefined;
	const nextPageToken = more ? newToken(source.orderOf(last, start + rows.length - 1), filter) : '';
	return { rows, around: { nextPageToken, remainingRecords } };
}

function newToken(after: number, filter: string): string {
	return Buffer.from(`${filter} ${after}`).toString('base64url');
}

function readToken(token: string, filter: string): number {
	const [owner, after] = Buffer.from(token, 'base64url').toString().split(' ');
	if (owner !== filter || after === undefined || !wholeNumber.test(after)) {
		throw badRequest('pageToken', 'pageToken is not a cursor of this search.');
	}
	return Number(after);
}

function offsetPage<T>(query: URLSearchParams, size: number, source: PageSource<T>): Page<T> {
	const offset = numberIn(query, 'pageOffset') ?? 0;
	if (offset + size > maximumRow) {
		throw badRequest('pageOffset', `Offset-based paging ends at ${maximumRow} rows.`);
	}
	const sorted = sortedBy(query.get('sort'), source);
	const rows = sorted.slice(offset, offset + size);
	return { rows, around: { nextPageToken: '', totalItemCount: source.rows.length } };
}

function sortedBy<T>(sort: string | null, source: PageSource<T>): readonly T[] {
	if (sort === null) {
		return source.rows;
	}
	const comparisons = sort.split(',').map((part) => comparisonOf(part.trim(), source.sortable));
	return source.rows.toSorted((one, other) => {
		for (const compare of comparisons) {
			const difference = compare(one, other);
			if (difference !== 0) {
				return difference;
			}
		}
		return 0;
	});
}

function comparisonOf<T>(part: string, sortable: Readonly<Record<string, Comparison<T>>>): Comparison<T> {
	const [attribute = '', direction = 'asc', ...rest] = part.split(' ');
	const compare = Object.hasOwn(sortable, attribute) ? sortable[attribute] : undefined;
	if (compare === undefined || !['asc', 'desc'].includes(direction) || rest.length > 0) {
		throw badRequest('sort', `Sorting by "${part}" is not supported.`);
	}
	return direction === 'asc' ? compare : (one, other) => compare(other, one);
}

/** Compares rows by a text, a number or a time; rows without one come first. */
export function by<T>(attributeOf: (row: T) => string | number | Date | null | undefined): Comparison<T> {
	return (one, other) => {
		const [left, right] = [attributeOf(one) ?? '', attributeOf(other) ?? ''];
		if (left < right) {
			return -1;
		}
		return left > right ? 1 : 0;
	};
}
