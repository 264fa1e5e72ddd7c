import { type Fields, fieldsOf, flagIn, optionalText, requiredText } from './body.ts';
import { dataSort, findData } from './data-query.ts';
import { type Action, refuseWrites } from './lifecycle.ts';
import type { DataItem, Project } from './model.ts';
import { type Call, type Operation, parameter } from './operation.ts';
import { pageOf } from './paging.ts';
import type { JsonObject } from './parties.ts';
import { badRequest, Refusal } from './refusal.ts';
import { renderData } from './render.ts';
import { renderCredentials } from './render-credentials.ts';

function projectOf(call: Call): Project {
	return call.world.project(parameter(call, 'projectId'));
}

function itemOf(call: Call, project: Project): DataItem {
	return call.world.data.entryOf(project, parameter(call, 'dataId')).item;
}

function listData(call: Call): JsonObject {
	const { world, query } = call;
	const project = projectOf(call);
	const filter = [...query].filter(([name]) => !['pageSize', 'pageToken'].includes(name));
	const page = pageOf(query, {
		rows: findData(world.data, project, query),
		orderOf: (entry) => entry.order,
		filter: [project.id, filter],
		sortable: dataSort,
	});
	return { items: page.rows.map((entry) => renderData(entry.item, project)), ...page.around };
}

function getData(call: Call): JsonObject {
	const project = projectOf(call);
	return renderData(itemOf(call, project), project);
}

/** Archive, unarchive, delete: each is asked for in the same way. */
function acting(action: Action): Operation {
	return {
		id: `${action}Data`,
		method: 'POST',
		path: `/api/projects/{projectId}/data/{dataId}:${action}`,
		status: 204,
		answers: [],
		run(call) {
			const project = projectOf(call);
			call.world.lifecycle.act(action, project, itemOf(call, project));
			return;
		},
	};
}

interface CredentialOptions {
	readonly format: 'RCLONE' | undefined;
	readonly readOnly: boolean;
}

function credentialOptions(options: unknown): CredentialOptions {
	const fields = fieldsOf(options ?? {}, 'temporaryCredentials');
	const format = optionalText(fields, 'credentialsFormat');
	if (format !== undefined && format !== 'RCLONE') {
		throw badRequest('credentialsFormat', 'credentialsFormat must be RCLONE.');
	}
	return { format, readOnly: flagIn(fields, 'readOnlyCredentials') };
}

function credentialsFor(
	call: Call,
	project: Project,
	item: DataItem,
	options: CredentialOptions,
): JsonObject {
	const credentials = call.world.credentials.issue(project, item, options.readOnly);
	return renderCredentials(credentials, options.format, call.s3Url);
}

function createCredentials(call: Call): JsonObject {
	const project = projectOf(call);
	return credentialsFor(call, project, itemOf(call, project), credentialOptions(call.body));
}

/** The folder that a new file goes to: by path, by id, or the root. */
function folderOf(call: Call, project: Project, fields: Fields): string {
	const path = optionalText(fields, 'folderPath');
	const id = optionalText(fields, 'folderId');
	if (id === undefined) {
		return checkedFolder(path ?? '/');
	}
	if (path !== undefined) {
		throw badRequest('folderId', 'folderId and folderPath cannot be combined.');
	}
	const { item } = call.world.data.entryOf(project, id);
	if (item.type === 'FILE') {
		throw badRequest('folderId', `${id} is not a folder.`);
	}
	return item.path;
}

function checkedFolder(path: string): string {
	if (!(path.startsWith('/') && path.endsWith('/')) || path.includes('//')) {
		throw badRequest('folderPath', 'folderPath must be absolute and end with a slash.');
	}
	return path;
}

function createFile(call: Call): JsonObject {
	const { world } = call;
	const fields = fieldsOf(call.body);
	const name = requiredText(fields, 'name');
	if (name.includes('/')) {
		throw badRequest('name', 'name must not contain a slash.');
	}
	const options = credentialOptions(fields['temporaryCredentials']);
	const project = projectOf(call);
	refuseWrites(project);
	const path = folderOf(call, project, fields) + name;
	if (world.data.listingOf(project).exactlyAt(path) !== undefined) {
		throw new Refusal(409, `Project ${project.name} already has data at ${path}.`, { path });
	}
	const file = world.data.addFile(project, path, { status: 'PARTIAL' });
	return { ...renderData(file, project), tempCredentials: credentialsFor(call, project, file, options) };
}

/** Files, folders and the credentials for their bytes. */
export const dataOperations: readonly Operation[] = [
	{
		id: 'getProjectDataList',
		method: 'GET',
		path: '/api/projects/{projectId}/data',
		status: 200,
		answers: [3],
		run: listData,
	},
	{
		id: 'getProjectData',
		method: 'GET',
		path: '/api/projects/{projectId}/data/{dataId}',
		status: 200,
		answers: [3],
		run: getData,
	},
	acting('archive'),
	acting('unarchive'),
	acting('delete'),
	{
		id: 'createFileWithTemporaryCredentials',
		method: 'POST',
		path: '/api/projects/{projectId}/data:createFileWithTemporaryCredentials',
		status: 201,
		answers: [3],
		takes: [3],
		bodyRequired: true,
		idempotent: true,
		run: createFile,
	},
	{
		id: 'createTemporaryCredentialsForData',
		method: 'POST',
		path: '/api/projects/{projectId}/data/{dataId}:createTemporaryCredentials',
		status: 200,
		answers: [3],
		takes: [3],
		run: createCredentials,
	},
];
