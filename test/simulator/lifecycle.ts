import type { DataStore } from './data.ts';
import type { DataItem, DataStatus, Project } from './model.ts';
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

/** What a caller can have done to data that is there. */
export type Action = 'archive' | 'unarchive' | 'delete';

/** An action that was accepted and changed something. */
export interface ActionDone {
	readonly at: Date;
	readonly action: Action;
	/** What was asked for: a file, or a folder. */
	readonly item: DataItem;
	readonly project: Project;
	/** Everything whose status it changed. */
	readonly touched: readonly DataItem[];
}

/** Linked data that a project lists no more because the folder in which it was linked was deleted. */
export interface LinkLost {
	readonly at: Date;
	readonly item: DataItem;
	/** The project that had it linked. */
	readonly project: Project;
}

interface Rule {
	readonly from: readonly DataStatus[];
	readonly during: DataStatus;
	/** The status in the end; gone when there is none. */
	readonly end?: DataStatus;
	readonly pace: 'archiveMillis' | 'unarchiveMillis' | 'deleteMillis';
	readonly participle: string;
}

const rules: Readonly<Record<Action, Rule>> = {
	archive: {
		from: ['AVAILABLE'],
		during: 'ARCHIVING',
		end: 'ARCHIVED',
		pace: 'archiveMillis',
		participle: 'archived',
	},
	unarchive: {
		from: ['ARCHIVED'],
		during: 'UNARCHIVING',
		end: 'AVAILABLE',
		pace: 'unarchiveMillis',
		participle: 'unarchived',
	},
	delete: {
		from: ['AVAILABLE', 'PARTIAL'],
		during: 'DELETING',
		pace: 'deleteMillis',
		participle: 'deleted',
	},
};

/** Whether the action passes by this item on its way through a folder. */
function passesBy(rule: Rule, item: DataItem, folder: DataItem): boolean {
	if (rule.end === undefined || item.status === 'DELETING') {
		return false;
	}
	return item.type === 'FOLDER' || (item !== folder && item.status === rule.end);
}

/** What becomes of data after it was made. */
export class Lifecycle {
	readonly #timeline: Timeline;
	readonly #data: DataStore;
	readonly #pace: Pace;
	readonly #refused = new Map<DataItem, Refusal>();
	readonly #actions: ActionDone[] = [];
	readonly #linksLost: LinkLost[] = [];
	/** Called when an action is about to change something, and nothing has changed yet. */
	onAction: ((action: ActionDone) => void) | undefined;

	constructor(timeline: Timeline, data: DataStore, pace: Pace) {
		this.#timeline = timeline;
		this.#data = data;
		this.#pace = pace;
	}

	/** Every action that changed something, oldest first. */
	get actions(): readonly ActionDone[] {
		return this.#actions;
	}

	/** The links that went away with a folder, oldest first. */
	get linksLost(): readonly LinkLost[] {
		return this.#linksLost;
	}

	/** From now on every action on this item, or on a folder above it, is refused so; undefined: by the rules again. */
	refuse(item: DataItem, refusal: Refusal | undefined): void {
		if (refusal === undefined) {
			this.#refused.delete(item);
		} else {
			this.#refused.set(item, refusal);
		}
	}

	/** The bytes of a file have arrived in its bucket. */
	receive(item: DataItem, content: Buffer, eTag: string): void {
		this.#timeline.after(this.#pace.ingestMillis, () => {
			if (item.status !== 'DELETING') {
				this.#data.store(item, content, eTag);
			}
		});
		this.#timeline.settle();
	}

	/**
	 * Has the action done: begun at once, ended later, with everything below a folder that the project owns.
	 * @throws Refusal 403 for data of another project or in an externally managed one, 409 when its status, or that of
	 * anything below, does not allow the action; then nothing is done at all.
	 */
	act(action: Action, project: Project, item: DataItem): void {
		refuseWrites(project);
		if (item.project !== project) {
			throw new Refusal(403, `Data ${item.id} is linked to project ${project.name}, which does not own it.`);
		}
		const rule = rules[action];
		const touched = this.#touchedBy(rule, item);
		if (touched.length > 0) {
			const done = { at: this.#timeline.now(), action, item, project, touched };
			this.onAction?.(done);
			this.#actions.push(done);
			for (const one of touched) {
				this.#data.setStatus(one, rule.during);
			}
			this.#timeline.after(this.#pace[rule.pace], () => this.#finish(rule, item, touched));
		}
		if (rule.end === undefined) {
			this.#loseLinks(item);
		}
	}

	/** The items that the action changes, when nothing that it reaches stands against it. */
	#touchedBy(rule: Rule, item: DataItem): DataItem[] {
		const reached = [item, ...this.#data.below(item)];
		const refusal = reached.map((one) => this.#refused.get(one)).find((one) => one !== undefined);
		if (refusal !== undefined) {
			throw refusal;
		}
		const touched = reached.filter((one) => !passesBy(rule, one, item));
		const held = touched.find((one) => !rule.from.includes(one.status));
		if (held !== undefined) {
			throw new Refusal(409, `Data ${held.id} has status ${held.status} and cannot be ${rule.participle}.`);
		}
		return touched;
	}

	#finish(rule: Rule, item: DataItem, touched: readonly DataItem[]): void {
		if (rule.end !== undefined) {
			for (const one of touched.filter(({ gone, status }) => !gone && status === rule.during)) {
				this.#data.setStatus(one, rule.end);
			}
		} else if (!item.gone) {
			this.#loseLinks(item);
			this.#data.remove(item);
		}
	}

	#loseLinks(folder: DataItem): void {
		for (const item of this.#data.linkedBelow(folder)) {
			this.#data.unlink(item, folder.project);
			this.#linksLost.push({ at: this.#timeline.now(), item, project: folder.project });
		}
	}
}
