import { ServiceError } from './errors.ts';
import { listOutputs, type OutputItem } from './ica/analyses.ts';
import type { IcaClient } from './ica/client.ts';
import { findDataByIds, isGone, listFilesBelow } from './ica/data.ts';
import type { Analysis, Data, OutputFile, Project } from './ica/schemas.ts';

const fastqEnding = /\.fastq\.(?:gz|ora)$/;

/** Folders that many analyses share: as the output of one they would bring in everybody's files. */
const sharedFolders: ReadonlySet<string> = new Set([
	'/',
	'/datasets/',
	'/ilmn-analyses/',
	'/ilmn-runs/',
	'/scratch/',
]);

/** A file or folder that an analysis lists as its own output, and that is still there. */
export interface Output {
	/** The project that holds it. */
	readonly projectId: string;
	readonly item: Data;
	/** The item itself when it is a file; or every file below it, those of other owners included. */
	readonly files: readonly Data[];
	/** The files that the analysis put out below it, the deleted ones, too; empty where ICA does not tell. */
	readonly filesBelow: readonly OutputFile[];
}

/** Whether a file is a sample's FASTQ: BCLConvert's Undetermined reads belong to no sample. */
export function isFastq(fileName: string): boolean {
	return fastqEnding.test(fileName) && !fileName.startsWith('Undetermined');
}

/** Whether a file is one of MGI's FASTQs: their sample names begin as the pattern says, `M-` or `M_` as a rule. */
export function isMgiFastq(fileName: string, mgiPattern: RegExp): boolean {
	return isFastq(fileName) && mgiPattern.test(fileName);
}

/**
 * The FASTQs in an analysis's output, without data of other owners that was linked into its folders.
 * @throws {ServiceError} when ICA's list of files lacks a FASTQ that the analysis has put out and that is still there
 */
export async function findFastqs(ica: IcaClient, outputs: readonly Output[]): Promise<Data[]> {
	const own = outputs.flatMap(({ item, files }) =>
		files.filter((file) => isFastq(file.name) && file.owningProjectId === item.owningProjectId),
	);
	const fastqs = new Map(own.map((file) => [file.id, file]));
	const withoutPath = own.find((file) => file.path === '');
	if (withoutPath !== undefined) {
		throw new ServiceError('unexpected answer', `ICA gives no path for ${withoutPath.name}.`);
	}
	await Promise.all(outputs.map((output) => refuseIncomplete(ica, output, fastqs)));
	return [...fastqs.values()];
}

/** A list that lags behind must not make a delivery incomplete; a FASTQ that was deleted by itself is not missed. */
async function refuseIncomplete(
	ica: IcaClient,
	{ projectId, item, filesBelow }: Output,
	listed: ReadonlyMap<string, Data>,
): Promise<void> {
	const missing = filesBelow.filter(({ dataId, name }) => isFastq(name) && !listed.has(dataId));
	const ids = missing.map(({ dataId }) => dataId);
	const present = await findDataByIds(ica, projectId, ids, `look for files that ${item.path} lacks`);
	const [first] = present.filter((data) => data.status !== 'DELETING');
	if (first !== undefined) {
		throw new ServiceError(
			'unexpected answer',
			`ICA's list of the files in ${item.path} lacks files that are there, such as ${first.name}.`,
		);
	}
}

/**
 * Finds the output of an analysis, with every file in it, at any depth.
 * @returns empty when all of it was deleted
 * @throws {ServiceError} when it cannot be listed, which is not the same as an output that was deleted
 */
export async function findOutputs(ica: IcaClient, project: Project, analysis: Analysis): Promise<Output[]> {
	const listed = await listOutputs(ica, project, analysis);
	if (listed.length === 0) {
		throw new ServiceError(
			'unexpected answer',
			'ICA lists no output for it, not even a deleted one. If that is right, add a row for it to the managed table.',
		);
	}
	const what = `look up the output of analysis ${analysis.reference}`;
	const projectIds = [...new Set(listed.map((output) => output.projectId))];
	const perProject = await Promise.all(
		projectIds.map((projectId) => {
			const there = listed.filter((output) => output.projectId === projectId);
			return findPresent(ica, projectId, there, what);
		}),
	);
	const present = perProject.flat();
	if (present.length === 0) {
		await refuseUnlessGone(ica, listed, what);
	}
	return await Promise.all(present.map(async (output) => ({ ...output, files: await filesOf(ica, output) })));
}

async function findPresent(
	ica: IcaClient,
	projectId: string,
	listed: readonly OutputItem[],
	what: string,
): Promise<Omit<Output, 'files'>[]> {
	const below = new Map(listed.map(({ dataId, filesBelow }) => [dataId, filesBelow]));
	const items = await findDataByIds(ica, projectId, [...below.keys()], what);
	return items.map((item) => ({ projectId, item, filesBelow: below.get(item.id) ?? [] }));
}

/** What is recorded as deleted is never looked at again, so ICA has to say it of every item. */
async function refuseUnlessGone(ica: IcaClient, listed: readonly OutputItem[], what: string): Promise<void> {
	const gone = await Promise.all(listed.map(({ projectId, dataId }) => isGone(ica, projectId, dataId, what)));
	if (gone.includes(false)) {
		throw new ServiceError('unexpected answer', "ICA's list of data lacks an output that is there.");
	}
}

async function filesOf(ica: IcaClient, { projectId, item }: Omit<Output, 'files'>): Promise<Data[]> {
	if (!item.isFolder) {
		return [item];
	}
	if (item.path === '' || sharedFolders.has(item.path)) {
		throw new ServiceError(
			'unexpected answer',
			`ICA lists the folder "${item.path}" as its output, which is not its own.`,
		);
	}
	if (!item.isIndexed) {
		throw new ServiceError(
			'refused',
			`Its output folder ${item.path} is not indexed, so ICA cannot list it.`,
		);
	}
	return await listFilesBelow(ica, projectId, item.path);
}
