import { bsshOutputName } from '../analyses/bssh-output.ts';
import { hasImpossibleDates } from '../analyses/times.ts';
import { ServiceError } from '../common/errors.ts';
import { count, firstFew } from '../common/text.ts';
import { type Analysis, nameOf } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import { applyBaseSpaceRetention, type BaseSpaceAccess } from './basespace/apply.ts';
import { applyIcaRetention } from './ica/apply.ts';
import type { RetentionContext, RetentionRequest, RetentionResult } from './shared/context.ts';
import { dueByAge, longest } from './shared/due.ts';
import { findManaged, type ManagedAnalyses } from './shared/managed.ts';
import { nothingAged } from './shared/report.ts';
import type { OldData } from './shared/totals.ts';
import { totalsOf } from './shared/totals.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What retention came to in both places. */
export interface OldDataResult extends OldData {
	/** What needs action. */
	readonly problems: readonly string[];
	/** What ended it before its end, when something had been changed already. */
	readonly cutShortBy: unknown;
}

/**
 * Ages the old data of the source project where it is managed: in BaseSpace what BaseSpace manages, if there is a token
 * for that, and in ICA the rest. Each analysis by itself: in a project that BaseSpace made there are others, too.
 * @param basespace undefined when nothing is to be done in BaseSpace
 * @throws {StoppedError}
 */
export async function applyRetention(
	context: RetentionContext,
	request: RetentionRequest,
	basespace: BaseSpaceAccess | undefined,
): Promise<OldDataResult> {
	const { daysToArchive, daysToDelete } = request.thresholds;
	if (daysToArchive === Number.POSITIVE_INFINITY && daysToDelete === Number.POSITIVE_INFINITY) {
		// never, for all
		return resultOf([], { totals: totalsOf([], new Map()), problems: [] }, undefined);
	}
	if (!request.analyses.some((analysis) => isOld(request, analysis))) {
		return resultOf([], await applyIcaRetention(context, request, []), undefined);
	}
	let managed: ManagedAnalyses;
	try {
		managed = await findManaged(request);
	} catch (error) {
		if (error instanceof ServiceError) {
			// without knowing what BaseSpace manages, ICA's part is not safe to age, either
			return withoutRetention(context.log, error.message);
		}
		throw error;
	}
	const { files, inDoubt } = managed;
	const left = [...inDoubt].filter((analysis) => isOld(request, analysis));
	const problems = leaveToPerson(
		context,
		request.now,
		left,
		`a ${bsshOutputName} of another project lies in the output`,
	);
	const inBaseSpace = await applyThere(context, request, managed, basespace);
	const here = request.analyses.filter((analysis) => !(files.has(analysis) || inDoubt.has(analysis)));
	return resultOf(problems, await applyIcaRetention(context, request, here), inBaseSpace);
}

/** Reports why nothing can be aged in this pass. */
export function withoutRetention(log: Log, why: string): OldDataResult {
	return resultOf([], nothingAged(log, why), undefined);
}

function resultOf(
	problems: readonly string[],
	ica: RetentionResult | undefined,
	basespace: RetentionResult | undefined,
): OldDataResult {
	return {
		ica: ica?.totals,
		basespace: basespace?.totals,
		problems: [...problems, ...(ica?.problems ?? []), ...(basespace?.problems ?? [])],
		cutShortBy: ica?.cutShortBy,
	};
}

/** Whether anything of an analysis can be due, or its age is not known. */
function isOld({ thresholds, now }: RetentionRequest, analysis: Analysis): boolean {
	return dueByAge(analysis, thresholds, now) !== 'nothing' || hasImpossibleDates(analysis, now);
}

/** One line for all of them. */
function reportLeftAlone(
	{ source, log }: RetentionContext,
	analyses: readonly Analysis[],
	why: string,
): void {
	if (analyses.length > 0) {
		const many = count(analyses.length, 'old analysis', 'old analyses');
		const examples = firstFew(analyses.map(nameOf), 3);
		log.info(`${many} of ${source.name} left alone, since ${why}: ${examples}.`);
	}
}

/**
 * Reports what is left alone until somebody acts.
 * @returns what needs action: once a day
 */
function leaveToPerson(
	context: RetentionContext,
	now: number,
	analyses: readonly Analysis[],
	why: string,
): string[] {
	reportLeftAlone(context, analyses, why);
	const fresh = analyses.filter((analysis) => !context.effects.wasHeld(analysis, now));
	for (const analysis of fresh) {
		context.effects.postpone(analysis, { until: now + dayMs, as: 'hold', bytes: 0 });
	}
	return fresh.length === 0
		? []
		: [`${count(fresh.length, 'old analysis', 'old analyses')} left alone, since ${why}`];
}

async function applyThere(
	context: RetentionContext,
	request: RetentionRequest,
	managed: ManagedAnalyses,
	basespace: BaseSpaceAccess | undefined,
): Promise<RetentionResult | undefined> {
	const old = [...managed.files.keys()].filter((analysis) => isOld(request, analysis));
	if (basespace === undefined) {
		const why = 'BaseSpace manages that data, for which this program needs --basespace_access_token_file';
		reportLeftAlone(context, old, why);
		return undefined;
	}
	const undated = old.filter((analysis) => hasImpossibleDates(analysis, request.now));
	const problems = leaveToPerson(context, request.now, undated, 'ICA gives dates that cannot be');
	// whose a dataset or run is, its name does not show for certain
	const thresholds = longest([request.ownThresholds, ...request.recipients]);
	const result = await applyBaseSpaceRetention(
		{ ...context, basespace },
		{ ...request, thresholds },
		managed,
	);
	return { ...result, problems: [...problems, ...result.problems] };
}
