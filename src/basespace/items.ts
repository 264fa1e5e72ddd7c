import { count } from '../common/text.ts';
import { path } from '../http/path.ts';
import type { BaseSpaceClient } from './client.ts';
import { type BaseSpaceList, listAll } from './paging.ts';
import {
	type BaseSpaceItem,
	type BaseSpaceProject,
	datasetSchema,
	runSchema,
	type TrashEntry,
	trashEntrySchema,
} from './schemas.ts';

/** So many project ids fit in an address without troubling any proxy. */
const projectsInOneRequest = 100;

/** The datasets of a project, archived ones included. */
export async function listDatasets(
	client: BaseSpaceClient,
	project: BaseSpaceProject,
): Promise<BaseSpaceList<BaseSpaceItem>> {
	return await listAll(
		client,
		{
			what: `list the datasets of BaseSpace project ${project.name}`,
			method: 'GET',
			path: path`/v2/projects/${project.id}/datasets`,
		},
		datasetSchema,
	);
}

/** The runs that belong to one of these projects. Without a project it asks for none: that would be all of the account's. */
export async function listRuns(
	client: BaseSpaceClient,
	projects: readonly BaseSpaceProject[],
): Promise<BaseSpaceList<BaseSpaceItem>> {
	const found = new Map<string, BaseSpaceItem>();
	const unreadable: string[] = [];
	for (let start = 0; start < projects.length; start += projectsInOneRequest) {
		const chunk = projects.slice(start, start + projectsInOneRequest);
		const runs = await listAll(
			client,
			{
				what: `list the runs of ${count(chunk.length, 'BaseSpace project')}`,
				method: 'GET',
				path: '/v2/runs',
				query: { 'output.projects': chunk.map(({ id }) => id).join(',') },
			},
			runSchema,
		);
		for (const run of runs.items) {
			found.set(run.id, run);
		}
		unreadable.push(...runs.unreadable);
	}
	return { items: [...found.values()], unreadable };
}

/** All runs that the user can see, of whatever project: only to compare names with, never to be changed. */
export async function listRunsOfUser(client: BaseSpaceClient): Promise<BaseSpaceList<BaseSpaceItem>> {
	return await listAll(
		client,
		{ what: 'list the runs of the BaseSpace user', method: 'GET', path: '/v2/runs' },
		runSchema,
	);
}

/**
 * Asks BaseSpace to archive or unarchive datasets or runs, which it does later (unarchiving within 48 hours).
 * @param items all of one kind
 */
export async function moveItems(
	client: BaseSpaceClient,
	change: 'archive' | 'unarchive',
	items: readonly BaseSpaceItem[],
): Promise<void> {
	const ids = items.map(({ id }) => id);
	const [first] = items;
	const word = change === 'archive' ? 'archive' : 'restore';
	await client.command({
		what: items.length === 1 ? `${word} ${labelOf(items)}` : `${word} ${labelOf(items)} together`,
		method: 'POST',
		path: `/v2/${word}`,
		// when it is sent again, it is under way
		body: first?.kind === 'run' ? { RunIds: ids } : { DatasetIds: ids },
	});
}

function labelOf(items: readonly BaseSpaceItem[]): string {
	const [first] = items;
	return items.length === 1 && first !== undefined
		? `${first.kind} ${first.name} (${first.id})`
		: count(items.length, first?.kind ?? 'item');
}

/** @throws {ServiceError} 'not found' when it is gone, 'conflict' when its state does not allow that now */
export async function moveToTrash(client: BaseSpaceClient, item: BaseSpaceItem): Promise<void> {
	await client.command({
		what: `delete ${labelOf([item])}`,
		method: 'DELETE',
		path: item.kind === 'run' ? path`/v2/runs/${item.id}` : path`/v2/datasets/${item.id}`,
	});
}

/** Everything in the user's trash, whoever put it there. */
export async function listTrash(client: BaseSpaceClient): Promise<BaseSpaceList<TrashEntry>> {
	return await listAll(
		client,
		{ what: "list what is in BaseSpace's trash", method: 'GET', path: '/v2/trash' },
		trashEntrySchema,
	);
}

/** Deletes everything in the user's trash for good. Sent once: by the time of another try, more could be in it. */
export async function emptyTrash(client: BaseSpaceClient): Promise<void> {
	await client.command({
		what: "empty BaseSpace's trash",
		method: 'DELETE',
		path: '/v2/trash',
		isSentOnce: true,
	});
}
