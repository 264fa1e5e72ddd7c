import { type Fields, fieldsOf, optionalList, optionalText } from './body.ts';
import { type Analysis, analysisStatuses, type DataItem, isEnded } from './model.ts';
import { type Call, type Operation, parameter } from './operation.ts';
import { by, type Comparison, pageOf } from './paging.ts';
import type { JsonObject } from './parties.ts';
import { badRequest, Refusal } from './refusal.ts';
import { renderAnalysis, renderOutputs } from './render-analysis.ts';
import type { World } from './world.ts';

interface Row {
	readonly analysis: Analysis;
	readonly order: number;
}

function sortableIn(world: World): Readonly<Record<string, Comparison<Row>>> {
	return {
		reference: by((row) => row.analysis.reference),
		userReference: by((row) => row.analysis.userReference),
		pipeline: by((row) => row.analysis.pipelineCode),
		status: by((row) => world.analyses.statusOf(row.analysis)),
		startDate: by((row) => row.analysis.startDate),
		endDate: by((row) => row.analysis.endDate),
		summary: by((row) => row.analysis.summary),
	};
}

function statusesIn(values: readonly unknown[] | undefined): ReadonlySet<unknown> | undefined {
	if (values === undefined || values.length === 0) {
		return;
	}
	if (!values.every((value) => analysisStatuses.some((status) => status === value))) {
		throw badRequest('status', `status must be some of ${analysisStatuses.join(', ')}.`);
	}
	return new Set(values);
}

/** A documented filter that the simulator does not act upon must not pass for one that finds everything. */
function refuseTags(fields: Fields): void {
	for (const name of ['userTags', 'technicalTags', 'referenceTags']) {
		if ((optionalList(fields, name)?.length ?? 0) > 0) {
			throw new Refusal(501, `The simulator does not know the filter ${name}.`);
		}
	}
}

function searchAnalyses(call: Call): JsonObject {
	const { world, query } = call;
	const fields = fieldsOf(call.body ?? {});
	refuseTags(fields);
	const reference = optionalText(fields, 'reference');
	const userReference = optionalText(fields, 'userReference');
	const statuses = statusesIn(optionalList(fields, 'status'));
	const project = world.project(parameter(call, 'projectId'));
	const rows = [...world.analyses.of(project).values()]
		.map((analysis, order) => ({ analysis, order }))
		.filter(
			({ analysis }) =>
				analysis.reference === (reference ?? analysis.reference) &&
				analysis.userReference === (userReference ?? analysis.userReference) &&
				(statuses?.has(world.analyses.statusOf(analysis)) ?? true),
		);
	const filter = [project.id, fields];
	const page = pageOf(query, { rows, orderOf: (row) => row.order, filter, sortable: sortableIn(world) });
	const items = page.rows.map(({ analysis }) =>
		renderAnalysis(analysis, world.analyses.statusOf(analysis), 4),
	);
	return { items, ...page.around };
}

function analysisOf(call: Call): Analysis {
	const project = call.world.project(parameter(call, 'projectId'));
	return call.world.analyses.get(project, parameter(call, 'analysisId'));
}

function getAnalysis(call: Call): JsonObject {
	const analysis = analysisOf(call);
	return renderAnalysis(analysis, call.world.analyses.statusOf(analysis), call.version);
}

function getOutputs(call: Call): JsonObject {
	const { world } = call;
	const analysis = analysisOf(call);
	if (!isEnded(world.analyses.statusOf(analysis))) {
		return { items: [] };
	}
	const below = (folder: DataItem): readonly DataItem[] => world.data.below(folder);
	return renderOutputs(analysis, { childrenListed: world.childrenListed, below });
}

/** Analyses and their outputs. */
export const analysisOperations: readonly Operation[] = [
	{
		id: 'searchAnalyses',
		method: 'POST',
		path: '/api/projects/{projectId}/analysis:search',
		status: 200,
		answers: [3],
		takes: [3],
		run: searchAnalyses,
	},
	{
		id: 'getAnalysis',
		method: 'GET',
		path: '/api/projects/{projectId}/analyses/{analysisId}',
		status: 200,
		answers: [4, 3],
		run: getAnalysis,
	},
	{
		id: 'getAnalysisOutputs',
		method: 'GET',
		path: '/api/projects/{projectId}/analyses/{analysisId}/outputs',
		status: 200,
		answers: [3],
		run: getOutputs,
	},
];
