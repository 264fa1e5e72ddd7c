import { ServiceError } from '../common/errors.ts';
import { defaultListLimits, type ListLimits, passingListLimits } from '../http/list-bounds.ts';
import { path } from '../http/path.ts';
import type { IcaClient } from './client.ts';
import { collect, listAll } from './paging.ts';
import { type Data, dataSchema } from './schemas.ts';

/** So many ids fit in an address without troubling any proxy. */
const idsInOneRequest = 100;
/** A path is longer, above all when it is encoded. */
const pathsInOneRequest = 20;

/**
 * Those of the given files and folders that a project still has; what was deleted is left out.
 * @param what completes "Could not …" in an error
 */
export async function findDataByIds(
	ica: IcaClient,
	projectId: string,
	ids: readonly string[],
	what: string,
): Promise<Data[]> {
	const chunks: (readonly string[])[] = [];
	for (let start = 0; start < ids.length; start += idsInOneRequest) {
		chunks.push(ids.slice(start, start + idsInOneRequest));
	}
	const found = await Promise.all(chunks.map((chunk) => list(ica, projectId, what, { id: chunk })));
	return found.flat();
}

/**
 * Whether ICA reports in so many words that there is no such data: an empty list could also be a list that lags behind.
 * @param what completes "Could not …" in an error
 */
export async function isGone(ica: IcaClient, projectId: string, id: string, what: string): Promise<boolean> {
	return (await getData(ica, projectId, id, what)) === undefined;
}

/** Whether something is deleted, or ICA is about to do that; false where that cannot be seen. */
export async function isGoneOrGoing(ica: IcaClient, projectId: string, item: Data): Promise<boolean> {
	try {
		const found = await getData(ica, projectId, item.id, `look whether ${item.path} is deleted`);
		return found === undefined || found.status === 'DELETING';
	} catch (error) {
		if (error instanceof ServiceError) {
			return false;
		}
		throw error;
	}
}

/** @returns undefined when ICA reports that it is not there */
async function getData(
	ica: IcaClient,
	projectId: string,
	id: string,
	what: string,
): Promise<Data | undefined> {
	try {
		return await ica.call({
			what,
			method: 'GET',
			path: path`/api/projects/${projectId}/data/${id}`,
			isReadOnly: true,
			answer: dataSchema,
		});
	} catch (error) {
		if (error instanceof ServiceError && error.failure === 'not found') {
			return undefined;
		}
		throw error;
	}
}

/**
 * Every file below a folder, at any depth, linked ones included.
 * @param folder absolute, with its closing slash. ICA compares beginnings and ignores case; the neighbours that this
 *   lets in are left out here. A file without a path is let in.
 */
export async function listFilesBelow(ica: IcaClient, projectId: string, folder: string): Promise<Data[]> {
	const files = await list(ica, projectId, `list the files in ${folder}`, {
		filePath: folder,
		filePathMatchMode: 'STARTS_WITH_CASE_INSENSITIVE',
		type: 'FILE',
	});
	return files.filter((file) => file.path === '' || file.path.startsWith(folder));
}

/** The file of exactly this path, letter case included, that the project itself owns. */
export async function findFile(
	ica: IcaClient,
	projectId: string,
	filePath: string,
): Promise<Data | undefined> {
	const files = await list(ica, projectId, `look for ${filePath}`, {
		filePath,
		filePathMatchMode: 'FULL_CASE_INSENSITIVE',
		type: 'FILE',
	});
	return files.find((file) => file.path === filePath && file.owningProjectId === projectId);
}

/**
 * The files of exactly these paths, letter case included, that the project itself owns.
 * @param what completes "Could not …" in an error
 */
export async function findFiles(
	ica: IcaClient,
	projectId: string,
	paths: readonly string[],
	what: string,
): Promise<Data[]> {
	const wanted = new Set(paths);
	const chunks: (readonly string[])[] = [];
	for (let start = 0; start < paths.length; start += pathsInOneRequest) {
		chunks.push(paths.slice(start, start + pathsInOneRequest));
	}
	const found = await Promise.all(
		chunks.map((filePath) =>
			list(ica, projectId, what, {
				filePath,
				filePathMatchMode: 'FULL_CASE_INSENSITIVE',
				type: 'FILE',
			}),
		),
	);
	return found.flat().filter((file) => wanted.has(file.path) && file.owningProjectId === projectId);
}

/** What can be asked of data that ICA keeps; a folder takes all that is below it along. */
export type DataChange = 'archive' | 'unarchive' | 'delete';

/**
 * Asks ICA to archive, unarchive or delete a file or folder, which it does later.
 * @throws {ServiceError} 'not found' when it is gone, 'conflict' when its state does not allow that now, 'forbidden'
 *   when ICA does not allow it to this user or in this project
 */
export async function changeData(
	ica: IcaClient,
	projectId: string,
	item: Data,
	change: DataChange,
): Promise<void> {
	await ica.command({
		what: `${change} ${item.path}`,
		method: 'POST',
		path: `${path`/api/projects/${projectId}/data/${item.id}`}:${change}`,
		// when it is sent again, the data is gone or under way
		isReadOnly: false,
		answer: undefined,
	});
}

/** The folders directly in a folder. */
export async function listFoldersIn(ica: IcaClient, projectId: string, parent: string): Promise<Data[]> {
	return await list(ica, projectId, `list the folders in ${parent}`, {
		parentFolderPath: parent,
		type: 'FOLDER',
	});
}

/**
 * The available files below folders, at any depth, that were created before a time.
 * @param folders absolute, with closing slashes; ICA ignores case, so neighbours can be among the answer
 * @param createdBefore milliseconds since 1970
 */
export function listAvailableFiles(
	ica: IcaClient,
	projectId: string,
	folders: readonly string[],
	createdBefore: number,
): AsyncGenerator<Data, void, undefined> {
	const query = {
		filePath: folders,
		filePathMatchMode: 'STARTS_WITH_CASE_INSENSITIVE',
		type: 'FILE',
		status: 'AVAILABLE',
		creationDateBefore: toTheSecond(createdBefore),
	};
	const what = 'list the available files of old analyses';
	return listPages(ica, projectId, { what, query, limits: passingListLimits });
}

/** The files of exactly this name that a project lists, wherever they are. */
export async function listFilesNamed(ica: IcaClient, projectId: string, name: string): Promise<Data[]> {
	return await list(ica, projectId, `list the files named ${name}`, {
		filename: name,
		filenameMatchMode: 'EXACT',
		type: 'FILE',
	});
}

/** ICA reads times without fractions of a second only. */
function toTheSecond(time: number): string {
	return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

type DataQuery = Readonly<Record<string, string | readonly string[]>>;

async function list(ica: IcaClient, projectId: string, what: string, query: DataQuery): Promise<Data[]> {
	return await collect(listPages(ica, projectId, { what, query, limits: defaultListLimits }));
}

function listPages(
	ica: IcaClient,
	projectId: string,
	{ what, query, limits }: { readonly what: string; readonly query: DataQuery; readonly limits: ListLimits },
): AsyncGenerator<Data, void, undefined> {
	return listAll(
		ica,
		{ what, method: 'GET', path: path`/api/projects/${projectId}/data`, query },
		dataSchema,
		limits,
	);
}
