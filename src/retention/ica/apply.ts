import { endOf } from '../../analyses/times.ts';
import { ServiceError } from '../../common/errors.ts';
import { count, firstFew } from '../../common/text.ts';
import type { DataChange } from '../../ica/data.ts';
import { type Analysis, type Data, isManagedByBaseSpace, type Project } from '../../ica/schemas.ts';
import type { Log } from '../../log/log.ts';
import type { Postponed } from '../../state/state-file.ts';
import type { BaseSpaceEffects } from '../basespace/effects.ts';
import type { RetentionThresholds } from '../due.ts';
import { isAct } from '../policy.ts';
import { changeAll } from './changes.ts';
import { planRetention, type RetentionPlan, type RetentionRequest } from './plan.ts';
import {
	type Change,
	type ChangeOutcome,
	changesFor,
	describeItem,
	itemsFor,
	problemsOf,
	type RetentionTotal,
	summarize,
	tooManyDeletions,
	totalsOf,
} from './report.ts';

/** What ageing changes. A dry run has effects that change nothing. */
export interface RetentionEffects {
	changeData(item: Data, change: DataChange): Promise<void>;
	/** Whether something is gone, or about to be; false where that cannot be seen. */
	isDeleted(item: Data): Promise<boolean>;
	/** How a line about a change begins: "Deleting", or "Would delete". */
	readonly verbs: Readonly<Record<DataChange, string>>;
	/** Whether each deletion that is due is named, though none is done since there are too many. */
	readonly namesAllDue: boolean;
	/** What an earlier pass has found out of an analysis that need not be looked at yet; undefined for any other. */
	postponed(analysis: Analysis, now: number): Omit<Postponed, 'thresholds'> | undefined;
	/** Whether an earlier pass has said that an analysis is held, so that this one need not ask for a person again. */
	wasHeld(analysis: Analysis, now: number): boolean;
	/** Ids of analyses that put out nothing but into the folders that bear their names, as far as a pass has seen. */
	readonly keepToThemselves: ReadonlySet<string>;
	rememberAlone(analysisIds: readonly string[]): void;
	/** Leaves for later passes that an analysis need not be looked at for some time. */
	postpone(analysis: Analysis, postponed: Omit<Postponed, 'thresholds'>): void;
	/** undefined when nothing is to be done in BaseSpace. */
	readonly basespace: BaseSpaceEffects | undefined;
}

export interface RetentionContext {
	readonly source: Project;
	readonly effects: RetentionEffects;
	readonly maxDeletions: number;
	/** The command that started this pass, for advice on how to go on. */
	readonly command: string;
	readonly log: Log;
}

/** What ageing came to. */
export interface RetentionResult {
	/** The counts, for the summary. */
	readonly summary: string;
	/** The same, as numbers; none when nothing could be found out. */
	readonly totals: readonly RetentionTotal[];
	/** What needs a person. */
	readonly problems: readonly string[];
	/** What ended it before its end, when something had been changed already. */
	readonly cutShortBy?: unknown;
}

/** A first pass over a project with a past can find hundreds; the log has them all. */
const maxWarnings = 10;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Ages the old data of the source project that ICA manages: finds what is due, and archives and deletes it.
 * @param aged the analyses whose output ICA manages
 * @throws {StoppedError} any other failure is logged, and among the problems of the result
 */
export async function age(
	context: RetentionContext,
	request: RetentionRequest,
	aged: readonly Analysis[],
): Promise<RetentionResult> {
	reportThresholds(context.log, request.thresholds);
	try {
		return await carryOut(context, request, await planRetention(request, aged));
	} catch (error) {
		if (error instanceof ServiceError) {
			return nothingAged(context.log, error.message);
		}
		throw error;
	}
}

/** Says why nothing can be aged in this pass. */
export function nothingAged(log: Log, why: string): RetentionResult {
	log.error(`${why} Nothing was archived or deleted.`);
	return { summary: '', totals: [], problems: ['old data could not be archived or deleted'] };
}

/** Says when the thresholds leave no room for archiving. */
function reportThresholds(log: Log, { daysToArchive, daysToDelete }: RetentionThresholds): void {
	if (daysToDelete <= daysToArchive) {
		log.info(
			`Data is deleted at ${daysToDelete} days, before it could be archived at ${daysToArchive}: nothing is archived.`,
		);
	}
}

/** Carries out a plan: deletions and what leads to them first, then archiving. */
async function carryOut(
	context: RetentionContext,
	request: Pick<RetentionRequest, 'now' | 'thresholds'>,
	plan: RetentionPlan,
): Promise<RetentionResult> {
	reportPlan(context, plan);
	const deletions = [...changesFor(plan.items, 'delete'), ...changesFor(plan.items, 'unarchive')];
	const archiving = changesFor(plan.items, 'archive');
	const isTooMany = deletions.length > context.maxDeletions;
	if (isTooMany) {
		reportTooMany(context, deletions);
	}
	const { outcomes, cutShortBy } = await changeAll(
		context,
		isTooMany ? archiving : [...deletions, ...archiving],
	);
	const { now } = request;
	postponeAll(context, request, plan, outcomes);
	if (plan.keepToThemselves !== undefined) {
		context.effects.rememberAlone(plan.keepToThemselves);
	}
	const tooMany = isTooMany ? [`${deletions.length} analyses are due for deletion, more than allowed`] : [];
	const stopped = plan.stopped === undefined ? [] : ['old data could not be archived or deleted'];
	const totals = totalsOf(plan.items, outcomes, plan.postponed);
	return {
		summary: summarize(totals),
		totals,
		problems: [
			...tooMany,
			...stopped,
			...refusals(context, outcomes),
			...problemsOf(plan, outcomes, (analysis) => context.effects.wasHeld(analysis, now)),
		],
		...(cutShortBy === undefined ? {} : { cutShortBy }),
	};
}

function reportPlan({ log }: RetentionContext, plan: RetentionPlan): void {
	const waiting = plan.postponed.filter((each) => each.as !== 'keep').length;
	if (waiting > 0) {
		const many = count(waiting, 'old analysis waits', 'old analyses wait');
		log.info(`${many} for a date or a person, as was said before; looked at again later.`);
	}
	for (const failure of plan.failures) {
		log.error(`Could not look at the output of ${failure.why}`);
	}
	if (plan.stopped !== undefined) {
		log.error(`${plan.stopped} Nothing is archived or deleted while that is not known.`);
	}
	let warnings = 0;
	for (const item of [...itemsFor(plan.items, 'wait'), ...itemsFor(plan.items, 'hold')]) {
		const line = `${item.decision.action === 'wait' ? 'Waiting with' : 'Holding'} ${describeItem(item)}`;
		warnings += item.decision.needsPerson ? 1 : 0;
		log[item.decision.needsPerson && warnings <= maxWarnings ? 'warn' : 'info'](line);
	}
}

function reportTooMany(context: RetentionContext, deletions: readonly Change[]): void {
	const { effects, log } = context;
	log.warn(
		tooManyDeletions(deletions, context, {
			nouns: ['analysis is', 'analyses are'],
			nameOf: ({ analysis }) => analysis.reference,
		}),
	);
	if (effects.namesAllDue) {
		for (const each of deletions) {
			log.info(`Due, and not deleted: ${describeItem(each)}`);
		}
	}
}

/** What waits for a person, or for a date, is not looked at in every pass. */
function postponeAll(
	{ effects }: RetentionContext,
	{ now, thresholds }: Pick<RetentionRequest, 'now' | 'thresholds'>,
	{ items, young, failures, archived }: RetentionPlan,
	outcomes: ReadonlyMap<Change, ChangeOutcome>,
): void {
	for (const { analysis, decision, bytes } of [...items, ...young]) {
		const { action, notBefore, needsPerson } = decision;
		if ((notBefore !== undefined || needsPerson) && !isAct(action)) {
			effects.postpone(analysis, { until: notBefore ?? now + dayMs, as: action, bytes });
		}
	}
	for (const analysis of archived) {
		const due = (endOf(analysis, now) ?? now) + thresholds.daysToDelete * dayMs;
		effects.postpone(analysis, { until: due, as: 'keep', bytes: 0 });
	}
	for (const { analysis } of failures.filter(({ isLasting }) => isLasting)) {
		effects.postpone(analysis, { until: now + dayMs, as: 'hold', bytes: 0 });
	}
	for (const [{ analysis, bytes }, { kind }] of outcomes) {
		if (kind === 'forbidden') {
			effects.postpone(analysis, { until: now + dayMs, as: 'hold', bytes });
		}
	}
}

/** ICA refuses a whole project where BaseSpace Sequence Hub manages it: that is said once, and is no one's fault. */
function refusals({ source, log }: RetentionContext, outcomes: ReadonlyMap<Change, ChangeOutcome>): string[] {
	const forbidden = [...outcomes].filter(([, outcome]) => outcome.kind === 'forbidden');
	const refusal = [...outcomes.values()].find((outcome) => outcome.kind === 'forbidden');
	if (refusal === undefined) {
		return [];
	}
	if (forbidden.length === outcomes.size && isManagedByBaseSpace(source)) {
		log.info(
			`ICA does not let this key archive or delete data in ${source.name}, which BaseSpace Sequence Hub manages. ${refusal.why}`,
		);
		return [];
	}
	const runs = forbidden.map(([{ analysis }]) => analysis.reference);
	log.error(`ICA does not allow it for ${firstFew(runs)}. ${refusal.why}`);
	return [`ICA did not let ${count(runs.length, 'analysis', 'analyses')} be archived or deleted`];
}
