import { randomUUID } from 'node:crypto';
import { count } from '../text.ts';
import type { IcaClient } from './client.ts';
import { collect, listAll } from './paging.ts';
import { path } from './path.ts';
import { type Credentials, createdFileSchema, credentialsSchema, type Data, dataSchema } from './schemas.ts';

/** So many ids fit in an address without troubling any proxy. */
const idsInOneRequest = 100;

/** Those of the given files and folders that a project still has; what was deleted is left out. */
export async function findDataByIds(
	ica: IcaClient,
	projectId: string,
	ids: readonly string[],
): Promise<Data[]> {
	const chunks: (readonly string[])[] = [];
	for (let start = 0; start < ids.length; start += idsInOneRequest) {
		chunks.push(ids.slice(start, start + idsInOneRequest));
	}
	const found = await Promise.all(
		chunks.map((chunk) => list(ica, projectId, `look up ${count(chunk.length, 'data item')}`, { id: chunk })),
	);
	return found.flat();
}

/**
 * Every file below a folder, at any depth, linked ones included.
 * @param folder absolute, with its closing slash. ICA compares beginnings and ignores case; the neighbours that this
 *   lets in are left out here.
 */
export async function listFilesBelow(ica: IcaClient, projectId: string, folder: string): Promise<Data[]> {
	const files = await list(ica, projectId, `list the files in ${folder}`, {
		filePath: folder,
		filePathMatchMode: 'STARTS_WITH_CASE_INSENSITIVE',
		type: 'FILE',
	});
	return files.filter((file) => file.path.startsWith(folder));
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
		repeatable: true,
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
		repeatable: true,
		answer: credentialsSchema,
	});
	return keep(ica, credentials);
}

/** Asks ICA to delete a file, which it does later. */
export async function deleteFile(ica: IcaClient, projectId: string, file: Data): Promise<void> {
	await ica.command({
		what: `delete ${file.path}`,
		method: 'POST',
		path: path`/api/projects/${projectId}/data/${file.id}:delete`,
		repeatable: true,
		answer: undefined,
	});
}

async function list(
	ica: IcaClient,
	projectId: string,
	what: string,
	query: Readonly<Record<string, string | readonly string[]>>,
): Promise<Data[]> {
	return await collect(
		listAll(ica, { what, method: 'GET', path: path`/api/projects/${projectId}/data`, query }, dataSchema),
	);
}

function keep(ica: IcaClient, credentials: Credentials): Credentials {
	ica.keepSecret(credentials.secretAccessKey);
	if (credentials.sessionToken !== undefined) {
		ica.keepSecret(credentials.sessionToken);
	}
	return credentials;
}
