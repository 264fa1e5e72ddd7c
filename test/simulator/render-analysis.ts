import { uuidOf } from './ids.ts';
import { nameOf, parentOf } from './items.ts';
import type { Pipeline } from './launch-record.ts';
import type { Analysis, AnalysisStatus, DataItem } from './model.ts';
import { type JsonObject, owned, ownedV4 } from './parties.ts';
import { storageIdOf, storageSizes } from './pipelines.ts';
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

function storageOf(name: string, version: 3 | 4): JsonObject {
	const id = storageIdOf(name);
	return version === 4 ? { id, name } : { id, ...owned, name, description: storageSizes[name] ?? name };
}

function pipelineOf({ id, code, language, inputFormType }: Pipeline, version: 3 | 4): JsonObject {
	const owner = version === 4 ? ownedV4 : owned;
	return {
		id,
		...owner,
		urn: `urn:ilmn:ica:pipeline:${id}#${code}`,
		code,
		description: `${code} pipeline`,
		status: 'RELEASED',
		language,
		languageVersion: { id: uuidOf('nextflow'), name: '22.04.3', language },
		pipelineTags: { technicalTags: [] },
		analysisStorage: storageOf('Small', version),
		proprietary: false,
		inputFormType,
	};
}

/** An analysis in the given version of the API. */
export function renderAnalysis(analysis: Analysis, status: AnalysisStatus, version: 3 | 4): JsonObject {
	const owner = version === 4 ? ownedV4 : owned;
	const { tags, storage } = analysis.launched;
	const changed = analysis.endDate ?? analysis.startDate ?? analysis.timeCreated;
	return {
		id: analysis.id,
		...owner,
		timeCreated: timeOf(analysis.timeCreated),
		timeModified: timeOf(changed),
		reference: analysis.reference,
		userReference: analysis.userReference,
		pipeline: pipelineOf(analysis.pipeline, version),
		status: version === 4 ? status : oldStatus[status],
		startDate: timeOrNull(analysis.startDate),
		endDate: timeOrNull(analysis.endDate),
		summary: analysis.summary ?? null,
		analysisStorage: storageOf(storage, version),
		analysisPriority: 'MEDIUM',
		tags: {
			technicalTags: [...tags.technicalTags],
			userTags: [...tags.userTags],
			referenceTags: [...tags.referenceTags],
		},
		application: applicationOf('BaseSpace'),
	};
}

interface Outputs {
	/** Whether what is below a folder is listed when the analysis does not say. */
	readonly childrenListed: boolean;
	/** What is below a folder now. */
	readonly below: (folder: DataItem) => readonly DataItem[];
}

/** The outputs of an analysis: all that it put out itself, deleted data as well, and what else it lists. */
export function renderOutputs(analysis: Analysis, { childrenListed, below }: Outputs): JsonObject {
	const { outputFolder, output, otherOutputs } = analysis;
	const isListed = analysis.childrenListed ?? childrenListed;
	const own = outputFolder === undefined ? [] : [outputFolder];
	const data = [
		...own.map((folder) => renderTree(folder, isListed ? output : undefined, ({ firstPath }) => firstPath)),
		...otherOutputs.map((item) => {
			const contents = analysis.childrenListed === true ? below(item) : undefined;
			return renderTree(item, contents, ({ path }) => path);
		}),
	];
	return { items: data.length === 0 ? [] : [{ code: 'Output', projectId: analysis.project.id, data }] };
}

/**
 * @param contents what is below a folder, at any depth; undefined: nothing is said about it
 * @param placeOf the path by which an item is listed
 */
function renderTree(
	top: DataItem,
	contents: Iterable<DataItem> | undefined,
	placeOf: (item: DataItem) => string,
): JsonObject {
	const branches = new Map<string | undefined, JsonObject[]>();
	const nodeOf = (item: DataItem): JsonObject => {
		const children: JsonObject[] = [];
		if (item.type === 'FOLDER') {
			branches.set(placeOf(item), children);
		}
		return {
			dataId: item.id,
			name: nameOf(placeOf(item)),
			dataType: item.type,
			format: formatOf(item),
			...(item.type === 'FOLDER' && contents !== undefined && { children }),
		};
	};
	const root = nodeOf(top);
	const nodes = [...(contents ?? [])].map((item) => [parentOf(placeOf(item)), nodeOf(item)] as const);
	for (const [parent, node] of nodes) {
		branches.get(parent)?.push(node);
	}
	return root;
}
