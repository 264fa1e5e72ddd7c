import { ServiceError } from './errors.ts';
import { listOutputs } from './ica/analyses.ts';
import type { IcaClient } from './ica/client.ts';
import { findDataByIds, listFilesBelow } from './ica/data.ts';
import type { Analysis, Data, Project } from './ica/schemas.ts';

const fastqEnding = /\.fastq\.(?:gz|ora)$/;

/** Folders that many analyses share: as the output of one they would bring in everybody's files. */
const sharedFolders: ReadonlySet<string> = new Set([
	'/',
	'/datasets/',
	'/ilmn-analyses/',
	'/ilmn-runs/',
	'/scratch/',
]);

/** The FASTQs in an analysis's output; `deleted` when the output itself is gone. */
export type Fastqs =
	| { readonly kind: 'found'; readonly files: readonly Data[] }
	| { readonly kind: 'deleted' };

/** Whether a file is a sample's FASTQ: BCLConvert's Undetermined reads belong to no sample. */
export function isFastq(fileName: string): boolean {
	return fastqEnding.test(fileName) && !fileName.startsWith('Undetermined');
}

/** Whether a file is one of MGI's FASTQs: their sample names begin as the pattern says, `M-` or `M_` as a rule. */
export function isMgiFastq(fileName: string, mgiPattern: RegExp): boolean {
	return isFastq(fileName) && mgiPattern.test(fileName);
}

/**
 * Finds the FASTQs of an analysis, at any depth below what it lists as its own output. Data of other projects that was
 * linked into these folders is left out.
 * @throws {ServiceError} when the output cannot be listed, which is not the same as an output that was deleted
 */
export async function findFastqs(ica: IcaClient, source: Project, analysis: Analysis): Promise<Fastqs> {
	const outputs = await listOutputs(ica, source, analysis);
	if (outputs.length === 0) {
		throw new ServiceError('unexpected answer', 'ICA lists no output for it, not even a deleted one.');
	}
	const projectIds = [...new Set(outputs.map((output) => output.projectId))];
	const perProject = await Promise.all(
		projectIds.map(async (projectId) => {
			const ids = outputs.filter((output) => output.projectId === projectId).map((output) => output.dataId);
			const items = await findDataByIds(ica, projectId, ids);
			return items.map((item) => ({ projectId, item }));
		}),
	);
	const present = perProject.flat();
	if (present.length === 0) {
		return { kind: 'deleted' };
	}
	const files = await Promise.all(present.map(({ projectId, item }) => filesOf(ica, projectId, item)));
	const fastqs = files.flat().filter((file) => isFastq(file.name));
	return { kind: 'found', files: [...new Map(fastqs.map((file) => [file.id, file])).values()] };
}

/** The item itself when it is a file, or the files below it that have the same owner. */
async function filesOf(ica: IcaClient, projectId: string, item: Data): Promise<Data[]> {
	if (!item.isFolder) {
		return [item];
	}
	if (sharedFolders.has(item.path)) {
		throw new ServiceError('unexpected answer', `ICA lists the shared folder ${item.path} as its output.`);
	}
	if (!item.isIndexed) {
		throw new ServiceError(
			'refused',
			`Its output folder ${item.path} is not indexed, so ICA cannot list it.`,
		);
	}
	const files = await listFilesBelow(ica, projectId, item.path);
	return files.filter((file) => file.owningProjectId === item.owningProjectId);
}
