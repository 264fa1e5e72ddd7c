import { bsshOutputName } from '../analyses/bssh-output.ts';
import { hasImpossibleDates } from '../analyses/times.ts';
import { ServiceError } from '../common/errors.ts';
import { count, firstFew, sentence } from '../common/text.ts';
import { type Analysis, nameOf } from '../ica/schemas.ts';
import { applyBaseSpaceRetention, type BaseSpaceDependencies } from './basespace/apply.ts';
import { dueByAge } from './due.ts';
import { age, type RetentionContext, type RetentionResult } from './ica/apply.ts';
import type { RetentionRequest } from './ica/plan.ts';
import { findManaged, type ManagedAnalyses } from './managed.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Ages the old data of the source project where it is managed: in BaseSpace what BaseSpace manages, if there is a token
 * for that, and in ICA the rest. Each analysis by itself: in a project that BaseSpace made there are others, too.
 * @param dependencies undefined when nothing is to be done in BaseSpace
 * @throws {StoppedError}
 */
export async function applyRetention(
	context: RetentionContext,
	request: RetentionRequest,
	dependencies: BaseSpaceDependencies | undefined,
): Promise<RetentionResult> {
	if (!request.analyses.some((analysis) => isOld(request, analysis))) {
		return await age(context, request, []);
	}
	const managed = await findOrFail(context, request);
	if (managed === undefined) {
		return { summary: '', totals: [], problems: ['old data could not be archived or deleted'] };
	}
	const { files, inDoubt } = managed;
	const left = [...inDoubt].filter((analysis) => isOld(request, analysis));
	const problems = leaveToPerson(
		context,
		request.now,
		left,
		`a ${bsshOutputName} of another project lies in the output`,
	);
	const inBaseSpace = await ageThere(context, request, managed, dependencies);
	const here = request.analyses.filter((analysis) => !(files.has(analysis) || inDoubt.has(analysis)));
	const result = both(await age(context, request, here), inBaseSpace);
	return { ...result, problems: [...problems, ...result.problems] };
}

/** Whether anything of an analysis can be due, or its age cannot be told. */
function isOld({ thresholds, now }: RetentionRequest, analysis: Analysis): boolean {
	return dueByAge(analysis, thresholds, now) !== 'nothing' || hasImpossibleDates(analysis, now);
}

/** Without knowing what BaseSpace manages, ICA's part is not safe to age, either. */
async function findOrFail(
	{ log }: RetentionContext,
	request: RetentionRequest,
): Promise<ManagedAnalyses | undefined> {
	try {
		return await findManaged(request);
	} catch (error) {
		if (error instanceof ServiceError) {
			log.error(`${sentence(error.message)} Nothing was archived or deleted.`);
			return undefined;
		}
		throw error;
	}
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
 * Says what is left alone until somebody has been there.
 * @returns what needs a person: once a day
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

async function ageThere(
	context: RetentionContext,
	request: RetentionRequest,
	managed: ManagedAnalyses,
	dependencies: BaseSpaceDependencies | undefined,
): Promise<RetentionResult | undefined> {
	const basespaceEffects = context.effects.basespace;
	const old = [...managed.files.keys()].filter((analysis) => isOld(request, analysis));
	if (dependencies === undefined || basespaceEffects === undefined) {
		const why = 'BaseSpace manages that data, for which this program needs --basespace_access_token_file';
		reportLeftAlone(context, old, why);
		return undefined;
	}
	const undated = old.filter((analysis) => hasImpossibleDates(analysis, request.now));
	const problems = leaveToPerson(context, request.now, undated, 'ICA gives dates that cannot be');
	const result = await applyBaseSpaceRetention(
		{ ...context, dependencies, basespaceEffects },
		request,
		managed,
	);
	return { ...result, problems: [...problems, ...result.problems] };
}

function both(inIca: RetentionResult, inBaseSpace: RetentionResult | undefined): RetentionResult {
	if (inBaseSpace === undefined) {
		return inIca;
	}
	const there = inBaseSpace.summary === '' ? '' : `in BaseSpace ${inBaseSpace.summary}`;
	// that ICA has nothing to age is to be expected where BaseSpace has
	const here = inIca.totals.every((total) => total.count === 0) && there !== '' ? '' : inIca.summary;
	return {
		summary: [here, there].filter((text) => text !== '').join('; '),
		totals: [
			...inIca.totals,
			...inBaseSpace.totals.map((total) => ({ ...total, what: `in BaseSpace ${total.what}` })),
		],
		problems: [...inIca.problems, ...inBaseSpace.problems],
		...(inIca.cutShortBy === undefined ? {} : { cutShortBy: inIca.cutShortBy }),
	};
}
