import { uuidOf } from './ids.ts';
import type { LinkBatch, LinkItem } from './linking.ts';
import type { DataItem, Project } from './model.ts';
import { type Json, type JsonObject, owned, region, user } from './parties.ts';

/** A time as the service writes it: seconds, and Z. */
export function timeOf(date: Date): string {
	return `${date.toISOString().slice(0, 19)}Z`;
}

/** A time that may be missing. */
export function timeOrNull(date: Date | null | undefined): string | null {
	return date === null || date === undefined ? null : timeOf(date);
}

/** An application by its name. */
export function applicationOf(name: string | undefined): Json {
	return name === undefined ? null : { id: uuidOf(`application ${name}`), name };
}

const codes: Readonly<Record<string, string>> = {
	fastq: 'FASTQ',
	gz: 'GZ',
	csv: 'CSV',
	json: 'JSON',
	ora: 'ORA',
};

/** The code of a file's format, by the end of its name; a folder has none. */
export function formatCodeOf(item: DataItem): string | undefined {
	if (item.type === 'FOLDER') {
		return;
	}
	const end =
		item.name
			.replace(/\.(gz|ora)$/, '')
			.split('.')
			.at(-1) ?? '';
	return codes[end] ?? 'UNKNOWN';
}

/** The format of a file; a folder has none. */
export function formatOf(item: DataItem): Json {
	const code = formatCodeOf(item);
	if (code === undefined) {
		return null;
	}
	return { id: uuidOf(`format ${code}`), ...owned, code, description: `${code} format`, mimeType: null };
}

export function renderProject(project: Project): JsonObject {
	return {
		id: project.id,
		...owned,
		timeCreated: timeOf(project.timeCreated),
		timeModified: timeOf(project.timeCreated),
		urn: `urn:ilmn:ica:project:${project.id}#${project.name}`,
		name: project.name,
		active: project.active,
		baseEnabled: false,
		region,
		billingMode: 'PROJECT',
		dataSharingEnabled: project.dataSharingEnabled,
		tags: { technicalTags: [], userTags: [] },
		analysisPriority: 'MEDIUM',
		metadataModel: null,
		application: project.externallyManaged
			? { id: uuidOf('application BaseSpace'), name: 'BaseSpace', type: 'EXTERNAL' }
			: null,
	};
}

/** A data item as the project lists it. */
export function renderData(item: DataItem, project: Project): JsonObject {
	return { data: renderItem(item), projectId: project.id };
}

function renderItem(item: DataItem): JsonObject {
	return {
		id: item.id,
		urn: `urn:ilmn:ica:region:${uuidOf('region')}:data:${item.id}#${item.path}`,
		details: {
			timeCreated: timeOf(item.timeCreated),
			timeModified: timeOf(item.timeModified),
			creatorId: uuidOf('user'),
			tenantId: uuidOf('tenant'),
			tenantName: 'michigan-medicine',
			owningProjectId: item.project.id,
			owningProjectName: item.project.name,
			name: item.name,
			path: item.path,
			...(item.type === 'FILE' && { fileSizeInBytes: item.sizeInBytes }),
			status: item.status,
			tags: {
				technicalTags: [],
				userTags: [...item.userTags],
				connectorTags: [],
				runInTags: [],
				runOutTags: [],
				referenceTags: [],
			},
			format: formatOf(item),
			dataType: item.type,
			objectETag: item.eTag ?? null,
			application: applicationOf(item.application),
			willBeArchivedAt: null,
			willBeDeletedAt: null,
			sequencingRun: null,
		},
		folderDetails: item.type === 'FOLDER' ? { nonIndexed: false } : null,
	};
}

export function renderBatch(batch: LinkBatch): JsonObject {
	return {
		id: batch.id,
		job: {
			id: batch.jobId,
			status: batch.status,
			additionalStatusInformation: batch.reason ?? null,
			subjectType: 'ProjectDataLinkingBatch',
			subjectId: batch.id,
			timeCreated: timeOf(batch.timeCreated),
			timeStarted: timeOrNull(batch.timeStarted),
			timeFinished: timeOrNull(batch.timeFinished),
			owner: user,
			project: renderProject(batch.project),
			bundle: null,
			application: null,
		},
	};
}

/** A link of a batch; version 3 does not know a folder that is linked in part. */
export function renderLinkItem(link: LinkItem, version: 3 | 4, linked: JsonObject | undefined): JsonObject {
	const partly = link.status === 'PARTIALLY_LINKED' && version === 3;
	return {
		id: link.id,
		request: { dataId: link.dataId },
		processing: { status: partly ? 'FAILED' : link.status, additionalStatusInformation: link.reason ?? null },
		...(linked !== undefined && { createdProjectData: linked }),
	};
}
