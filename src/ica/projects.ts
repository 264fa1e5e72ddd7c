import { path } from '../http/path.ts';
import type { IcaClient } from './client.ts';
import { collect, listAll } from './paging.ts';
import { type Project, projectSchema } from './schemas.ts';

/** What a search for a name has found. */
export interface ProjectSearch {
	/** Of exactly this name. */
	readonly named: readonly Project[];
	/** Of a name that differs only in letter case and spaces around it. */
	readonly similar: readonly Project[];
}

/** Looks for projects by name, hidden ones included. ICA's own search finds every name that contains it. */
export async function findProjectsByName(ica: IcaClient, name: string): Promise<ProjectSearch> {
	const plain = (text: string): string => text.trim().toLowerCase();
	const found = await collect(
		listAll(
			ica,
			{
				what: `look for project ${name}`,
				method: 'GET',
				path: '/api/projects',
				query: { search: name.trim(), includeHiddenProjects: 'true' },
			},
			projectSchema,
		),
	);
	return {
		named: found.filter((project) => project.name === name),
		similar: found.filter((project) => project.name !== name && plain(project.name) === plain(name)),
	};
}

/** @throws {ServiceError} 'not found' or 'forbidden' where there is no such project for this key */
export async function getProject(ica: IcaClient, id: string): Promise<Project> {
	return await ica.call({
		what: `look for project ${id}`,
		method: 'GET',
		path: path`/api/projects/${id}`,
		isReadOnly: true,
		answer: projectSchema,
	});
}
