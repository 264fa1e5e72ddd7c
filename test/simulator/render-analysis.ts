import { uuidOf } from './ids.ts';
import type { Analysis, AnalysisStatus, DataItem } from './model.ts';
import { type JsonObject, owned, ownedV4 } from './parties.ts';
import { applicationOf, formatOf, timeOf, timeOrNull } from './render.ts';

const oldStatus: Readonly<Record<AnalysisStatus, string>> = {
	REQUESTED: 'REQUESTED',
	QUEUED: 'REQUESTED',
	INITIALIZING: 'INPROGRESS',
	PREPARING_INPUTS: 'INPROGRESS',
	IN_PROGRESS: 'INPROGRESS',
	GENERATING_OUTPUTS: 'INPROGRESS',
	AWAITING_INPUT: 'AWAITINGINPUT',
	ABORTING: 'INPROGRESS',
	SUCCEEDED: 'SUCCEEDED',
	FAILED: 'FAILED',
	FAILED_FINAL: 'FAILEDFINAL',
	ABORTED: 'ABORTED',
};

function storageOf(owner: JsonObject): JsonObject {
	return { id: uuidOf('analysis storage'), ...owner, name: 'Small', description: '1.2 TB' };
}

function pipelineOf(code: string, owner: JsonObject, storage: JsonObject): JsonObject {
	return {
		id: uuidOf(`pipeline ${code}`),
		...owner,
		urn: `urn:ilmn:ica:pipeline:${uuidOf(`pipeline ${code}`)}#${code}`,
		code,
		description: `${code} pipeline`,
		status: 'RELEASED',
		language: 'NEXTFLOW',
		languageVersion: { id: uuidOf('nextflow'), name: '22.04.3', language: 'NEXTFLOW' },
		pipelineTags: { technicalTags: [] },
		analysisStorage: storage,
		proprietary: false,
		inputFormType: 'JSON',
	};
}

/** An analysis in the given version of the API. */
export function renderAnalysis(analysis: Analysis, status: AnalysisStatus, version: 3 | 4): JsonObject {
	const owner = version === 4 ? ownedV4 : owned;
	const storage = version === 4 ? { id: uuidOf('analysis storage'), name: 'Small' } : storageOf(owned);
	const changed = analysis.endDate ?? analysis.startDate ?? analysis.timeCreated;
	return {
		id: analysis.id,
		...owner,
		timeCreated: timeOf(analysis.timeCreated),
		timeModified: timeOf(changed),
		reference: analysis.reference,
		userReference: analysis.userReference,
		pipeline: pipelineOf(analysis.pipelineCode, owner, storage),
		status: version === 4 ? status : oldStatus[status],
		startDate: timeOrNull(analysis.startDate),
		endDate: timeOrNull(analysis.endDate),
		summary: analysis.summary ?? null,
		analysisStorage: storage,
		analysisPriority: 'MEDIUM',
		tags: { technicalTags: [], userTags: [], referenceTags: [] },
		application: applicationOf('BaseSpace'),
	};
}

/** All that the analysis itself put out, as a tree, deleted data as well. */
export function renderOutputs(analysis: Analysis): JsonObject {
	if (analysis.outputFolder === undefined) {
		return { items: [] };
	}
	const byParent = new Map<string, DataItem[]>();
	for (const item of analysis.output) {
		const parent = item.path.slice(0, item.path.lastIndexOf('/', item.path.length - 2) + 1);
		const siblings = byParent.get(parent);
		if (siblings === undefined) {
			byParent.set(parent, [item]);
		} else {
			siblings.push(item);
		}
	}
	const render = (item: DataItem): JsonObject => ({
		dataId: item.id,
		name: item.name,
		dataType: item.type,
		format: formatOf(item),
		...(item.type === 'FOLDER' && { children: (byParent.get(item.path) ?? []).map(render) }),
	});
	return {
		items: [{ code: 'Output', projectId: analysis.project.id, data: [render(analysis.outputFolder)] }],
	};
}
