import pLimit from 'p-limit';
import { reasonOf, ServiceError } from './errors.ts';
import type { IcaClient } from './ica/client.ts';
import { listAvailableFiles, listFoldersIn } from './ica/data.ts';
import { type Analysis, type Data, nameOf, type Project } from './ica/schemas.ts';
import { findOutputs, type Output } from './outputs.ts';
import {
	type Due,
	decideRetention,
	dueByAge,
	type OutputState,
	type RetentionDecision,
	type RetentionThresholds,
} from './retention.ts';
import { count, firstFew } from './text.ts';

/** What is to be done with the output of one old analysis. */
export interface AgeingItem {
	readonly analysis: Analysis;
	readonly decision: RetentionDecision;
	/** What the analysis lists as its own output, and the source project owns. */
	readonly items: readonly Data[];
	readonly files: number;
	readonly bytes: number;
}

export interface AgeingPlan {
	/** Without those for which nothing is due. */
	readonly items: readonly AgeingItem[];
	/** Analyses that could not be looked at, with the reason. */
	readonly failures: readonly string[];
}

export interface AgeingQuestion {
	readonly ica: IcaClient;
	readonly source: Project;
	/** All analyses of the source project. */
	readonly analyses: readonly Analysis[];
	/** Ids that were in the managed table when the pass began. */
	readonly managedIds: ReadonlySet<string>;
	readonly pipelinePattern: RegExp;
	readonly thresholds: RetentionThresholds;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

/** Where ICA and BaseSpace put the output of analyses, each in a folder named by the analysis's reference. */
const analysesFolder = '/ilmn-analyses/';
const outputParents = ['/', analysesFolder];
const inspectionsAtOnce = 8;
const foldersInOneRequest = 50;
const minuteMs = 60_000;

/**
 * Finds out what is to be aged. Costs nothing for what was deleted before: only folders that still exist are looked
 * into, and of those that are due for the archive only the ones with files that are not there yet.
 */
export async function planAgeing(question: AgeingQuestion): Promise<AgeingPlan> {
	const due = question.analyses.filter((analysis) => dueOf(question, analysis) !== 'nothing');
	const existing = due.length === 0 ? [] : await findExisting(question, due);
	const overdue = existing.filter(({ analysis }) => dueOf(question, analysis) === 'delete');
	const ripe = existing.filter(({ analysis }) => dueOf(question, analysis) === 'archive');
	const toArchive = ripe.length === 0 ? [] : await withAvailableFiles(question, ripe);

	const limit = pLimit(inspectionsAtOnce);
	const ends = await Promise.all(
		[...overdue, ...toArchive].map(({ analysis }) => limit(() => inspect(question, analysis))),
	);
	return {
		items: ends.filter((end) => typeof end !== 'string').filter(({ decision }) => decision.action !== 'keep'),
		failures: ends.filter((end) => typeof end === 'string'),
	};
}

function dueOf({ thresholds, now }: AgeingQuestion, analysis: Analysis): Due {
	return dueByAge(analysis, thresholds, now);
}

interface Existing {
	readonly analysis: Analysis;
	readonly folder: Data;
}

/** The analyses that still have an output folder. */
async function findExisting(
	{ ica, source, now }: AgeingQuestion,
	due: readonly Analysis[],
): Promise<Existing[]> {
	const byReference = new Map(due.map((analysis) => [analysis.reference, analysis]));
	const { before } = spanOf(due, now);
	const folders = await Promise.all(
		outputParents.map((parent) => listFoldersIn(ica, source.id, parent, before)),
	);
	return folders.flat().flatMap((folder) => {
		const analysis = byReference.get(folder.name);
		return analysis === undefined || folder.owningProjectId !== source.id ? [] : [{ analysis, folder }];
	});
}

/** The time in which the analyses made their files. */
export function spanOf(analyses: readonly Analysis[], now: number): { after: number; before: number } {
	const starts = analyses.map((analysis) => Date.parse(analysis.startDate));
	const ends = analyses.map((analysis) => Date.parse(analysis.endDate ?? '') || now);
	return {
		after: starts.reduce((a, b) => Math.min(a, b), now) - minuteMs,
		before: ends.reduce((a, b) => Math.max(a, b), 0) + minuteMs,
	};
}

/** Those with at least one available file; a folder's own status does not tell. */
async function withAvailableFiles(
	{ ica, source, now }: AgeingQuestion,
	existing: readonly Existing[],
): Promise<Existing[]> {
	const span = spanOf(
		existing.map(({ analysis }) => analysis),
		now,
	);
	// one question for all that lie beside each other; those in the project's root are named
	const paths = existing.map(({ folder }) => folder.path);
	const inRoot = paths.filter((path) => !path.startsWith(analysesFolder));
	const folders = inRoot.length < paths.length ? [analysesFolder, ...inRoot] : inRoot;
	const found = new Set<string>();
	for (let start = 0; start < folders.length; start += foldersInOneRequest) {
		const chunk = folders.slice(start, start + foldersInOneRequest);
		for await (const file of listAvailableFiles(ica, source.id, chunk, span)) {
			found.add(topFolderOf(file.path));
		}
	}
	return existing.filter(({ folder }) => found.has(folder.path));
}

/** The output folder in which a file would be: `/ilmn-analyses/<reference>/` or `/<reference>/`. */
export function topFolderOf(path: string): string {
	const [, first, second] = path.split('/');
	return `/${first}/` === analysesFolder ? `${analysesFolder}${second}/` : `/${first}/`;
}

/** Looks at all that an analysis has put out. */
async function inspect(question: AgeingQuestion, analysis: Analysis): Promise<AgeingItem | string> {
	const { ica, source, pipelinePattern, managedIds, thresholds, now } = question;
	try {
		const own = (await findOutputs(ica, source, analysis)).filter(
			({ item }) => item.owningProjectId === source.id,
		);
		const files = own.flatMap((output) => output.files).filter((file) => file.owningProjectId === source.id);
		const aged = {
			...analysis,
			isBclConvert: pipelinePattern.test(analysis.pipelineCode),
			wasManaged: managedIds.has(analysis.id),
		};
		return {
			analysis,
			decision: decideRetention(aged, stateOf(own, files, source), thresholds, now),
			items: own.map(({ item }) => item),
			files: files.length,
			bytes: files.reduce((sum, file) => sum + file.size, 0),
		};
	} catch (error) {
		if (error instanceof ServiceError) {
			return `${nameOf(analysis)}: ${reasonOf(error)}`;
		}
		throw error;
	}
}

function stateOf(own: readonly Output[], files: readonly Data[], source: Project): OutputState {
	const fileStatuses = new Map<string, number>();
	for (const { status } of files) {
		fileStatuses.set(status, (fileStatuses.get(status) ?? 0) + 1);
	}
	return { fileStatuses, obstacle: obstacleIn(own, source) };
}

/** What is done to a folder is done to all that is below it: nothing else may be there. */
function obstacleIn(own: readonly Output[], source: Project): string | undefined {
	const linked = own.flatMap(({ files }) => files.filter((file) => file.owningProjectId !== source.id));
	if (linked.length > 0) {
		return `${count(linked.length, 'file')} of another project linked into it (${names(linked)}): unlink them first`;
	}
	const added = own.flatMap(({ item, files, filesBelow }) => {
		const ids = new Set(filesBelow.map(({ dataId }) => dataId));
		return item.isFolder && ids.size > 0 ? files.filter((file) => !ids.has(file.id)) : [];
	});
	if (added.length > 0) {
		return `${count(added.length, 'file')} in it that the analysis did not put out (${names(added)}): move them first`;
	}
	return undefined;
}

function names(files: readonly Data[]): string {
	return firstFew(
		files.map((file) => file.name),
		3,
	);
}
