import type { Arrival } from '../exchange.ts';
import type { JsonObject } from '../parties.ts';
import type { Answer } from '../wire.ts';
import type { Item } from './model.ts';
import { BaseSpaceRefusal } from './refusal.ts';
import { renderDataset, renderProject, renderRun, renderTrash, renderUser } from './render.ts';
import type { BaseSpaceStore } from './store.ts';

interface Call {
	readonly store: BaseSpaceStore;
	readonly query: URLSearchParams;
	readonly id: string;
	readonly body: unknown;
}

interface Operation {
	readonly id: string;
	readonly method: string;
	readonly path: RegExp;
	/** undefined: a token is enough. */
	readonly scope?: string;
	readonly run: (call: Call) => JsonObject;
}

const largestPage = 200;

interface Page<Row> {
	readonly rows: readonly Row[];
	readonly around: JsonObject;
}

/** BaseSpace shows 10 when it is not asked for more. */
function pageOf<Row>(
	{ query, store: { areListsCounted: isCounted } }: Call,
	all: readonly Row[],
	names: readonly [string, string],
): Page<Row> {
	const [limit, offset] = names.map((name, index) => Number(query.get(name) ?? (index === 0 ? 10 : 0)));
	if (limit === undefined || offset === undefined || !(limit >= 1 && limit <= largestPage && offset >= 0)) {
		throw new BaseSpaceRefusal(400, 'BASESPACE.COMMON.INVALID', `limit is 1 to ${largestPage}.`);
	}
	const rows = all.slice(offset, offset + limit);
	const around = {
		DisplayedCount: rows.length,
		...(isCounted && { TotalCount: all.length }),
		Offset: offset,
		Limit: limit,
		SortDir: 'Desc',
		SortBy: 'DateCreated',
	};
	return { rows, around };
}

function listOf<Row>(call: Call, all: readonly Row[], render: (row: Row) => JsonObject): JsonObject {
	const { rows, around } = pageOf(call, all, ['limit', 'offset']);
	return { Items: rows.map(render), Paging: around };
}

function byAge(items: readonly Item[]): Item[] {
	return [...items].sort((one, other) => other.dateCreated.getTime() - one.dateCreated.getTime());
}

function filtered(query: URLSearchParams, items: readonly Item[]): Item[] {
	const archived = query.get('isarchived');
	return byAge(items).filter((item) => archived === null || item.isArchived === (archived === 'True'));
}

/** Dataset or run ids, as archiving and restoring take them. */
function idsIn(body: unknown): { kind: Item['kind']; ids: string[] } {
	const given = new Map(typeof body === 'object' && body !== null ? Object.entries(body) : []);
	const [datasets, runs] = [given.get('DatasetIds'), given.get('RunIds')];
	const ids: unknown = datasets ?? runs;
	if (!Array.isArray(ids) || ids.length === 0 || (datasets !== undefined && runs !== undefined)) {
		throw new BaseSpaceRefusal(400, 'BASESPACE.COMMON.INVALID', 'Expected DatasetIds or RunIds.');
	}
	return { kind: datasets === undefined ? 'run' : 'dataset', ids: ids.map(String) };
}

function listRuns(call: Call): JsonObject {
	const { store, query } = call;
	const wanted = query.get('output.projects')?.split(',');
	const runs = store.items.filter(
		({ kind, projects }) =>
			kind === 'run' && (wanted === undefined || projects.some(({ id }) => wanted.includes(id))),
	);
	return listOf(call, filtered(query, runs), renderRun);
}

const operations: readonly Operation[] = [
	{
		id: 'getToken',
		method: 'GET',
		path: /^\/v1pre3\/oauthv2\/token\/current$/,
		run: ({ store }) => ({ Response: { Scopes: [...store.scopes] }, ResponseStatus: {} }),
	},
	{
		id: 'getUser',
		method: 'GET',
		path: /^\/v1pre3\/users\/current$/,
		run: ({ store }) => ({ Response: renderUser(store.me), ResponseStatus: {} }),
	},
	{
		id: 'listProjects',
		method: 'GET',
		path: /^\/v1pre3\/users\/current\/projects$/,
		scope: 'BROWSE GLOBAL',
		run(call) {
			const { rows, around } = pageOf(call, call.store.projects, ['Limit', 'Offset']);
			return { Response: { Items: rows.map(renderProject), ...around }, ResponseStatus: {} };
		},
	},
	{
		id: 'listDatasets',
		method: 'GET',
		path: /^\/v2\/projects\/(?<id>[^/]+)\/datasets$/,
		scope: 'READ GLOBAL',
		run(call) {
			const { store, query, id } = call;
			const project = store.project(id);
			const datasets = store.items.filter(
				({ kind, projects, listedIn }) => kind === 'dataset' && [...projects, ...listedIn].includes(project),
			);
			return listOf(call, filtered(query, datasets), renderDataset);
		},
	},
	{ id: 'listRuns', method: 'GET', path: /^\/v2\/runs$/, scope: 'READ GLOBAL', run: listRuns },
	{
		id: 'archive',
		method: 'POST',
		path: /^\/v2\/archive$/,
		scope: 'WRITE GLOBAL',
		run({ store, body }) {
			const { kind, ids } = idsIn(body);
			store.archive(kind, ids);
			return {};
		},
	},
	{
		id: 'restore',
		method: 'POST',
		path: /^\/v2\/restore$/,
		scope: 'WRITE GLOBAL',
		run({ store, body }) {
			const { kind, ids } = idsIn(body);
			store.restore(kind, ids);
			return {};
		},
	},
	...(['dataset', 'run'] as const).map((kind) => ({
		id: `delete${kind === 'run' ? 'Run' : 'Dataset'}`,
		method: 'DELETE',
		path: new RegExp(`^/v2/${kind}s/(?<id>[^/]+)$`),
		scope: 'MOVETOTRASH GLOBAL',
		run({ store, id }: Call) {
			store.moveToTrash(kind, id);
			return {};
		},
	})),
	{
		id: 'listTrash',
		method: 'GET',
		path: /^\/v2\/trash$/,
		scope: 'READ GLOBAL',
		run: (call) => listOf(call, [...call.store.trash, ...call.store.otherTrash], renderTrash),
	},
	{
		id: 'emptyTrash',
		method: 'DELETE',
		path: /^\/v2\/trash$/,
		scope: 'EMPTY TRASH',
		run({ store }) {
			store.emptyTrash();
			return {};
		},
	},
];

/** The operation that a method and path belong to; `unknown` when there is none. */
export function baseSpaceOperation(method: string, path: string): string {
	return operations.find((each) => each.method === method && each.path.test(path))?.id ?? 'unknown';
}

/** An error as the API's version answers it. */
function baseSpaceError(path: string, refusal: BaseSpaceRefusal): Answer {
	const { status, code, message } = refusal;
	const body = path.startsWith('/v1')
		? { ResponseStatus: { ErrorCode: code, Message: message } }
		: { ErrorCode: code, ErrorMessage: message, RequestId: 'c0ffee' };
	return { status, headers: { 'Content-Type': 'application/json' }, body };
}

/** What BaseSpace usually says with a bare status. */
export function defaultBaseSpaceAnswer(status: number, body: unknown): Answer {
	return body === undefined
		? baseSpaceError('/v2', new BaseSpaceRefusal(status, 'BASESPACE.COMMON.ERROR', `Error ${status}.`))
		: { status, headers: { 'Content-Type': 'application/json' }, body };
}

/** Does what a request asks for, and says what the service answers. */
export function answerOfBaseSpace(store: BaseSpaceStore, token: string, arrival: Arrival): Answer {
	try {
		const operation = operations.find(
			({ method, path }) => method === arrival.method && path.test(arrival.path),
		);
		if (arrival.headers['authorization'] !== `Bearer ${token}`) {
			throw new BaseSpaceRefusal(401, 'BASESPACE.OAUTH.INVALID_TOKEN', 'The token is not valid.');
		}
		if (operation === undefined) {
			throw new BaseSpaceRefusal(404, 'BASESPACE.COMMON.NOT_FOUND', `No ${arrival.path}.`);
		}
		if (operation.scope !== undefined && !store.scopes.includes(operation.scope)) {
			throw new BaseSpaceRefusal(403, 'BASESPACE.OAUTH.SCOPE', `The token lacks ${operation.scope}.`);
		}
		const id = decodeURIComponent(operation.path.exec(arrival.path)?.groups?.['id'] ?? '');
		const body = operation.run({ store, query: arrival.query, id, body: arrival.body });
		return { status: 200, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body };
	} catch (error) {
		if (error instanceof BaseSpaceRefusal) {
			return baseSpaceError(arrival.path, error);
		}
		throw error;
	}
}
