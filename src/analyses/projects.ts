import { ServiceError, SetupError } from '../common/errors.ts';
import { type ProjectSelector, projectFlag } from '../common/project-selector.ts';
import { count } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import { findProjectsByName, getProject } from '../ica/projects.ts';
import type { Project } from '../ica/schemas.ts';

/**
 * Finds the one project that the command line names.
 * @param role `source`, `destination` or `launch`: what the project is for
 * @throws {SetupError} when there is none, or more than one of that name
 */
export async function findProject(ica: IcaClient, role: string, selector: ProjectSelector): Promise<Project> {
	if (selector.by === 'id') {
		return await projectOfId(ica, role, selector.id);
	}
	const { named: projects, similar } = await findProjectsByName(ica, selector.name);
	const [project, ...others] = projects;
	if (project === undefined) {
		const [meant] = similar;
		const advice =
			meant === undefined
				? "Is it spelled so, and is the key's owner a member?"
				: `There is "${meant.name}".`;
		throw new SetupError(`ICA shows this key no ${role} project named "${selector.name}". ${advice}`);
	}
	if (others.length > 0) {
		const ids = projects.map(({ id }) => id).join(', ');
		throw new SetupError(
			`${count(projects.length, 'project')} are named "${selector.name}": choose one by ${projectFlag(role)}_id (${ids}).`,
		);
	}
	return project;
}

/**
 * Gets what an id stands for: the id as it was given, and then as ICA usually writes ids, in lower case.
 * @throws {ServiceError} 'not found' where there is neither
 */
export async function getByGivenId<Found>(id: string, get: (id: string) => Promise<Found>): Promise<Found> {
	const usual = id.toLowerCase();
	try {
		return await get(id);
	} catch (error) {
		if (id !== usual && error instanceof ServiceError && error.failure === 'not found') {
			return await get(usual);
		}
		throw error;
	}
}

async function projectOfId(ica: IcaClient, role: string, id: string): Promise<Project> {
	try {
		return await getByGivenId(id, (each) => getProject(ica, each));
	} catch (error) {
		if (error instanceof ServiceError && error.isLasting) {
			throw new SetupError(`ICA shows this key no ${role} project with id ${id} (${error.failure}).`);
		}
		throw error;
	}
}
