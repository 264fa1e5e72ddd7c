import type { Project } from './model.ts';
import { type Call, type Operation, parameter } from './operation.ts';
import { by, pageOf } from './paging.ts';
import type { JsonObject } from './parties.ts';
import { flag, refuseUnsimulated } from './query.ts';
import { renderProject } from './render.ts';

const nothing = by<Project>(() => null);
const sortable = {
	name: by<Project>((project) => project.name),
	shortDescription: nothing,
	information: nothing,
};

function listProjects({ world, query }: Call): JsonObject {
	refuseUnsimulated(query, ['userTags', 'technicalTags', 'region', 'workgroups']);
	const search = (query.get('search') ?? '').toLowerCase();
	const hidden = flag(query, 'includeHiddenProjects') ?? false;
	const rows = world.projects.filter(
		(project) => (project.active || hidden) && project.name.toLowerCase().includes(search),
	);
	const orders = new Map(world.projects.map((project, index) => [project, index]));
	const page = pageOf(query, {
		rows,
		orderOf: (project) => orders.get(project) ?? 0,
		filter: [search, hidden],
		sortable,
	});
	return { items: page.rows.map(renderProject), ...page.around };
}

/** Signing in and projects. */
export const projectOperations: readonly Operation[] = [
	{
		id: 'createJwtToken',
		method: 'POST',
		path: '/api/tokens',
		status: 200,
		answers: [3],
		open: true,
		run: (call) => ({ token: call.newToken() }),
	},
	{ id: 'getProjects', method: 'GET', path: '/api/projects', status: 200, answers: [3], run: listProjects },
	{
		id: 'getProject',
		method: 'GET',
		path: '/api/projects/{projectId}',
		status: 200,
		answers: [3],
		run: (call) => renderProject(call.world.project(parameter(call, 'projectId'))),
	},
];
