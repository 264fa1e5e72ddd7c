import pLimit from 'p-limit';
import { isWithin } from '../../analyses/places.ts';
import { ended } from '../../analyses/times.ts';
import { ServiceError } from '../../common/errors.ts';
import { firstFew } from '../../common/text.ts';
import { type AnalysisList, listAnalyses } from '../../ica/analyses.ts';
import type { IcaClient } from '../../ica/client.ts';
import { findDataByIds, listFilesBelow } from '../../ica/data.ts';
import { getInputs } from '../../ica/launches.ts';
import { type Analysis, type Data, nameOf, type Project } from '../../ica/schemas.ts';

/** Data that analyses under way have for their inputs: each with the analysis, for a reader. */
export interface InputsInUse {
	/** By the id of a file or folder. */
	readonly ids: ReadonlyMap<string, string>;
	/** In the source project, a folder's with its closing slash. */
	readonly paths: readonly { readonly path: string; readonly by: string }[];
}

export interface InUseRequest {
	readonly ica: IcaClient;
	readonly source: Project;
	/** Projects to which data of the source project is linked. */
	readonly destinations: readonly Project[];
}

const requestsAtOnce = 8;

/**
 * Looks up, at this moment, what analyses under way in the source project and in the others have for their inputs.
 * @throws {ServiceError} when that cannot be known of a single one
 */
export async function findInputsInUse({ ica, source, destinations }: InUseRequest): Promise<InputsInUse> {
	const projects = new Map([source, ...destinations].map((project) => [project.id, project]));
	const used = await Promise.all([...projects.values()].map((project) => inputsIn(ica, project)));
	const ids = new Map(used.flat().map(({ dataId, by }) => [dataId, by]));
	const inSource = await findDataByIds(ica, source.id, [...ids.keys()], 'look up what is in use');
	const known = new Set(inSource.map(({ id }) => id));
	const elsewhere = used
		.flat()
		.filter(({ dataId, project }) => !known.has(dataId) && project.id !== source.id);
	for (const project of projects.values()) {
		const here = elsewhere.filter((input) => input.project.id === project.id);
		for (const { file, by } of await filesInFolders(ica, project, here)) {
			ids.set(file.id, by);
		}
	}
	return { ids, paths: inSource.map(({ id, path }) => ({ path, by: ids.get(id) ?? '' })) };
}

/** The analysis under way that uses an output, or something in it; undefined: none. */
export function userOf(
	{ ids, paths }: InputsInUse,
	items: readonly Data[],
	files: readonly Data[],
): string | undefined {
	const used = [...items, ...files].find(({ id }) => ids.has(id));
	const by = used === undefined ? undefined : ids.get(used.id);
	const inside = paths.find(({ path }) =>
		items.some((item) => isWithin(path, item.path) || (path.endsWith('/') && isWithin(item.path, path))),
	);
	return by ?? inside?.by;
}

interface Input {
	readonly project: Project;
	readonly dataId: string;
	readonly by: string;
}

async function inputsIn(ica: IcaClient, project: Project): Promise<Input[]> {
	const underWay = underWayIn(project, await listAnalyses(ica, project));
	const limit = pLimit(requestsAtOnce);
	const inputs = await Promise.all(
		underWay.map((analysis) => limit(() => getInputs(ica, { project, analysisId: analysis.id }))),
	);
	return inputs.flatMap((each, index) => {
		const analysis = underWay[index];
		const by = analysis === undefined ? '' : `${nameOf(analysis)} in ${project.name}`;
		return each.flatMap(({ analysisData }) => analysisData).map(({ dataId }) => ({ project, dataId, by }));
	});
}

function underWayIn(project: Project, { analyses, unreadable }: AnalysisList): Analysis[] {
	const unknown = unreadable.filter(({ status }) => status === undefined || !ended.has(status));
	if (unknown.length > 0) {
		throw new ServiceError(
			'unexpected answer',
			`Could not look up what is in use: analyses of ${project.name} cannot be read (${firstFew(
				unknown.map(({ why }) => why),
				3,
			)}).`,
		);
	}
	return analyses.filter(({ status }) => !ended.has(status));
}

/** What is in a folder of another project, linked data included. */
async function filesInFolders(
	ica: IcaClient,
	project: Project,
	inputs: readonly Input[],
): Promise<{ readonly file: Data; readonly by: string }[]> {
	const byOf = new Map(inputs.map(({ dataId, by }) => [dataId, by]));
	const found = await findDataByIds(ica, project.id, [...byOf.keys()], 'look up what is in use');
	const folders = found.filter(({ isFolder }) => isFolder);
	const files = await Promise.all(
		folders.map(async (folder) =>
			(await listFilesBelow(ica, project.id, folder.path)).map((file) => ({
				file,
				by: byOf.get(folder.id) ?? '',
			})),
		),
	);
	return files.flat();
}
