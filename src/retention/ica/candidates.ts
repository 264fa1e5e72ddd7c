import { analysesFolder } from '../../analyses/places.ts';
import { hasImpossibleDates } from '../../analyses/times.ts';
import type { IcaClient } from '../../ica/client.ts';
import { listAvailableFiles, listFoldersIn } from '../../ica/data.ts';
import type { Analysis, Data, Project } from '../../ica/schemas.ts';
import { type Due, dueByAge, type RetentionThresholds } from '../shared/due.ts';

export interface CandidateRequest {
	readonly ica: IcaClient;
	readonly source: Project;
	/** Those that may be aged. */
	readonly analyses: readonly Analysis[];
	readonly thresholds: RetentionThresholds;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

const outputParents = ['/', analysesFolder];
const foldersInOneRequest = 40;
const maxNamedFolders = 100;
const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;

/** What there is that is old enough. */
export interface Candidates {
	/** Those whose output has to be looked at. */
	readonly toInspect: readonly Analysis[];
	/** Those that are due for the archive, and of which nothing is left to be put there. */
	readonly archived: readonly Analysis[];
}

/** An analysis that still has an output folder. */
interface Existing {
	readonly analysis: Analysis;
	readonly folder: Data;
}

/**
 * The analyses whose output has to be looked at: what is due by their own dates, or cannot be decided by them, and still
 * there. Costs nothing for what was deleted before: only folders that exist are considered, and of those that are due for
 * the archive only the ones with files that are not there yet.
 */
export async function findCandidates(request: CandidateRequest): Promise<Candidates> {
	const { analyses, thresholds, now } = request;
	const due = new Map<Analysis, Due>();
	for (const analysis of analyses) {
		const what = dueByAge(analysis, thresholds, now);
		if (what !== 'nothing' || hasImpossibleDates(analysis, now)) {
			due.set(analysis, what);
		}
	}
	const existing = due.size === 0 ? [] : await findExisting(request, [...due.keys()]);
	const ripe = existing.filter(({ analysis }) => due.get(analysis) === 'archive');
	const toArchive = new Set(ripe.length === 0 ? [] : await withAvailableFiles(request, ripe));
	const others = existing.filter(({ analysis }) => due.get(analysis) !== 'archive');
	return {
		toInspect: [...others, ...toArchive].map(({ analysis }) => analysis),
		archived: ripe.filter((each) => !toArchive.has(each)).map(({ analysis }) => analysis),
	};
}

async function findExisting(
	{ ica, source }: CandidateRequest,
	due: readonly Analysis[],
): Promise<Existing[]> {
	const byReference = new Map(due.map((analysis) => [analysis.reference, analysis]));
	const folders = await Promise.all(outputParents.map((parent) => listFoldersIn(ica, source.id, parent)));
	const found = new Map<Analysis, Existing>();
	for (const folder of folders.flat()) {
		const analysis = byReference.get(folder.name);
		if (analysis !== undefined && folder.owningProjectId === source.id) {
			found.set(analysis, { analysis, folder });
		}
	}
	return [...found.values()];
}

/**
 * Those with at least one available file; a folder's own status does not show it. A file that is younger than the threshold
 * makes its analysis so, too, and need not be listed.
 */
async function withAvailableFiles(
	{ ica, source, thresholds, now }: CandidateRequest,
	existing: readonly Existing[],
): Promise<Existing[]> {
	// one query for many that lie beside each other, though it brings up what lies there, too; a few are named
	const paths = existing.map(({ folder }) => folder.path);
	const inRoot = paths.filter((path) => !path.startsWith(analysesFolder));
	const areMany = paths.length > maxNamedFolders && inRoot.length < paths.length;
	const folders = areMany ? [analysesFolder, ...inRoot] : paths;
	// ICA compares whole seconds
	const createdBefore = now - thresholds.daysToArchive * dayMs + minuteMs;
	const found = new Set<string>();
	for (let start = 0; start < folders.length; start += foldersInOneRequest) {
		const chunk = folders.slice(start, start + foldersInOneRequest);
		for await (const file of listAvailableFiles(ica, source.id, chunk, createdBefore)) {
			found.add(topFolderOf(file.path));
		}
	}
	return existing.filter(({ folder }) => found.has(folder.path));
}

/** The output folder in which a file would be: `/ilmn-analyses/<reference>/` or `/<reference>/`. */
function topFolderOf(path: string): string {
	const [, first, second] = path.split('/');
	return `/${first}/` === analysesFolder ? `${analysesFolder}${second}/` : `/${first}/`;
}
