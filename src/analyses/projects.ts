import { ServiceError, SetupError } from '../common/errors.ts';
import { type ProjectSelector, projectFlag } from '../common/project-selector.ts';
import { count } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import { findProjectsByName, getProject } from '../ica/projects.ts';
import type { Project } from '../ica/schemas.ts';

/** What a project is for, and where it is named, for errors. */
export interface ProjectRole {
	/** "source project" */
	readonly what: string;
	/** How to choose among several of one name: "by --source_project_id". */
	readonly choice: string;
}

/** The role of a project that options name. */
export function roleOf(role: 'source' | 'destination' | 'launch'): ProjectRole {
	return { what: `${role} project`, choice: `by ${projectFlag(role)}_id` };
}

/**
 * Finds the one project that a person has named.
 * @throws {SetupError} when there is none, or more than one of that name
 */
export async function findProject(
	ica: IcaClient,
	{ what, choice }: ProjectRole,
	selector: ProjectSelector,
): Promise<Project> {
	if (selector.by === 'id') {
		return await projectOfId(ica, what, selector.id);
	}
	const { named: projects, similar } = await findProjectsByName(ica, selector.name);
	const [project, ...others] = projects;
	if (project === undefined) {
		const [meant] = similar;
		const advice =
			meant === undefined
				? "Is it spelled so, and is the key's owner a member?"
				: `There is "${meant.name}".`;
		throw new SetupError(`ICA shows this key no ${what} named "${selector.name}". ${advice}`);
	}
	if (others.length > 0) {
		const ids = projects.map(({ id }) => id).join(', ');
		throw new SetupError(
			`${count(projects.length, 'project')} are named "${selector.name}": choose one ${choice} (${ids}).`,
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

async function projectOfId(ica: IcaClient, what: string, id: string): Promise<Project> {
	try {
		return await getByGivenId(id, (each) => getProject(ica, each));
	} catch (error) {
		if (error instanceof ServiceError && error.isLasting) {
			throw new SetupError(`ICA shows this key no ${what} with id ${id} (${error.failure}).`);
		}
		throw error;
	}
}
