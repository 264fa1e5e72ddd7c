import type { DataStore } from './data.ts';
import type { DataItem, Project } from './model.ts';

/** How a link can end. */
export type LinkOutcome = 'LINKED' | 'ALREADY_LINKED' | 'PARTIALLY_LINKED' | 'FAILED';

/** What became of a link. */
export interface Verdict {
	readonly status: LinkOutcome;
	readonly reason: string | undefined;
}

/** Links one piece of data after the other, by the rules or as a test forces it. */
export class Linker {
	readonly #data: DataStore;
	readonly #forced = new Map<string, Verdict>();
	readonly #times = new Map<string, number>();

	constructor(data: DataStore) {
		this.#data = data;
	}

	/** What becomes of every link of this data from now on; undefined: what the rules say. */
	force(dataId: string, verdict: Verdict | undefined): void {
		if (verdict === undefined) {
			this.#forced.delete(dataId);
		} else {
			this.#forced.set(dataId, verdict);
		}
	}

	/** Links the data to the project, if it may be, and says what became of it. */
	link(dataId: string, destination: Project): Verdict {
		const item = this.#data.get(dataId);
		if (item === undefined) {
			return { status: 'FAILED', reason: `Data with id ${dataId} was not found.` };
		}
		const hindrance = this.#hindrance(item, destination);
		if (hindrance !== undefined) {
			return hindrance;
		}
		if (this.#data.listingOf(destination).get(dataId) !== undefined) {
			return { status: 'ALREADY_LINKED', reason: undefined };
		}
		const contents = this.#data.below(item);
		const linkable = contents.filter((below) => this.#hindrance(below, destination) === undefined);
		const listing = this.#data.listingOf(destination);
		for (const linked of [item, ...linkable].filter((one) => listing.get(one.id) === undefined)) {
			const key = `${destination.id} ${linked.id}`;
			this.#times.set(key, (this.#times.get(key) ?? 0) + 1);
		}
		this.#data.link(item, destination, linkable);
		const left = contents.length - linkable.length;
		return left === 0
			? { status: 'LINKED', reason: undefined }
			: { status: 'PARTIALLY_LINKED', reason: `${left} of the folder's contents could not be linked.` };
	}

	/** How often this data was really linked to the project by a job. */
	timesLinked(item: DataItem, project: Project): number {
		return this.#times.get(`${project.id} ${item.id}`) ?? 0;
	}

	#hindrance(item: DataItem, destination: Project): Verdict | undefined {
		const forced = this.#forced.get(item.id);
		if (forced !== undefined) {
			return forced.status === 'LINKED' ? undefined : forced;
		}
		const reason = hindranceOf(item, destination);
		return reason === undefined ? undefined : { status: 'FAILED', reason };
	}
}

function hindranceOf(item: DataItem, destination: Project): string | undefined {
	if (item.project === destination) {
		return `Data ${item.id} is owned by the project itself.`;
	}
	if (!item.project.dataSharingEnabled) {
		return `Data sharing is not enabled for project ${item.project.name}.`;
	}
	if (item.status === 'PARTIAL' || item.status === 'DELETING') {
		return `Data ${item.id} has status ${item.status} and cannot be linked.`;
	}
	return;
}
