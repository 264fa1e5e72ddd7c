import { endOf } from '../../analyses/times.ts';
import { reasonOf, reportBug, ServiceError } from '../../common/errors.ts';
import { count, firstFew } from '../../common/text.ts';
import { type Analysis, isManagedByBaseSpace, nameOf } from '../../ica/schemas.ts';
import type { Log } from '../../log/log.ts';
import { aboutAnalysis } from '../../log/log.ts';
import { type ChangeOutcome, changesFor, itemsFor } from '../shared/changes.ts';
import type { RetentionContext, RetentionRequest, RetentionResult } from '../shared/context.ts';
import type { RetentionThresholds } from '../shared/due.ts';
import { isAct } from '../shared/policy.ts';
import { nothingAged, tooManyDeletions } from '../shared/report.ts';
import { totalsOf } from '../shared/totals.ts';
import { changeAll } from './changes.ts';
import { planRetention, type RetentionPlan } from './plan.ts';
import { aboutItem, type Change, describeItem, problemsOf } from './report.ts';

/** A first pass over a project with a past can find hundreds; the log has them all. */
const maxWarnings = 10;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Ages the old data of the source project that ICA manages: finds what is due, and archives and deletes it.
 * @param aged the analyses whose output ICA manages
 * @throws {StoppedError} any other failure is logged, and among the problems of the result
 */
export async function applyIcaRetention(
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

/** Reports when the thresholds leave no room for archiving. */
function reportThresholds(log: Log, { daysToArchive, daysToDelete }: RetentionThresholds): void {
	if (daysToDelete <= daysToArchive && Number.isFinite(daysToDelete)) {
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
		log.info(`${many} for a date or for somebody to act, as reported before; looked at again later.`);
	}
	for (const failure of plan.failures) {
		log.error(`Could not look at the output of ${nameOf(failure.analysis)}: ${reasonOf(failure.error)}`);
		reportBug(failure.error, log);
	}
	if (plan.stopped !== undefined) {
		log.error(`${plan.stopped} Nothing is archived or deleted while that is not known.`);
	}
	let warnings = 0;
	for (const item of [...itemsFor(plan.items, 'wait'), ...itemsFor(plan.items, 'hold')]) {
		const line = `${item.decision.action === 'wait' ? 'Waiting with' : 'Holding'} ${describeItem(item)}`;
		warnings += item.decision.needsAction ? 1 : 0;
		log[item.decision.needsAction && warnings <= maxWarnings ? 'warn' : 'info'](line, aboutItem(item));
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
			log.info(`Due, and not deleted: ${describeItem(each)}`, aboutAnalysis(each.analysis));
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
		const { action, notBefore, needsAction } = decision;
		if ((notBefore !== undefined || needsAction) && !isAct(action)) {
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

/** ICA refuses a whole project where BaseSpace Sequence Hub manages it: that is reported once, and is no one's fault. */
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
