import { count } from '../common/text.ts';
import { path } from '../http/path.ts';
import type { IcaClient } from './client.ts';
import { collect, listAll } from './paging.ts';
import {
	type LinkingBatch,
	type LinkingItem,
	linkingBatchSchema,
	linkingItemSchema,
	type Project,
} from './schemas.ts';

/**
 * Starts a job that links data to a project.
 * @param dataIds at most 25,000, as the API's document recommends
 */
export async function startLinking(
	ica: IcaClient,
	project: Project,
	dataIds: readonly string[],
): Promise<LinkingBatch> {
	return await ica.call({
		what: `link ${count(dataIds.length, 'file')} to ${project.name}`,
		method: 'POST',
		path: path`/api/projects/${project.id}/dataLinkingBatch`,
		version: 4,
		body: { items: dataIds.map((dataId) => ({ dataId })) },
		// when it is sent again, the second job finds the files linked
		isReadOnly: false,
		answer: linkingBatchSchema,
	});
}

/** The job's state now. */
export async function getLinking(ica: IcaClient, projectId: string, batchId: string): Promise<LinkingBatch> {
	return await ica.call({
		what: `look at linking job ${batchId}`,
		method: 'GET',
		path: path`/api/projects/${projectId}/dataLinkingBatch/${batchId}`,
		isReadOnly: true,
		answer: linkingBatchSchema,
	});
}

/** What became of each item of a job. */
export async function listLinkingItems(
	ica: IcaClient,
	projectId: string,
	batchId: string,
): Promise<LinkingItem[]> {
	return await collect(
		listAll(
			ica,
			{
				what: `list the items of linking job ${batchId}`,
				method: 'GET',
				path: path`/api/projects/${projectId}/dataLinkingBatch/${batchId}/items`,
				version: 4,
			},
			linkingItemSchema,
		),
	);
}
