import type { DataStore } from './data.ts';
import type { Entry, Listing } from './listing.ts';
import { dataStatuses, type Project } from './model.ts';
import { by, type Comparison } from './paging.ts';
import { oneOf, refuseUnsimulated, single, time } from './query.ts';
import { badRequest, Refusal } from './refusal.ts';
import { formatCodeOf } from './render.ts';

type Test = (entry: Entry) => boolean;

/** The attributes by which a project's data can be sorted. */
export const dataSort: Readonly<Record<string, Comparison<Entry>>> = {
	timeCreated: by((entry) => entry.item.timeCreated),
	timeModified: by((entry) => entry.item.timeModified),
	name: by((entry) => entry.item.name),
	path: by((entry) => entry.item.path),
	fileSizeInBytes: by((entry) => entry.item.sizeInBytes),
	status: by((entry) => entry.item.status),
	format: by((entry) => formatCodeOf(entry.item)),
	dataType: by((entry) => entry.item.type),
	willBeArchivedAt: by(() => null),
	willBeDeletedAt: by(() => null),
};

const unsimulated = [
	...['fullText', 'formatId', 'nonIndexedFolders', 'parentFolderId', 'statusDateAfter', 'statusDateBefore'],
	...['runInputTag', 'runOutputTag', 'connectorTag', 'technicalTag'],
	...['notInRun', 'notLinkedToSample', 'instrumentRunId'],
];

/** What the project lists and the query asks for, oldest line first. */
export function findData(store: DataStore, project: Project, query: URLSearchParams): readonly Entry[] {
	refuseUnsimulated(query, unsimulated);
	const tests = testsOf(query);
	const candidates = candidatesOf(store.listingOf(project), query);
	return tests.length === 0 ? candidates : candidates.filter((entry) => tests.every((test) => test(entry)));
}

/** The cheapest index that the query allows; the tests see to the rest. */
function candidatesOf(listing: Listing, query: URLSearchParams): readonly Entry[] {
	const parent = query.get('parentFolderPath');
	if (parent !== null) {
		return listing.inFolder(parent);
	}
	const ids = query.getAll('id');
	if (ids.length > 0) {
		return inOrder(ids.map((id) => listing.get(id)));
	}
	const [path, ...others] = query.getAll('filePath');
	if (path === undefined) {
		return listing.all();
	}
	const find = (one: string) => (fullPath(query) ? listing.at(one) : listing.startingWith(one));
	return others.length === 0 ? find(path) : inOrder([path, ...others].flatMap(find));
}

/** Each entry once, oldest line first. */
function inOrder(entries: readonly (Entry | undefined)[]): Entry[] {
	const found = new Set(entries.filter((entry) => entry !== undefined));
	return [...found].sort((one, other) => one.order - other.order);
}

function fullPath(query: URLSearchParams): boolean {
	const modes = ['STARTS_WITH_CASE_INSENSITIVE', 'FULL_CASE_INSENSITIVE'] as const;
	return single(query, 'filePathMatchMode', modes) === 'FULL_CASE_INSENSITIVE';
}

function testsOf(query: URLSearchParams): Test[] {
	return [
		anyOf(query.getAll('id'), (entry) => entry.item.id),
		anyOf(query.getAll('owningProjectId'), (entry) => entry.item.project.id),
		anyOf([...(oneOf(query, 'status', dataStatuses) ?? [])], (entry) => entry.item.status),
		typeTest(query),
		anyOf(query.getAll('formatCode'), (entry) => formatCodeOf(entry.item) ?? ''),
		filenameTest(query),
		filePathTest(query),
		parentTest(query),
		createdTest(query),
		userTagTest(query),
	].filter((test) => test !== undefined);
}

function anyOf(values: readonly string[], attributeOf: (entry: Entry) => string): Test | undefined {
	const wanted = new Set(values);
	return wanted.size === 0 ? undefined : (entry) => wanted.has(attributeOf(entry));
}

function typeTest(query: URLSearchParams): Test | undefined {
	const type = single(query, 'type', ['FILE', 'FOLDER'] as const);
	return type && ((entry) => entry.item.type === type);
}

function filenameTest(query: URLSearchParams): Test | undefined {
	const mode = single(query, 'filenameMatchMode', ['EXACT', 'EXCLUDE', 'FUZZY'] as const) ?? 'EXACT';
	const names = query.getAll('filename');
	if (names.length === 0) {
		return;
	}
	if (mode === 'FUZZY') {
		const parts = names.map((name) => name.toLowerCase());
		return (entry) => parts.some((part) => entry.item.name.toLowerCase().includes(part));
	}
	const wanted = new Set(names);
	return (entry) => wanted.has(entry.item.name) === (mode === 'EXACT');
}

/** Only where another index was used: the one by path needs no test. */
function filePathTest(query: URLSearchParams): Test | undefined {
	const full = fullPath(query);
	const paths = query.getAll('filePath').map((path) => path.toLowerCase());
	const indexed = !(query.has('id') || query.has('parentFolderPath'));
	if (paths.length === 0 || indexed) {
		return;
	}
	if (full) {
		return anyOf(paths, (entry) => entry.folded);
	}
	return (entry) => paths.some((prefix) => entry.folded.startsWith(prefix));
}

/** The contents of a linked folder are not found by its path, only what is linked by itself. */
function parentTest(query: URLSearchParams): Test | undefined {
	const parent = query.get('parentFolderPath');
	if (parent === null) {
		return;
	}
	if (!(parent.startsWith('/') && parent.endsWith('/'))) {
		throw badRequest('parentFolderPath', 'parentFolderPath must start and end with a slash.');
	}
	return (entry) => !entry.throughFolder;
}

/** Only the mode that means one thing: exactly one of these tags. */
function userTagTest(query: URLSearchParams): Test | undefined {
	const mode = single(query, 'userTagMatchMode', ['EXACT', 'EXCLUDE', 'FUZZY'] as const);
	const tags = query.getAll('userTag');
	if (tags.length === 0) {
		return;
	}
	if (mode !== 'EXACT') {
		throw new Refusal(501, 'The simulator knows only userTagMatchMode=EXACT.');
	}
	return ({ item }) => item.userTags.some((tag) => tags.includes(tag));
}

function createdTest(query: URLSearchParams): Test | undefined {
	const before = time(query, 'creationDateBefore');
	const after = time(query, 'creationDateAfter');
	if (before === undefined && after === undefined) {
		return;
	}
	return ({ item }) =>
		(before === undefined || item.timeCreated < before) && (after === undefined || item.timeCreated > after);
}
