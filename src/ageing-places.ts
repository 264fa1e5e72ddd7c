import { type AgeingContext, type AgeingResult, age, sayThresholds } from './ageing.ts';
import type { AgeingQuestion } from './ageing-plan.ts';
import { ageInBaseSpace, type BaseSpaceMeans } from './basespace-ageing.ts';
import { type BsshAnalysis, findBsshAnalyses } from './basespace-naming.ts';
import { ServiceError } from './errors.ts';
import { isManagedByBaseSpace } from './ica/schemas.ts';
import { sentence } from './text.ts';

/**
 * Ages the old data of the source project where it is managed: in BaseSpace what BaseSpace manages, if there is a token
 * for that, and in ICA the rest.
 * @param means undefined when nothing is to be done in BaseSpace
 * @throws {StoppedError}
 */
export async function ageEverywhere(
	context: AgeingContext,
	question: AgeingQuestion,
	means: BaseSpaceMeans | undefined,
): Promise<AgeingResult> {
	const basespaceEffects = context.effects.basespace;
	if (means === undefined || basespaceEffects === undefined) {
		return await age(context, question, question.analyses);
	}
	const found = await findOrFail(context, question);
	if (found === undefined) {
		return { summary: '', totals: [], problems: ['old data could not be archived or deleted'] };
	}
	const inBaseSpace = await ageInBaseSpace({ ...context, means, basespaceEffects }, question, found);
	if (isManagedByBaseSpace(context.source)) {
		sayThresholds(context.log, question.thresholds);
		return named(inBaseSpace);
	}
	const theirs = new Set(found.map(({ analysis }) => analysis));
	const analyses = question.analyses.filter((analysis) => !theirs.has(analysis));
	return both(await age(context, question, analyses), named(inBaseSpace));
}

/** Without knowing what BaseSpace manages, ICA's part is not safe to age, either. */
async function findOrFail(
	{ log }: AgeingContext,
	question: AgeingQuestion,
): Promise<BsshAnalysis[] | undefined> {
	try {
		return await findBsshAnalyses(question);
	} catch (error) {
		if (error instanceof ServiceError) {
			log.error(`${sentence(error.message)} Nothing was archived or deleted.`);
			return undefined;
		}
		throw error;
	}
}

function named({ summary, totals, problems }: AgeingResult): AgeingResult {
	return {
		summary: summary === '' ? '' : `in BaseSpace ${summary}`,
		totals: totals.map((total) => ({ ...total, what: `in BaseSpace ${total.what}` })),
		problems,
	};
}

function both(one: AgeingResult, other: AgeingResult): AgeingResult {
	return {
		summary: [one.summary, other.summary].filter((text) => text !== '').join('; '),
		totals: [...one.totals, ...other.totals],
		problems: [...one.problems, ...other.problems],
	};
}
