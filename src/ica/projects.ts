import type { IcaClient } from './client.ts';
import { collect, listAll } from './paging.ts';
import { path } from './path.ts';
import { type Project, projectSchema } from './schemas.ts';

/** All projects, hidden ones too, of exactly this name. ICA's own search finds every name that contains it. */
export async function findProjectsByName(ica: IcaClient, name: string): Promise<Project[]> {
	const found = listAll(
		ica,
		{
			what: `look for project ${name}`,
			method: 'GET',
			path: '/api/projects',
			query: { search: name, includeHiddenProjects: 'true' },
		},
		projectSchema,
	);
	return (await collect(found)).filter((project) => project.name === name);
}

/** @throws {ServiceError} 'not found' or 'forbidden' where there is no such project for this key */
export async function getProject(ica: IcaClient, id: string): Promise<Project> {
	return await ica.call({
		what: `look for project ${id}`,
		method: 'GET',
		path: path`/api/projects/${id}`,
		isQuestion: true,
		answer: projectSchema,
	});
}
