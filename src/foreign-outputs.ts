import pLimit from 'p-limit';
import { ended } from './ages.ts';
import { readTime } from './dates.ts';
import { reasonOf, ServiceError } from './errors.ts';
import { listOutputs } from './ica/analyses.ts';
import type { IcaClient } from './ica/client.ts';
import { findDataByIds } from './ica/data.ts';
import { type Analysis, type Data, nameOf, type Project } from './ica/schemas.ts';
import { type ForeignOutput, isInOwnFolder } from './neighbours.ts';

/** What is about to be changed: the outputs of an analysis. */
export interface Target {
	readonly analysis: Analysis;
	readonly items: readonly Data[];
}

export interface ForeignOutputsQuestion {
	readonly ica: IcaClient;
	readonly source: Project;
	/** All analyses of the source project. */
	readonly analyses: readonly Analysis[];
	/** Whether an analysis is still to be delivered. */
	readonly isUndelivered: (analysis: Analysis) => boolean;
	/** Whether an analysis is so young that its output is certain to matter. */
	readonly isYoung: (analysis: Analysis) => boolean;
	/** What is known already of the outputs of some. */
	readonly known: readonly Target[];
}

/** What other analyses list as their outputs, as far as it can meet what is about to be changed. */
export interface ForeignOutputs {
	readonly outputs: readonly ForeignOutput[];
	/** Why the lists of some analyses are not known. */
	readonly unknown: readonly string[];
}

const requestsAtOnce = 8;
const dayMs = 24 * 60 * 60 * 1000;
/** Where ICA does not tell the end of an analysis, it took no longer. */
const longestMs = 7 * dayMs;

/**
 * Looks up what other analyses list as their outputs. Asked are those under way or still to be delivered, and those that
 * were at work at the same time, whose files could pass for the target's own; all that matter where a target lies outside
 * the folder that bears its analysis's name.
 */
export async function findForeignOutputs(
	question: ForeignOutputsQuestion,
	targets: readonly Target[],
): Promise<ForeignOutputs> {
	const { known } = question;
	const knownIds = new Set(known.map(({ analysis }) => analysis.id));
	const isElsewhere = targets.some(({ analysis, items }) => items.some((item) => isOutside(analysis, item)));
	const asked = question.analyses.filter(
		(analysis) =>
			!knownIds.has(analysis.id) &&
			(!ended.has(analysis.status) ||
				question.isUndelivered(analysis) ||
				(isElsewhere && question.isYoung(analysis)) ||
				targets.some((target) => wereTogether(target.analysis, analysis))),
	);
	const limit = pLimit(requestsAtOnce);
	const ends = await Promise.all(asked.map((analysis) => limit(() => outputIds(question, analysis))));
	const told = ends.filter(({ why }) => why === undefined);
	const ids = [...new Set(told.flatMap(({ dataIds }) => dataIds))];
	const what = `look up the outputs of analyses of ${question.source.name}`;
	const paths = new Map(
		(await findDataByIds(question.ica, question.source.id, ids, what)).map(({ id, path }) => [id, path]),
	);
	const listed = told.map(({ analysis, dataIds }) =>
		outputsOf(
			analysis,
			dataIds.flatMap((id) => paths.get(id) ?? []),
		),
	);
	return {
		outputs: [
			...listed.flat(),
			...known.flatMap(({ analysis, items }) =>
				outputsOf(
					analysis,
					items.map(({ path }) => path),
				),
			),
		],
		unknown: ends.flatMap(({ why }) => why ?? []),
	};
}

function outputsOf(analysis: Analysis, paths: readonly string[]): ForeignOutput[] {
	const by = nameOf(analysis);
	return paths.filter((path) => path !== '').map((path) => ({ path, analysisId: analysis.id, by }));
}

/** Whether an output lies elsewhere than in the folder that bears its analysis's name. */
export function isOutside(analysis: Analysis, item: Data): boolean {
	return !isInOwnFolder(item.path, analysis);
}

/** Whether two analyses were at work within a day of each other, by their dates; in doubt they were. */
function wereTogether(one: Analysis, other: Analysis): boolean {
	const [begin, end] = spanOf(one);
	const [otherBegin, otherEnd] = spanOf(other);
	return otherBegin <= end + dayMs && begin <= otherEnd + dayMs;
}

function spanOf({ startDate, endDate }: Analysis): readonly [begin: number, end: number] {
	const begin = readTime(startDate);
	const end = readTime(endDate) ?? (begin === undefined ? undefined : begin + longestMs);
	return [begin ?? Number.NEGATIVE_INFINITY, end ?? Number.POSITIVE_INFINITY];
}

interface Listed {
	readonly analysis: Analysis;
	readonly dataIds: readonly string[];
	readonly why?: string;
}

async function outputIds({ ica, source }: ForeignOutputsQuestion, analysis: Analysis): Promise<Listed> {
	try {
		const items = await listOutputs(ica, source, analysis);
		const here = items.filter(({ projectId }) => projectId === source.id);
		return { analysis, dataIds: here.map(({ dataId }) => dataId) };
	} catch (error) {
		if (!(error instanceof ServiceError)) {
			throw error;
		}
		const hasNone =
			!ended.has(analysis.status) && ['not found', 'conflict', 'refused'].includes(error.failure);
		return hasNone ? { analysis, dataIds: [] } : { analysis, dataIds: [], why: reasonOf(error) };
	}
}
