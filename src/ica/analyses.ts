import type { IcaClient } from './client.ts';
import { collect, listAll } from './paging.ts';
import { path } from './path.ts';
import { type Analysis, analysisOutputsSchema, analysisSchema, type Project } from './schemas.ts';

/** Every analysis of a project, whatever its pipeline and status: one list, so that none slips between two. */
export async function listAnalyses(ica: IcaClient, project: Project): Promise<Analysis[]> {
	const analyses = listAll(
		ica,
		{
			what: `list the analyses of ${project.name}`,
			method: 'POST',
			path: path`/api/projects/${project.id}/analysis:search`,
			body: {},
		},
		analysisSchema,
	);
	return await collect(analyses);
}

/** A file or folder that an analysis lists as its output; it may have been deleted since. */
export interface OutputItem {
	/** The project that holds it. */
	readonly projectId: string;
	readonly dataId: string;
	readonly isFolder: boolean;
}

/** What an analysis lists at the top of its outputs, without what is below. */
export async function listOutputs(
	ica: IcaClient,
	project: Project,
	analysis: Analysis,
): Promise<OutputItem[]> {
	const outputs = await ica.call({
		what: `list the outputs of analysis ${analysis.reference}`,
		method: 'GET',
		path: path`/api/projects/${project.id}/analyses/${analysis.id}/outputs`,
		repeatable: true,
		answer: analysisOutputsSchema,
	});
	return outputs.items.flatMap(({ projectId, data }) =>
		(data ?? []).map(({ dataId, dataType }) => ({
			projectId: projectId ?? project.id,
			dataId,
			isFolder: dataType === 'FOLDER',
		})),
	);
}
