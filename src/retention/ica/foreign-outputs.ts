import pLimit from 'p-limit';
import { isInOwnFolder } from '../../analyses/places.ts';
import { ended, endOf } from '../../analyses/times.ts';
import { plausibleTime } from '../../common/dates.ts';
import { reasonOf, ServiceError } from '../../common/errors.ts';
import { listOutputs } from '../../ica/analyses.ts';
import type { IcaClient } from '../../ica/client.ts';
import { findDataByIds } from '../../ica/data.ts';
import { type Analysis, type Data, nameOf, type Project } from '../../ica/schemas.ts';
import type { ForeignOutput } from './neighbours.ts';

/** What is about to be changed: the outputs of an analysis. */
export interface Target {
	readonly analysis: Analysis;
	readonly items: readonly Data[];
}

export interface ForeignOutputsRequest {
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
	/** Those of which an earlier pass has seen that they put out nothing but into the folders that bear their names. */
	readonly keepToThemselves: ReadonlySet<string>;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

interface UnknownOutputs {
	readonly why: string;
	/** Whether it is under way or still to be delivered, and the next pass can find out more. */
	readonly isAtWork: boolean;
}

/** What other analyses list as their outputs, as far as it can meet what is about to be changed. */
export interface ForeignOutputs {
	readonly outputs: readonly ForeignOutput[];
	/** Analyses whose lists are not known now, and why. */
	readonly unknown: readonly UnknownOutputs[];
	/** The young ones that put out nothing but into the folders that bear their names, for the next pass. */
	readonly keepToThemselves: readonly string[];
}

const requestsAtOnce = 8;
const dayMs = 24 * 60 * 60 * 1000;
/** Where ICA does not report the end of an analysis, it took no longer. */
const maxMs = 7 * dayMs;

/**
 * Looks up what other analyses list as their outputs. Asked are those under way, still to be delivered or young, and those
 * that were at work at the same time, whose files could pass for the target's own; all of them where a target lies outside
 * the folder that bears its analysis's name. What an ended analysis has put out does not change, so that each is asked once.
 */
export async function findForeignOutputs(
	request: ForeignOutputsRequest,
	targets: readonly Target[],
): Promise<ForeignOutputs> {
	const { known } = request;
	const knownIds = new Set(known.map(({ analysis }) => analysis.id));
	const isElsewhere = targets.some(({ analysis, items }) => items.some((item) => isOutside(analysis, item)));
	const asked = request.analyses.filter(
		(analysis) =>
			!(knownIds.has(analysis.id) || request.keepToThemselves.has(analysis.id)) &&
			(isElsewhere ||
				isAtWork(request, analysis) ||
				request.isYoung(analysis) ||
				targets.some((target) => wereTogether(target.analysis, analysis, request.now))),
	);
	const limit = pLimit(requestsAtOnce);
	const results = await Promise.all(asked.map((analysis) => limit(() => outputIds(request, analysis))));
	const answered = results.filter(({ why }) => why === undefined);
	const ids = [...new Set(answered.flatMap(({ dataIds }) => dataIds))];
	const what = `look up the outputs of analyses of ${request.source.name}`;
	const paths = new Map(
		(await findDataByIds(request.ica, request.source.id, ids, what)).map(({ id, path }) => [id, path]),
	);
	const listed = answered.map(({ analysis, dataIds }) => ({
		analysis,
		paths: dataIds.flatMap((id) => paths.get(id) ?? []),
	}));
	const alone = listed.filter(
		(each) =>
			ended.has(each.analysis.status) && each.paths.every((path) => isInOwnFolder(path, each.analysis)),
	);
	const stillAlone = request.analyses.filter(({ id }) => request.keepToThemselves.has(id));
	return {
		keepToThemselves: [...stillAlone, ...alone.map(({ analysis }) => analysis)]
			.filter((analysis) => request.isYoung(analysis))
			.map(({ id }) => id),
		outputs: [
			...listed.flatMap((each) => outputsOf(each.analysis, each.paths)),
			...known.flatMap(({ analysis, items }) =>
				outputsOf(
					analysis,
					items.map(({ path }) => path),
				),
			),
		],
		unknown: results.flatMap(({ analysis, why, isLasting }) =>
			why === undefined ? [] : [{ why, isAtWork: isAtWork(request, analysis) && !isLasting }],
		),
	};
}

function isAtWork({ isUndelivered }: ForeignOutputsRequest, analysis: Analysis): boolean {
	return !ended.has(analysis.status) || isUndelivered(analysis);
}

function outputsOf(analysis: Analysis, paths: readonly string[]): ForeignOutput[] {
	const by = nameOf(analysis);
	return paths.filter((path) => path !== '').map((path) => ({ path, analysisId: analysis.id, by }));
}

/** Whether an output lies elsewhere than in the folder that bears its analysis's name. */
export function isOutside(analysis: Analysis, item: Data): boolean {
	return !isInOwnFolder(item.path, analysis);
}

/** Whether two analyses were at work within a day of each other, by their dates; where those cannot be, they were. */
function wereTogether(one: Analysis, other: Analysis, now: number): boolean {
	const [begin, end] = spanOf(one, now);
	const [otherBegin, otherEnd] = spanOf(other, now);
	return otherBegin <= end + dayMs && begin <= otherEnd + dayMs;
}

function spanOf(analysis: Analysis, now: number): readonly [begin: number, end: number] {
	const begin = plausibleTime(analysis.startDate, now);
	if (begin === undefined || endOf(analysis, now) === undefined) {
		return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
	}
	return [begin, plausibleTime(analysis.endDate, now) ?? begin + maxMs];
}

interface Listed {
	readonly analysis: Analysis;
	readonly dataIds: readonly string[];
	readonly why?: string;
	/** Whether ICA's refusal is about the analysis itself, and not the moment. */
	readonly isLasting?: boolean;
}

async function outputIds({ ica, source }: ForeignOutputsRequest, analysis: Analysis): Promise<Listed> {
	try {
		const items = await listOutputs(ica, source, analysis);
		const here = items.filter(({ projectId }) => projectId === source.id);
		return { analysis, dataIds: here.map(({ dataId }) => dataId) };
	} catch (error) {
		if (!(error instanceof ServiceError)) {
			throw error;
		}
		const hasNone = !ended.has(analysis.status) && error.isRefusal && error.failure !== 'forbidden';
		const { isLasting } = error;
		return hasNone ? { analysis, dataIds: [] } : { analysis, dataIds: [], why: reasonOf(error), isLasting };
	}
}
