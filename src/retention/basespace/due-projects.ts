import type { BaseSpaceProject } from '../../basespace/schemas.ts';
import type { RetentionRequest } from '../shared/context.ts';
import { dueByAge } from '../shared/due.ts';
import type { NamedProjects } from './projects.ts';
import type { BaseSpaceState } from './state-file.ts';

interface DueProjectsRequest extends Pick<RetentionRequest, 'analyses' | 'thresholds' | 'now'> {
	readonly named: Pick<NamedProjects, 'due'>;
	readonly saved: Pick<BaseSpaceState, 'projects'>;
}

/**
 * Those that an analysis names, or named while its output was there, which is due by what is asked for now. Those of which
 * it was due by other options, in an earlier pass, come later.
 */
export function dueProjects({ analyses, named, saved, thresholds, now }: DueProjectsRequest): {
	readonly due: ReadonlyMap<string, string>;
	readonly later: BaseSpaceState['projects'];
} {
	const byId = new Map(analyses.map((analysis) => [analysis.id, analysis]));
	const due = new Map<string, string>();
	const later: BaseSpaceState['projects'] = [];
	for (const project of saved.projects) {
		const analysis = byId.get(project.analysis);
		if (analysis !== undefined && dueByAge(analysis, thresholds, now) !== 'nothing') {
			due.set(project.name, analysis.id);
		} else if (analysis !== undefined) {
			later.push(project);
		}
	}
	return { due: new Map([...due, ...named.due]), later };
}

/** What a name means. */
interface Match {
	readonly name: string;
	readonly project?: BaseSpaceProject;
	readonly leftAlone?: string;
	readonly isAmbiguous?: true;
}

/** The one project of exactly this name, if it is the user's own. */
export function matchOf(name: string, visible: readonly BaseSpaceProject[], userId: string): Match {
	const [project, ...others] = visible.filter((each) => each.name === name);
	if (project === undefined) {
		return { name, leftAlone: `${name} (not among the projects that BaseSpace shows this user)` };
	}
	if (others.length > 0) {
		const ids = [project, ...others].map(({ id }) => id).join(', ');
		return { name, isAmbiguous: true, leftAlone: `${name} (several projects have that name: ${ids})` };
	}
	return project.ownerId === userId
		? { name, project }
		: { name, leftAlone: `${name} (it does not belong to the user of the token)` };
}
