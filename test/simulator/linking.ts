import type { DataStore } from './data.ts';
import type { Ids } from './ids.ts';
import type { Linker, LinkOutcome } from './linker.ts';
import type { Project } from './model.ts';
import type { Pace } from './pace.ts';
import { Refusal } from './refusal.ts';
import type { Timeline } from './timeline.ts';

/** How a linking job can end. */
export type JobEnd = 'SUCCEEDED' | 'PARTIALLY_SUCCEEDED' | 'FAILED' | 'STOPPED';

/** One link of a batch. */
export interface LinkItem {
	readonly id: string;
	readonly dataId: string;
	status: 'INITIALISED' | 'RUNNING' | LinkOutcome;
	reason: string | undefined;
}

/** A linking batch with its job. */
export interface LinkBatch {
	readonly id: string;
	readonly jobId: string;
	/** The destination. */
	readonly project: Project;
	readonly items: readonly LinkItem[];
	readonly timeCreated: Date;
	status: 'INITIALIZED' | 'RUNNING' | JobEnd;
	reason: string | undefined;
	timeStarted: Date | undefined;
	timeFinished: Date | undefined;
}

interface ForcedEnd {
	readonly status: JobEnd | 'never';
	/** Only so many items are carried out before the job ends. */
	readonly carriedOut: number;
}

function naturalEnd(items: readonly LinkItem[]): JobEnd {
	const bad = items.filter((item) => item.status === 'FAILED' || item.status === 'PARTIALLY_LINKED');
	if (bad.length === 0) {
		return 'SUCCEEDED';
	}
	const all = bad.length === items.length && bad.every((item) => item.status === 'FAILED');
	return all ? 'FAILED' : 'PARTIALLY_SUCCEEDED';
}

function start(batch: LinkBatch, at: Date): void {
	batch.status = 'RUNNING';
	batch.timeStarted = at;
	for (const item of batch.items) {
		item.status = 'RUNNING';
	}
}

interface Place extends Pick<Pace, 'linkJobMillis'> {
	readonly timeline: Timeline;
	readonly ids: Ids;
}

/** Links data to projects in batches that take their time. */
export class LinkJobs {
	readonly #place: Place;
	readonly #data: DataStore;
	readonly #linker: Linker;
	readonly #batches = new Map<string, LinkBatch>();
	#forcedEnd: ForcedEnd | undefined;

	constructor(place: Place, data: DataStore, linker: Linker) {
		this.#place = place;
		this.#data = data;
		this.#linker = linker;
	}

	/** How jobs that are created from now on end, whatever becomes of their items. */
	forceEnd(end: ForcedEnd | undefined): void {
		this.#forcedEnd = end;
	}

	/** Starts a batch. Version 3 makes an item of everything below a folder, version 4 of the folder alone. */
	create(project: Project, dataIds: readonly string[], version: 3 | 4): LinkBatch {
		const wanted = version === 3 ? dataIds.flatMap((dataId) => this.#withContents(dataId)) : dataIds;
		const batch: LinkBatch = {
			id: this.#place.ids.uuid(),
			jobId: this.#place.ids.uuid(),
			project,
			items: wanted.map((dataId) => ({
				id: this.#place.ids.uuid(),
				dataId,
				status: 'INITIALISED',
				reason: undefined,
			})),
			timeCreated: this.#place.timeline.now(),
			status: 'INITIALIZED',
			reason: undefined,
			timeStarted: undefined,
			timeFinished: undefined,
		};
		this.#batches.set(batch.id, batch);
		this.#schedule(batch);
		return batch;
	}

	/** The batch of this project, or a 404. */
	get(project: Project, batchId: string): LinkBatch {
		const batch = this.#batches.get(batchId);
		if (batch?.project !== project) {
			throw new Refusal(
				404,
				`Data linking batch with id ${batchId} was not found in project ${project.id}.`,
				{
					batchId,
				},
			);
		}
		return batch;
	}

	#withContents(dataId: string): string[] {
		const item = this.#data.get(dataId);
		return item === undefined ? [dataId] : [...this.#data.below(item).map((below) => below.id), dataId];
	}

	#schedule(batch: LinkBatch): void {
		const forced = this.#forcedEnd;
		this.#place.timeline.after(this.#place.linkJobMillis / 3, (at) => start(batch, at));
		if (forced?.status !== 'never') {
			this.#place.timeline.after(this.#place.linkJobMillis, (at) => this.#end(batch, at, forced));
		}
	}

	#end(batch: LinkBatch, at: Date, forced: ForcedEnd | undefined): void {
		for (const item of batch.items.slice(0, forced?.carriedOut)) {
			const { status, reason } = this.#linker.link(item.dataId, batch.project);
			item.status = status;
			item.reason = reason;
		}
		batch.timeFinished = at;
		if (forced === undefined || forced.status === 'never') {
			batch.status = naturalEnd(batch.items);
			return;
		}
		batch.status = forced.status;
		batch.reason = forced.status === 'SUCCEEDED' ? undefined : `The job ended ${forced.status}.`;
		for (const item of batch.items.slice(forced.carriedOut)) {
			item.status = forced.status === 'STOPPED' ? 'INITIALISED' : 'FAILED';
			item.reason = batch.reason;
		}
	}
}
