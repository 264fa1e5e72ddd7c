import { bsshOutputName } from '../analyses/bssh-output.ts';
import { ServiceError } from '../common/errors.ts';
import { count, firstFew, sentence } from '../common/text.ts';
import { type Analysis, nameOf } from '../ica/schemas.ts';
import { ageInBaseSpace, type BaseSpaceMeans } from './basespace/apply.ts';
import { dueByAge, hasImpossibleDates } from './due.ts';
import { type AgeingContext, type AgeingResult, age } from './ica/apply.ts';
import type { AgeingQuestion } from './ica/plan.ts';
import { findManaged, type ManagedAnalyses } from './managed.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Ages the old data of the source project where it is managed: in BaseSpace what BaseSpace manages, if there is a token
 * for that, and in ICA the rest. Each analysis by itself: in a project that BaseSpace made there are others, too.
 * @param means undefined when nothing is to be done in BaseSpace
 * @throws {StoppedError}
 */
export async function ageEverywhere(
	context: AgeingContext,
	question: AgeingQuestion,
	means: BaseSpaceMeans | undefined,
): Promise<AgeingResult> {
	if (!question.analyses.some((analysis) => isOld(question, analysis))) {
		return await age(context, question, []);
	}
	const managed = await findOrFail(context, question);
	if (managed === undefined) {
		return { summary: '', totals: [], problems: ['old data could not be archived or deleted'] };
	}
	const { files, inDoubt } = managed;
	const left = [...inDoubt].filter((analysis) => isOld(question, analysis));
	const problems = leaveToPerson(
		context,
		question.now,
		left,
		`a ${bsshOutputName} of another project lies in the output`,
	);
	const inBaseSpace = await ageThere(context, question, managed, means);
	const here = question.analyses.filter((analysis) => !(files.has(analysis) || inDoubt.has(analysis)));
	const result = both(await age(context, question, here), inBaseSpace);
	return { ...result, problems: [...problems, ...result.problems] };
}

/** Whether anything of an analysis can be due, or its age cannot be told. */
function isOld({ thresholds, now }: AgeingQuestion, analysis: Analysis): boolean {
	return dueByAge(analysis, thresholds, now) !== 'nothing' || hasImpossibleDates(analysis, now);
}

/** Without knowing what BaseSpace manages, ICA's part is not safe to age, either. */
async function findOrFail(
	{ log }: AgeingContext,
	question: AgeingQuestion,
): Promise<ManagedAnalyses | undefined> {
	try {
		return await findManaged(question);
	} catch (error) {
		if (error instanceof ServiceError) {
			log.error(`${sentence(error.message)} Nothing was archived or deleted.`);
			return undefined;
		}
		throw error;
	}
}

/** One line for all of them. */
function sayLeftAlone({ source, log }: AgeingContext, analyses: readonly Analysis[], why: string): void {
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
	context: AgeingContext,
	now: number,
	analyses: readonly Analysis[],
	why: string,
): string[] {
	sayLeftAlone(context, analyses, why);
	const fresh = analyses.filter((analysis) => !context.effects.wasHeld(analysis, now));
	for (const analysis of fresh) {
		context.effects.postpone(analysis, { until: now + dayMs, as: 'hold', bytes: 0 });
	}
	return fresh.length === 0
		? []
		: [`${count(fresh.length, 'old analysis', 'old analyses')} left alone, since ${why}`];
}

async function ageThere(
	context: AgeingContext,
	question: AgeingQuestion,
	managed: ManagedAnalyses,
	means: BaseSpaceMeans | undefined,
): Promise<AgeingResult | undefined> {
	const basespaceEffects = context.effects.basespace;
	const old = [...managed.files.keys()].filter((analysis) => isOld(question, analysis));
	if (means === undefined || basespaceEffects === undefined) {
		const why = 'BaseSpace manages that data, for which this program needs --basespace_access_token_file';
		sayLeftAlone(context, old, why);
		return undefined;
	}
	const undated = old.filter((analysis) => hasImpossibleDates(analysis, question.now));
	const problems = leaveToPerson(context, question.now, undated, 'ICA gives dates that cannot be');
	const result = await ageInBaseSpace({ ...context, means, basespaceEffects }, question, managed);
	return { ...result, problems: [...problems, ...result.problems] };
}

function both(inIca: AgeingResult, inBaseSpace: AgeingResult | undefined): AgeingResult {
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
