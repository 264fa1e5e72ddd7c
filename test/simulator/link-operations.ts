import { fieldsOf, optionalList, requiredText } from './body.ts';
import { refuseWrites } from './lifecycle.ts';
import type { LinkBatch, LinkItem } from './linking.ts';
import { type Call, type Operation, parameter } from './operation.ts';
import { pageOf } from './paging.ts';
import type { JsonObject } from './parties.ts';
import { oneOf } from './query.ts';
import { badRequest } from './refusal.ts';
import { renderBatch, renderData, renderLinkItem } from './render.ts';

const itemStatuses = [
	'INITIALISED',
	'WAITING_RESOURCES',
	'RUNNING',
	'LINKED',
	'ALREADY_LINKED',
	'FAILED',
	'PARTIALLY_LINKED',
] as const;

const uuidFormat = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function createBatch(call: Call): JsonObject {
	const project = call.world.project(parameter(call, 'projectId'));
	const items = optionalList(fieldsOf(call.body), 'items');
	if (items === undefined || items.length === 0) {
		throw badRequest('items', 'items must not be empty.');
	}
	const dataIds = items.map((item) => requiredText(fieldsOf(item, 'items'), 'dataId'));
	refuseWrites(project);
	return renderBatch(call.world.links.create(project, dataIds, call.version));
}

function batchOf(call: Call): LinkBatch {
	const batchId = parameter(call, 'batchId');
	if (!uuidFormat.test(batchId)) {
		throw badRequest('batchId', 'batchId must be a UUID.');
	}
	return call.world.links.get(call.world.project(parameter(call, 'projectId')), batchId);
}

function linkedData(call: Call, batch: LinkBatch, link: LinkItem): JsonObject | undefined {
	const linked = ['LINKED', 'ALREADY_LINKED', 'PARTIALLY_LINKED'].includes(link.status);
	const entry = linked ? call.world.data.listingOf(batch.project).get(link.dataId) : undefined;
	return entry === undefined ? undefined : renderData(entry.item, batch.project);
}

function listItems(call: Call): JsonObject {
	const batch = batchOf(call);
	const wanted = oneOf(call.query, 'status', itemStatuses);
	const rows = batch.items
		.map((link, order) => ({ link, order }))
		.filter(({ link }) => wanted?.has(link.status) ?? true);
	const filter = [batch.id, ...(wanted ?? [])];
	const page = pageOf(call.query, { rows, orderOf: (row) => row.order, filter, sortable: {} });
	const items = page.rows.map(({ link }) =>
		renderLinkItem(link, call.version, linkedData(call, batch, link)),
	);
	return { items, ...page.around };
}

/** Linking in batches. */
export const linkOperations: readonly Operation[] = [
	{
		id: 'createProjectDataLinkingBatch',
		method: 'POST',
		path: '/api/projects/{projectId}/dataLinkingBatch',
		status: 201,
		answers: [4, 3],
		takes: [4, 3],
		bodyRequired: true,
		run: createBatch,
	},
	{
		id: 'getProjectDataLinkingBatch',
		method: 'GET',
		path: '/api/projects/{projectId}/dataLinkingBatch/{batchId}',
		status: 200,
		answers: [3],
		run: (call) => renderBatch(batchOf(call)),
	},
	{
		id: 'getProjectDataLinkingBatchItems',
		method: 'GET',
		path: '/api/projects/{projectId}/dataLinkingBatch/{batchId}/items',
		status: 200,
		answers: [4, 3],
		run: listItems,
	},
];
