import { z } from 'zod';
import { describeIssues } from '../http/answers.ts';
import { path } from '../http/path.ts';
import type { IcaClient } from './client.ts';
import { listAll } from './paging.ts';
import {
	type Analysis,
	analysisOutputsSchema,
	analysisSchema,
	type OutputFile,
	type Project,
} from './schemas.ts';

/** The analyses of a project. */
export interface AnalysisList {
	readonly analyses: readonly Analysis[];
	/** Entries that could not be read. They must not keep the others from being handled. */
	readonly unreadable: readonly UnreadableAnalysis[];
}

interface UnreadableAnalysis {
	/** What is wrong with it. */
	readonly why: string;
	/** Its status, where at least that can be read. */
	readonly status: string | undefined;
}

const withStatus = z.object({ status: z.string() });

/** What ICA is asked to filter by; the search is its own, so compare what comes back. */
export interface AnalysisFilter {
	readonly userReference?: string;
}

/** Every analysis of a project, whatever its pipeline and status: one list, so that none slips between two. */
export async function listAnalyses(
	ica: IcaClient,
	project: Project,
	filter: AnalysisFilter = {},
): Promise<AnalysisList> {
	const entries = listAll(
		ica,
		{
			what: `list the analyses of ${project.name}`,
			method: 'POST',
			path: path`/api/projects/${project.id}/analysis:search`,
			body: filter,
		},
		z.unknown(),
	);
	const analyses: Analysis[] = [];
	const unreadable: UnreadableAnalysis[] = [];
	for await (const entry of entries) {
		const read = analysisSchema.safeParse(entry);
		if (read.success) {
			analyses.push(read.data);
		} else {
			const { data } = withStatus.safeParse(entry);
			unreadable.push({ why: describeIssues(read.error), status: data?.status });
		}
	}
	return { analyses, unreadable };
}

/** A file or folder at the top of an analysis's output; it may have been deleted since. */
export interface OutputItem extends OutputFile {
	/** The project that holds it. */
	readonly projectId: string;
	readonly isFolder: boolean;
	/** The files that the analysis put out below it; empty for a file, and where ICA does not report it. */
	readonly filesBelow: readonly OutputFile[];
	/** Folders below it whose content ICA does not report: from this one on, with a closing slash. */
	readonly unlistedFolders: readonly string[];
}

/** What an analysis lists as its own output. */
export async function listOutputs(
	ica: IcaClient,
	project: Project,
	analysis: Pick<Analysis, 'id' | 'reference'>,
): Promise<OutputItem[]> {
	const outputs = await ica.call({
		what: `list the outputs of analysis ${analysis.reference}`,
		method: 'GET',
		path: path`/api/projects/${project.id}/analyses/${analysis.id}/outputs`,
		isReadOnly: true,
		answer: analysisOutputsSchema,
	});
	return outputs.items.flatMap(({ projectId, data }) =>
		(data ?? []).map((item) => ({ projectId: projectId ?? project.id, ...item })),
	);
}
