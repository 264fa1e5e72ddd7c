import { randomUUID } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import { type ListLimits, passingListLimits, usualListLimits } from '../http/list-bounds.ts';
import { path } from '../http/path.ts';
import type { IcaClient } from './client.ts';
import { collect, listAll } from './paging.ts';
import { type Credentials, createdFileSchema, credentialsSchema, type Data, dataSchema } from './schemas.ts';

/** So many ids fit in an address without troubling any proxy. */
const idsInOneRequest = 100;

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
 * Whether ICA says in so many words that there is no such data: an empty list could also be a list that lags behind.
 * @param what completes "Could not …" in an error
 */
export async function isGone(ica: IcaClient, projectId: string, id: string, what: string): Promise<boolean> {
	try {
		await ica.call({
			what,
			method: 'GET',
			path: path`/api/projects/${projectId}/data/${id}`,
			isQuestion: true,
			answer: dataSchema,
		});
		return false;
	} catch (error) {
		if (error instanceof ServiceError && error.failure === 'not found') {
			return true;
		}
		throw error;
	}
}

/**
 * Every file below a folder, at any depth, linked ones included.
 * @param folder absolute, with its closing slash. ICA compares beginnings and ignores case; the neighbours that this
 *   lets in are left out here. A file of which ICA tells no path is let in.
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
 * Creates a file without content, and the folders on its way, with credentials to put the content.
 * @throws {ServiceError} 'conflict' where a file of this path exists
 */
export async function createFile(
	ica: IcaClient,
	projectId: string,
	{ folder, name }: { readonly folder: string; readonly name: string },
): Promise<Credentials> {
	const created = await ica.call({
		what: `create ${folder}${name}`,
		method: 'POST',
		path: path`/api/projects/${projectId}/data:createFileWithTemporaryCredentials`,
		headers: { 'idempotency-key': randomUUID() },
		body: { name, folderPath: folder, temporaryCredentials: { credentialsFormat: 'RCLONE' } },
		// the key makes a repeated request answer what the first one answered
		isQuestion: false,
		isSecret: true,
		answer: createdFileSchema,
	});
	return keep(ica, created.tempCredentials);
}

/**
 * Credentials to write an existing file, or to read it.
 * @throws {ServiceError} 'forbidden' or 'conflict' where ICA does not allow that
 */
export async function getCredentials(
	ica: IcaClient,
	projectId: string,
	file: Data,
	access: 'read' | 'write',
): Promise<Credentials> {
	const credentials = await ica.call({
		what: `get credentials to ${access} ${file.path}`,
		method: 'POST',
		path: path`/api/projects/${projectId}/data/${file.id}:createTemporaryCredentials`,
		body: { credentialsFormat: 'RCLONE', readOnlyCredentials: access === 'read' },
		isQuestion: true,
		isSecret: true,
		answer: credentialsSchema,
	});
	return keep(ica, credentials);
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
		isQuestion: false,
		answer: undefined,
	});
}

/** The folders directly in a folder that were created before a time. */
export async function listFoldersIn(
	ica: IcaClient,
	projectId: string,
	parent: string,
	createdBefore: number,
): Promise<Data[]> {
	return await list(ica, projectId, `list the folders in ${parent}`, {
		parentFolderPath: parent,
		type: 'FOLDER',
		creationDateBefore: toTheSecond(createdBefore),
	});
}

/**
 * The available files below folders, at any depth, that were created in a span of time.
 * @param folders absolute, with closing slashes; ICA ignores case, so neighbours can be among the answer
 */
export function listAvailableFiles(
	ica: IcaClient,
	projectId: string,
	folders: readonly string[],
	{ after, before }: { readonly after: number; readonly before: number },
): AsyncGenerator<Data, void, undefined> {
	const query = {
		filePath: folders,
		filePathMatchMode: 'STARTS_WITH_CASE_INSENSITIVE',
		type: 'FILE',
		status: 'AVAILABLE',
		creationDateAfter: toTheSecond(after),
		creationDateBefore: toTheSecond(before),
	};
	const what = 'list the available files of old analyses';
	return listPages(ica, projectId, { what, query, limits: passingListLimits });
}

/**
 * The files of exactly this name that a project lists, wherever they are.
 * @param createdBefore milliseconds since 1970
 */
export async function listFilesNamed(
	ica: IcaClient,
	projectId: string,
	name: string,
	createdBefore: number,
): Promise<Data[]> {
	return await list(ica, projectId, `list the files named ${name}`, {
		filename: name,
		filenameMatchMode: 'EXACT',
		type: 'FILE',
		creationDateBefore: toTheSecond(createdBefore),
	});
}

/** ICA reads times without fractions of a second only. */
function toTheSecond(time: number): string {
	return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

type DataQuery = Readonly<Record<string, string | readonly string[]>>;

async function list(ica: IcaClient, projectId: string, what: string, query: DataQuery): Promise<Data[]> {
	return await collect(listPages(ica, projectId, { what, query, limits: usualListLimits }));
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

function keep(ica: IcaClient, credentials: Credentials): Credentials {
	ica.keepSecret(credentials.accessKeyId);
	ica.keepSecret(credentials.secretAccessKey);
	if (credentials.sessionToken !== undefined) {
		ica.keepSecret(credentials.sessionToken);
	}
	return credentials;
}
