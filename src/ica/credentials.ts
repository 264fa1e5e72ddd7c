import { randomUUID } from 'node:crypto';
import { path } from '../http/path.ts';
import type { IcaClient } from './client.ts';
import { type Credentials, createdFileSchema, credentialsSchema, type Data } from './schemas.ts';

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
		isReadOnly: false,
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
		isReadOnly: true,
		isSecret: true,
		answer: credentialsSchema,
	});
	return keep(ica, credentials);
}

function keep(ica: IcaClient, credentials: Credentials): Credentials {
	ica.keepSecret(credentials.accessKeyId);
	ica.keepSecret(credentials.secretAccessKey);
	if (credentials.sessionToken !== undefined) {
		ica.keepSecret(credentials.sessionToken);
	}
	return credentials;
}
