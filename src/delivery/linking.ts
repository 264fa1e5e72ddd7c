import type { Clock } from '../common/clock.ts';
import { reasonOf, ServiceError } from '../common/errors.ts';
import { count, firstFew, formatDuration } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import { getLinking, listLinkingItems, startLinking } from '../ica/links.ts';
import type { Data, LinkingBatch, LinkingItem, Project } from '../ica/schemas.ts';

/** Well below the 25,000 that ICA recommends as the most. */
const defaultFilesPerJob = 10_000;
const firstWaitMs = 250;
const waitGrowth = 1.5;
const maxWaitMs = 20_000;
/** A pass is not slow for the sake of a few requests. */
const maxFirstWaitMs = 5000;
const jobEnds: ReadonlySet<string> = new Set(['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'STOPPED']);

/** How many files were linked now, and how many had been before. */
export interface Linked {
	readonly linked: number;
	readonly alreadyLinked: number;
}

export interface LinkingOptions {
	readonly clock: Clock;
	readonly timeoutMs: number;
	/** For tests: how many files go into one job. */
	readonly filesPerJob?: number;
	/** What is known of how long jobs take. */
	readonly pace: LinkingPace;
	/** Called while a job goes on: its status, and milliseconds since the linking began. */
	readonly onWait: (status: string, elapsedMs: number) => void;
}

/** How long the jobs of a pass take, so that ICA is not asked for what cannot be done yet. */
export interface LinkingPace {
	/** How long to wait before a job is looked at, in milliseconds. */
	firstWaitMs(): number;
	/** Takes note of how long a job took that had to be waited for. */
	took(milliseconds: number): void;
}

/** A job is first looked at when the fastest one so far had come to its end. */
export function newLinkingPace(): LinkingPace {
	let fastest: number | undefined;
	return {
		firstWaitMs: () => Math.max(firstWaitMs, Math.min(fastest ?? 0, maxFirstWaitMs)),
		took(milliseconds) {
			fastest = Math.min(fastest ?? milliseconds, milliseconds);
		},
	};
}

/**
 * Links files to a project and returns when every one of them is linked.
 * @param files at least one
 * @throws {ServiceError} when a job ends otherwise than SUCCEEDED, does not end in time, or reports of any file something
 *   else than that it is linked; names the files and ICA's reasons
 */
export async function linkFiles(
	ica: IcaClient,
	destination: Project,
	files: readonly Data[],
	options: LinkingOptions,
): Promise<Linked> {
	const begun = options.clock.ticks();
	const { filesPerJob = defaultFilesPerJob } = options;
	const batches: (readonly Data[])[] = [];
	for (let start = 0; start < files.length; start += filesPerJob) {
		batches.push(files.slice(start, start + filesPerJob));
	}
	// each to its end, so that no job is left unwatched when another fails
	const results = await Promise.allSettled(
		batches.map((batch) => linkBatch(ica, destination, batch, { ...options, begun })),
	);
	return addUp(results);
}

/** @throws {ServiceError} with what every failed job reports */
function addUp(results: readonly PromiseSettledResult<Linked>[]): Linked {
	const total = { linked: 0, alreadyLinked: 0 };
	const failures: ServiceError[] = [];
	for (const result of results) {
		if (result.status === 'fulfilled') {
			total.linked += result.value.linked;
			total.alreadyLinked += result.value.alreadyLinked;
		} else if (result.reason instanceof ServiceError) {
			failures.push(result.reason);
		} else {
			throw result.reason;
		}
	}
	const [first] = failures;
	if (first !== undefined) {
		throw new ServiceError(first.failure, failures.map(({ message }) => message).join(' '));
	}
	return total;
}

async function linkBatch(
	ica: IcaClient,
	destination: Project,
	files: readonly Data[],
	options: LinkingOptions & { readonly begun: number },
): Promise<Linked> {
	const ids = files.map((file) => file.id);
	const job = await startLinking(ica, destination, ids);
	return await judgeJob(ica, destination, await waitForEnd(ica, destination, job, options), files);
}

async function waitForEnd(
	ica: IcaClient,
	destination: Project,
	batch: LinkingBatch,
	{ clock, timeoutMs, pace, onWait, begun }: LinkingOptions & { readonly begun: number },
): Promise<LinkingBatch> {
	let current = batch;
	let wait = pace.firstWaitMs();
	const started = clock.ticks();
	while (!jobEnds.has(current.job?.status ?? '')) {
		const status = current.job?.status ?? 'of unknown status';
		const elapsed = clock.ticks() - begun;
		if (elapsed >= timeoutMs) {
			throw new ServiceError(
				'refused',
				`Linking job ${current.id} did not end within ${formatDuration(timeoutMs)} (it is ${status}).`,
			);
		}
		onWait(status, elapsed);
		await clock.sleep(Math.min(wait, timeoutMs - elapsed));
		wait = Math.min(wait * waitGrowth, maxWaitMs);
		current = await getLinking(ica, destination.id, batch.id);
	}
	if (current !== batch) {
		pace.took(clock.ticks() - started);
	}
	return current;
}

async function judgeJob(
	ica: IcaClient,
	destination: Project,
	batch: LinkingBatch,
	files: readonly Data[],
): Promise<Linked> {
	const items = await itemsOf(ica, destination, batch);
	const { linked, alreadyLinked, failures } = judgeItems(files, items);
	const failed = [...failures.values()].reduce((sum, names) => sum + names.length, 0);
	const status = batch.job?.status;
	if (status === 'SUCCEEDED' && failed === 0) {
		return { linked, alreadyLinked };
	}
	const detail = batch.job?.additionalStatusInformation;
	const jobEnd = `Linking job ${batch.id} ended ${status}${detail ? ` (${detail})` : ''}`;
	throw new ServiceError(
		'refused',
		failed === 0
			? `${jobEnd}, though no file is reported as failed.`
			: `${jobEnd}; not linked: ${failed} of ${count(files.length, 'file')}: ${describeFailures(failures)}.`,
	);
}

/** A job that did not succeed may have no items to show; that must not hide how it ended. */
async function itemsOf(ica: IcaClient, destination: Project, batch: LinkingBatch): Promise<LinkingItem[]> {
	try {
		return await listLinkingItems(ica, destination.id, batch.id);
	} catch (error) {
		if (batch.job?.status === 'SUCCEEDED' || !(error instanceof ServiceError)) {
			throw error;
		}
		throw new ServiceError(
			error.failure,
			`Linking job ${batch.id} ended ${batch.job?.status}. ${reasonOf(error)}`,
		);
	}
}

/** Every reason once, with the files that it holds for. */
function describeFailures(failures: ReadonlyMap<string, readonly string[]>): string {
	return [...failures].map(([reason, names]) => `${reason} (${firstFew(names)})`).join('; ');
}

/**
 * Judges each file by what the job reports of it. A file of which it reports nothing has not been linked.
 * @returns counts, and the names of the files that are not linked, by the reason
 */
export function judgeItems(
	files: readonly Data[],
	items: readonly LinkingItem[],
): Linked & { readonly failures: ReadonlyMap<string, readonly string[]> } {
	const itemOf = new Map(items.map((item) => [item.dataId, item]));
	const failures = new Map<string, string[]>();
	let linked = 0;
	let alreadyLinked = 0;
	for (const file of files) {
		const item = itemOf.get(file.id);
		if (item?.status === 'LINKED') {
			linked++;
		} else if (item?.status === 'ALREADY_LINKED') {
			alreadyLinked++;
		} else {
			const reason = reasonNotLinked(item);
			const names = failures.get(reason) ?? [];
			names.push(file.name);
			failures.set(reason, names);
		}
	}
	return { linked, alreadyLinked, failures };
}

function reasonNotLinked(item: LinkingItem | undefined): string {
	return item === undefined
		? 'the job reports nothing of them'
		: `${item.status}, ${item.reason ?? 'no reason given'}`;
}
