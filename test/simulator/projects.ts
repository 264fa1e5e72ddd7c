import type { Ids } from './ids.ts';
import type { Project, ProjectOptions } from './model.ts';
import { Refusal } from './refusal.ts';
import type { Timeline } from './timeline.ts';

/** All projects. */
export class ProjectStore {
	readonly #timeline: Timeline;
	readonly #ids: Ids;
	readonly #projects = new Map<string, Project>();

	constructor(timeline: Timeline, ids: Ids) {
		this.#timeline = timeline;
		this.#ids = ids;
	}

	add(name: string, options: ProjectOptions): Project {
		const project: Project = {
			id: options.id ?? this.#ids.uuid(),
			name,
			active: !(options.hidden ?? false),
			dataSharingEnabled: options.dataSharingEnabled ?? true,
			externallyManaged: options.externallyManaged ?? false,
			storage: options.storage ?? {},
			bucket: `stratus-gds-${this.#ids.hex(8)}`,
			timeCreated: options.timeCreated ?? this.#timeline.now(),
		};
		this.#projects.set(project.id, project);
		return project;
	}

	all(): readonly Project[] {
		return [...this.#projects.values()];
	}

	/** The project with this id, or a 404. */
	get(projectId: string): Project {
		const project = this.#projects.get(projectId);
		if (project === undefined) {
			throw new Refusal(404, `Project with id ${projectId} was not found.`, { projectId });
		}
		return project;
	}
}
