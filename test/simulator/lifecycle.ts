import type { DataStore } from './data.ts';
import type { DataItem, Project } from './model.ts';
import type { Pace } from './pace.ts';
import { Refusal } from './refusal.ts';
import type { Timeline } from './timeline.ts';

/** 403 when ICA lets nobody write into the project. */
export function refuseWrites(project: Project): void {
	if (project.externallyManaged) {
		throw new Refusal(
			403,
			`Project ${project.name} is externally managed and cannot be changed through ICA.`,
		);
	}
}

/** What becomes of data after it was made. */
export class Lifecycle {
	readonly #timeline: Timeline;
	readonly #data: DataStore;
	readonly #pace: Pace;

	constructor(timeline: Timeline, data: DataStore, pace: Pace) {
		this.#timeline = timeline;
		this.#data = data;
		this.#pace = pace;
	}

	/** The bytes of a file have arrived in its bucket. */
	receive(item: DataItem, content: Buffer, eTag: string): void {
		this.#timeline.after(this.#pace.ingestMillis, () => this.#data.store(item, content, eTag));
		this.#timeline.settle();
	}

	/**
	 * DELETING at once, gone later, with everything below.
	 * @throws Refusal 403 for data of another project or in an externally managed one, 409 for data that is on the move.
	 */
	delete(project: Project, item: DataItem): void {
		refuseWrites(project);
		if (item.project !== project) {
			throw new Refusal(403, `Data ${item.id} is linked to project ${project.name}, which does not own it.`);
		}
		const doomed = [item, ...this.#data.below(item)];
		const held = doomed.find((one) => one.status !== 'AVAILABLE' && one.status !== 'PARTIAL');
		if (held !== undefined) {
			throw new Refusal(409, `Data ${held.id} has status ${held.status} and cannot be deleted.`);
		}
		for (const one of doomed) {
			this.#data.setStatus(one, 'DELETING');
		}
		this.#timeline.after(this.#pace.deleteMillis, () => this.#data.remove(item));
	}
}
