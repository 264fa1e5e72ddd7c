import pLimit from 'p-limit';
import { type AgeingPlan, type AgeingQuestion, planAgeing } from './ageing-plan.ts';
import {
	type AgeingTotal,
	type Change,
	type ChangeEnd,
	changesFor,
	describeItem,
	itemsFor,
	problemsOf,
	summarize,
	tooManyDeletions,
	totalsOf,
} from './ageing-report.ts';
import type { BaseSpaceEffects } from './basespace-effects.ts';
import { ServiceError } from './errors.ts';
import type { DataChange } from './ica/data.ts';
import type { Data, Project } from './ica/schemas.ts';
import type { Log } from './log.ts';
import type { RetentionThresholds } from './retention.ts';
import { count, firstFew, formatDuration } from './text.ts';

/** What ageing changes. A dry run has effects that change nothing. */
export interface AgeingEffects {
	changeData(item: Data, change: DataChange): Promise<void>;
	/** How a line about a change begins: "Deleting", or "Would delete". */
	readonly verbs: Readonly<Record<DataChange, string>>;
	/** Whether more deletions than allowed stop all of them; a dry run goes on and shows them. */
	readonly heedsMaxDeletions: boolean;
	/** undefined when nothing is to be done in BaseSpace. */
	readonly basespace: BaseSpaceEffects | undefined;
}

export interface AgeingContext {
	readonly source: Project;
	readonly effects: AgeingEffects;
	readonly maxDeletions: number;
	/** The command that started this pass, for advice on how to go on. */
	readonly command: string;
	readonly log: Log;
}

/** What ageing came to. */
export interface AgeingResult {
	/** The counts, for the summary. */
	readonly summary: string;
	/** The same, as numbers; none when nothing could be found out. */
	readonly totals: readonly AgeingTotal[];
	/** What needs a person. */
	readonly problems: readonly string[];
}

const mostClockDifferenceMs = 60 * 60 * 1000;
const changesAtOnce = 8;
/** So many analyses in a row that ICA refuses to touch, and not one that it does not: it is the project. */
const refusalsOfProject = 3;

/**
 * Ages the old data of the source project: finds what is due, and archives and deletes it.
 * @throws {StoppedError} any other failure is logged, and among the problems of the result
 */
export async function age(context: AgeingContext, question: AgeingQuestion): Promise<AgeingResult> {
	const { log } = context;
	const fail = (problem: string): AgeingResult => {
		log.error(`${problem} Nothing was archived or deleted.`);
		return { summary: '', totals: [], problems: ['old data could not be archived or deleted'] };
	};
	const wrongClock = describeWrongClock(question.ica.clockDifferenceMs(), 'ICA');
	if (wrongClock !== undefined) {
		return fail(wrongClock);
	}
	sayThresholds(log, question.thresholds);
	try {
		return await carryOut(context, await planAgeing(question));
	} catch (error) {
		if (error instanceof ServiceError) {
			return fail(error.message);
		}
		throw error;
	}
}

/** Says when the thresholds leave no room for archiving. */
export function sayThresholds(log: Log, { daysToArchive, daysToDelete }: RetentionThresholds): void {
	if (daysToDelete <= daysToArchive) {
		log.info(
			`Data is deleted at ${daysToDelete} days, before it could be archived at ${daysToArchive}: nothing is archived.`,
		);
	}
}

/**
 * A wrong clock here would take a year of data for old.
 * @param differenceMs by how much the service's clock is ahead of this machine's
 * @returns what is wrong, or undefined
 */
export function describeWrongClock(differenceMs: number | undefined, service: string): string | undefined {
	if (differenceMs === undefined) {
		return `${service} does not tell its time, so this machine's clock cannot be checked.`;
	}
	if (Math.abs(differenceMs) <= mostClockDifferenceMs) {
		return undefined;
	}
	const direction = differenceMs > 0 ? 'behind' : 'ahead of';
	return `This machine's clock is ${formatDuration(Math.abs(differenceMs))} ${direction} ${service}'s: set it right.`;
}

/** Carries out a plan: deletions and what leads to them first, then archiving. */
async function carryOut(context: AgeingContext, plan: AgeingPlan): Promise<AgeingResult> {
	const { effects, log, maxDeletions } = context;
	for (const failure of plan.failures) {
		log.error(`Could not look at the output of ${failure}`);
	}
	for (const item of [...itemsFor(plan.items, 'wait'), ...itemsFor(plan.items, 'hold')]) {
		log.info(`${item.decision.action === 'wait' ? 'Waiting with' : 'Holding'} ${describeItem(item)}`);
	}
	const deletions = [...changesFor(plan.items, 'delete'), ...changesFor(plan.items, 'unarchive')];
	const archiving = changesFor(plan.items, 'archive');
	const tooMany =
		deletions.length > maxDeletions
			? tooManyDeletions(deletions, context, {
					nouns: ['analysis is', 'analyses are'],
					nameOf: ({ analysis }) => analysis.reference,
				})
			: undefined;
	if (tooMany !== undefined) {
		log.warn(tooMany);
	}
	const isStopped = tooMany !== undefined && effects.heedsMaxDeletions;
	const ends = await changeAll(context, isStopped ? archiving : [...deletions, ...archiving]);
	const tooManyDue = isStopped
		? [`${deletions.length} analyses are due for deletion, more than allowed`]
		: [];
	const totals = totalsOf(plan.items, ends);
	return {
		summary: summarize(totals),
		totals,
		problems: [...tooManyDue, ...refusals(context, ends), ...problemsOf(plan, ends)],
	};
}

/** Deletions before archiving; and one by one until ICA has allowed the first. */
async function changeAll(
	context: AgeingContext,
	changes: readonly Change[],
): Promise<Map<Change, ChangeEnd>> {
	const ends = new Map<Change, ChangeEnd>();
	const attempt = async (change: Change): Promise<ChangeEnd> => {
		const end = await changeOne(context, change);
		ends.set(change, end);
		return end;
	};
	let tried = 0;
	for (const change of changes) {
		tried++;
		const { kind } = await attempt(change);
		if (kind !== 'forbidden') {
			break;
		}
		if (tried === refusalsOfProject) {
			return ends;
		}
	}
	const rest = changes.slice(tried);
	const limit = pLimit(changesAtOnce);
	await Promise.all(rest.filter(({ change }) => change !== 'archive').map((each) => limit(attempt, each)));
	await Promise.all(rest.filter(({ change }) => change === 'archive').map((each) => limit(attempt, each)));
	return ends;
}

/** All items of one analysis; an item that is gone, or cannot be changed now, does not keep the others. */
async function changeOne(context: AgeingContext, change: Change): Promise<ChangeEnd> {
	let result: ChangeEnd = { kind: 'not now' };
	for (const item of change.items) {
		const end = await changeItem(context, item, change);
		if (end.kind === 'forbidden' || end.kind === 'failed') {
			return end;
		}
		result = end.kind === 'changed' ? end : result;
	}
	if (result.kind === 'changed') {
		context.log.info(`${context.effects.verbs[change.change]} ${describeItem(change)}`);
	}
	return result;
}

async function changeItem(
	{ effects, log }: AgeingContext,
	item: Data,
	{ change, analysis }: Change,
): Promise<ChangeEnd> {
	try {
		await effects.changeData(item, change);
		return { kind: 'changed' };
	} catch (error) {
		if (!(error instanceof ServiceError)) {
			throw error;
		}
		switch (error.failure) {
			case 'forbidden':
				return { kind: 'forbidden', why: error.message };
			case 'not found':
			case 'conflict':
				log.info(
					`${error.message} It is gone, under way, or not to be changed now; a later pass looks again.`,
				);
				return { kind: 'not now' };
			default:
				log.error(`${error.message} (${analysis.reference})`);
				return { kind: 'failed' };
		}
	}
}

/** ICA refuses a whole project where BaseSpace Sequence Hub manages it: that is said once, and is no one's fault. */
function refusals({ source, log }: AgeingContext, ends: ReadonlyMap<Change, ChangeEnd>): string[] {
	const forbidden = [...ends].filter(([, end]) => end.kind === 'forbidden');
	const refusal = [...ends.values()].find((end) => end.kind === 'forbidden');
	if (refusal === undefined) {
		return [];
	}
	if (forbidden.length === ends.size) {
		log.info(
			`ICA does not let this key archive or delete data in ${source.name}. ${refusal.why} ` +
				'If BaseSpace Sequence Hub manages that project, its data can only be archived and deleted there, for which this program needs --basespace_access_token_file; otherwise the ' +
				"key's owner needs the right to.",
		);
		return [];
	}
	const runs = forbidden.map(([{ analysis }]) => analysis.reference);
	log.error(`ICA does not allow it for ${firstFew(runs)}. ${refusal.why}`);
	return [`ICA did not let ${count(runs.length, 'analysis', 'analyses')} be archived or deleted`];
}
