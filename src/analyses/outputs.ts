import { ServiceError } from '../common/errors.ts';
import { listOutputs, type OutputItem } from '../ica/analyses.ts';
import type { IcaClient } from '../ica/client.ts';
import { findDataByIds, isGone, listFilesBelow } from '../ica/data.ts';
import type { Analysis, Data, OutputFile, Project } from '../ica/schemas.ts';
import { isSharedFolder } from './places.ts';

const fastqEnding = /\.fastq\.(?:gz|ora)$/;

/** A file or folder that an analysis lists as its own output, and that is still there. */
export interface PresentItem {
	/** The project that holds it. */
	readonly projectId: string;
	readonly item: Data;
	/** The files that the analysis put out below it, the deleted ones, too; empty where ICA does not report it. */
	readonly filesBelow: readonly OutputFile[];
	/** Folders below it whose content ICA does not report: from this one on, with a closing slash. */
	readonly unlistedFolders: readonly string[];
}

/** The same, with what is in it. */
export interface Output extends PresentItem {
	/** The item itself when it is a file; or every file below it, those of other owners included. */
	readonly files: readonly Data[];
}

/** Whether a file is a sample's FASTQ: BCLConvert's Undetermined reads belong to no sample. */
export function isFastq(fileName: string): boolean {
	return fastqEnding.test(fileName) && !isUndetermined(fileName);
}

/** Whether a file holds reads that BCLConvert could give to no sample. */
export function isUndetermined(fileName: string): boolean {
	return fastqEnding.test(fileName) && fileName.startsWith('Undetermined');
}

/** Whether a file is a FASTQ of a group: their names match a pattern, MGI's begin with `M-` or `M_`. */
export function isFastqOf(fileName: string, pattern: RegExp): boolean {
	return isFastq(fileName) && pattern.test(fileName);
}

/**
 * The FASTQs of an analysis, without data of other owners that was linked into its folders. One that was moved to another
 * place of the project is still the analysis's.
 * @throws {ServiceError} when ICA's list of files lacks a FASTQ that the analysis has put out and that is still there
 */
export async function findFastqs(ica: IcaClient, outputs: readonly Output[]): Promise<Data[]> {
	const own = outputs.flatMap(({ item, files }) =>
		files.filter((file) => isFastq(file.name) && file.owningProjectId === item.owningProjectId),
	);
	const listed = new Set(own.map(({ id }) => id));
	const moved = await Promise.all(outputs.map((output) => findMoved(ica, output, listed)));
	const fastqs = new Map([...own, ...moved.flat()].map((file) => [file.id, file]));
	const withoutPath = [...fastqs.values()].find((file) => file.path === '');
	if (withoutPath !== undefined) {
		throw new ServiceError('unexpected answer', `ICA gives no path for ${withoutPath.name}.`);
	}
	return [...fastqs.values()];
}

/** A list that lags behind must not make a delivery incomplete; a FASTQ that was deleted by itself is not missed. */
async function findMoved(
	ica: IcaClient,
	{ projectId, item, filesBelow }: Output,
	listed: ReadonlySet<string>,
): Promise<Data[]> {
	const missing = filesBelow.filter(({ dataId, name }) => isFastq(name) && !listed.has(dataId));
	const ids = missing.map(({ dataId }) => dataId);
	const found = await findDataByIds(ica, projectId, ids, `look for files that ${item.path} lacks`);
	const present = found.filter(
		(data) => data.status !== 'DELETING' && data.owningProjectId === item.owningProjectId,
	);
	const first = present.find(({ path }) => path === '' || path.startsWith(item.path));
	if (first !== undefined) {
		throw new ServiceError(
			'unexpected answer',
			`ICA's list of the files in ${item.path} lacks files that are there, such as ${first.name}.`,
		);
	}
	return present.filter(({ name }) => isFastq(name));
}

/** What there is of an analysis's output. */
export interface FoundOutputs {
	/** Empty when all of it was deleted. */
	readonly outputs: readonly Output[];
	/** What was in those that were deleted, as far as ICA reports them. */
	readonly gone: readonly OutputFile[];
}

/**
 * Finds the output of an analysis, with every file in it, at any depth.
 * @throws {ServiceError} when it cannot be listed, which is not the same as an output that was deleted
 */
export async function findOutputs(
	ica: IcaClient,
	project: Project,
	analysis: Analysis,
): Promise<FoundOutputs> {
	const { present, gone } = await findOutputItems(ica, project, analysis);
	const shared = present.find(({ item }) => item.isFolder && isSharedFolder(item.path));
	if (shared !== undefined) {
		throw new ServiceError(
			'unexpected answer',
			`ICA lists the folder "${shared.item.path}" as its output, which is not its own.`,
		);
	}
	return { outputs: await Promise.all(present.map((output) => withFiles(ica, output))), gone };
}

interface FoundItems extends Pick<FoundOutputs, 'gone'> {
	/** Empty when all of it was deleted. */
	readonly present: readonly PresentItem[];
}

/**
 * Finds what an analysis lists as its output and is still there, without looking into it.
 * @throws {ServiceError} when it cannot be listed, or ICA gives no path for a folder of it
 */
export async function findOutputItems(
	ica: IcaClient,
	project: Project,
	analysis: Analysis,
): Promise<FoundItems> {
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
	const ids = new Set(present.map(({ item }) => item.id));
	const missing = listed.filter(({ dataId }) => !ids.has(dataId));
	await refuseUnlessGone(ica, missing, what);
	const withoutPath = present.find(({ item }) => item.isFolder && item.path === '');
	if (withoutPath !== undefined) {
		throw new ServiceError(
			'unexpected answer',
			`ICA gives no path for its output folder ${withoutPath.item.name}.`,
		);
	}
	const gone = missing.flatMap((each) => (each.isFolder ? each.filesBelow : [each]));
	return { present, gone };
}

async function findPresent(
	ica: IcaClient,
	projectId: string,
	listed: readonly OutputItem[],
	what: string,
): Promise<PresentItem[]> {
	const below = new Map(listed.map((each) => [each.dataId, each]));
	const items = await findDataByIds(ica, projectId, [...below.keys()], what);
	return items.map((item) => {
		const { filesBelow = [], unlistedFolders = [] } = below.get(item.id) ?? {};
		return { projectId, item, filesBelow, unlistedFolders };
	});
}

/** A list that lags behind must not make an output incomplete, or pass for a deleted one: ICA has to report it of every item. */
async function refuseUnlessGone(ica: IcaClient, listed: readonly OutputItem[], what: string): Promise<void> {
	const gone = await Promise.all(listed.map(({ projectId, dataId }) => isGone(ica, projectId, dataId, what)));
	if (gone.includes(false)) {
		throw new ServiceError('unexpected answer', "ICA's list of data lacks an output that is there.");
	}
}

/**
 * Looks into an output.
 * @throws {ServiceError} also for a folder that ICA has not indexed, which is not the same as an empty one
 */
export async function withFiles(ica: IcaClient, output: PresentItem): Promise<Output> {
	const { projectId, item } = output;
	if (!item.isFolder) {
		return { ...output, files: [item] };
	}
	if (!item.isIndexed) {
		throw new ServiceError(
			'refused',
			`Its output folder ${item.path} is not indexed, so ICA cannot list it.`,
		);
	}
	return { ...output, files: await listFilesBelow(ica, projectId, item.path) };
}
