import { z } from 'zod';

/*
 * What this program reads of ICA's answers, as its OpenAPI document (version 3 of the API) describes them. Fields that
 * are not used are not looked at, and states are plain text: one that ICA adds next year must not stop a pass.
 */

const id = z.string().min(1);

export const tokenSchema = z.object({ token: z.string().min(1) });

export const projectSchema = z.object({
	id,
	name: z.string(),
	dataSharingEnabled: z.boolean().nullish(),
	/** What made the project: BaseSpace's own name where BaseSpace Sequence Hub did. */
	application: z.object({ name: z.string(), type: z.string() }).nullish().catch(undefined),
});
export type Project = z.infer<typeof projectSchema>;

const baseSpace = /basespace/i;

/** Whether BaseSpace Sequence Hub manages a project's data, so that ICA refuses to archive and delete there. */
export function isManagedByBaseSpace({ application }: Project): boolean {
	return baseSpace.test(application?.name ?? '');
}

const tagList = z.array(z.string().nullable()).nullish();

/** Ids are kept as ICA writes them, for requests; they are compared without letter case. */
export const analysisSchema = z
	.object({
		id,
		reference: z.string().min(1),
		userReference: z.string().nullish(),
		status: z.string(),
		summary: z.string().nullish(),
		timeCreated: z.string(),
		startDate: z.string().nullish(),
		endDate: z.string().nullish(),
		pipeline: z.object({ id: id.optional(), code: z.string() }),
		/** Only evidence, which an analysis can do without. */
		tags: z
			.object({ technicalTags: tagList, userTags: tagList, referenceTags: tagList })
			.nullish()
			.catch(undefined),
	})
	.transform(({ pipeline, startDate, endDate, ...rest }) => ({
		...rest,
		pipelineCode: pipeline.code,
		...(pipeline.id === undefined ? {} : { pipelineId: pipeline.id }),
		/** ISO 8601; the creation where ICA knows no start. */
		startDate: startDate ?? rest.timeCreated,
		endDate: endDate ?? undefined,
	}));
export type Analysis = z.infer<typeof analysisSchema>;

/** An analysis for a reader: its reference, which ends in its id as a rule; otherwise with its id. */
export function nameOf({ reference, id: analysisId }: Pick<Analysis, 'reference' | 'id'>): string {
	return hasInIt(reference, analysisId) ? reference : `${reference} (analysis ${analysisId})`;
}

/** Whether an id is part of a reference, however its letters are written. */
function hasInIt(reference: string, analysisId: string): boolean {
	return reference.toLowerCase().includes(analysisId.toLowerCase());
}

/** A file that an analysis put out; it may have been deleted since. */
export interface OutputFile {
	readonly dataId: string;
	readonly name: string;
}

const outputNodeSchema = z.object({
	dataId: id,
	dataType: z.string(),
	name: z.string(),
	/** All that is below a folder, as the analysis put it out. */
	children: z.array(z.unknown()).nullish(),
});

const outputDataSchema = outputNodeSchema.transform(({ dataId, dataType, name, children }, context) => ({
	dataId,
	name,
	isFolder: dataType !== 'FILE',
	...readBelow(children ?? [], context),
}));

/** What ICA reports of a folder's content. */
interface Below {
	/** At any depth; empty for a file, and where ICA does not report it. */
	readonly filesBelow: OutputFile[];
	/** Folders in it, whose content ICA does not report: from the folder on, with a closing slash. */
	readonly unlistedFolders: string[];
}

/**
 * Reads one after the other, and keeps the files only: a tree of tens of thousands is not built twice. It does not call
 * itself, since folders may be nested more deeply than calls.
 */
function readBelow(nodes: readonly unknown[], context: z.RefinementCtx): Below {
	const below: Below = { filesBelow: [], unlistedFolders: [] };
	const open = [{ path: '', nodes: nodes.values() }];
	for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
		const { done, value } = folder.nodes.next();
		if (done === true) {
			open.pop();
			continue;
		}
		const read = outputNodeSchema.safeParse(value);
		if (!read.success) {
			addIssues(read.error, context);
			return below;
		}
		const { dataId, dataType, name, children } = read.data;
		if (dataType === 'FILE') {
			below.filesBelow.push({ dataId, name });
		} else if (children) {
			open.push({ path: `${folder.path}${name}/`, nodes: children.values() });
		} else {
			below.unlistedFolders.push(`${folder.path}${name}/`);
		}
	}
	return below;
}

function addIssues({ issues }: z.ZodError, context: z.RefinementCtx): void {
	for (const { message, path } of issues) {
		context.addIssue({ code: 'custom', message, path: ['children', ...path] });
	}
}

/** What an analysis put out; it may have been deleted since. */
export const analysisOutputsSchema = z.object({
	items: z.array(z.object({ projectId: z.string().nullish(), data: z.array(outputDataSchema).nullish() })),
});

const dataDetailsSchema = z.object({
	/** Empty for a project's root. */
	name: z.string(),
	path: z.string().nullish(),
	status: z.string(),
	dataType: z.enum(['FILE', 'FOLDER']),
	owningProjectId: z.string(),
	timeCreated: z.string().nullish(),
	timeModified: z.string().nullish(),
	fileSizeInBytes: z.number().nullish(),
	objectETag: z.string().nullish(),
});

/** A file or folder of a project, owned by it or linked to it. */
export const dataSchema = z
	.object({
		data: z.object({
			id,
			details: dataDetailsSchema,
			folderDetails: z.object({ nonIndexed: z.boolean() }).nullish(),
		}),
	})
	.transform(({ data: { id: dataId, details, folderDetails } }) => ({
		id: dataId,
		name: details.name,
		path: fullPath(details),
		status: details.status,
		isFolder: details.dataType === 'FOLDER',
		/** ICA knows what is in a folder only when it is indexed. */
		isIndexed: folderDetails?.nonIndexed !== true,
		owningProjectId: details.owningProjectId,
		/** ISO 8601 */
		timeCreated: details.timeCreated ?? undefined,
		/** ISO 8601 */
		timeModified: details.timeModified ?? undefined,
		/** Bytes; 0 while ICA knows none. */
		size: details.fileSizeInBytes ?? 0,
		eTag: details.objectETag ?? undefined,
	}));
export type Data = z.infer<typeof dataSchema>;

/**
 * The path from the project's root, a folder's with a closing slash; empty where ICA gives none.
 *
 * The document calls `path` that of the parent; what ICA sends ends in the name. Both are understood.
 */
function fullPath({ name, path, dataType }: z.infer<typeof dataDetailsSchema>): string {
	if (typeof path !== 'string' || path === '') {
		return '';
	}
	if (name === '') {
		return path;
	}
	const bare = path.endsWith('/') && path !== '/' ? path.slice(0, -1) : path;
	const endsInName = bare.endsWith(`/${name}`) && (dataType === 'FOLDER' || bare === path);
	const whole = endsInName ? bare : `${bare === '/' ? '' : bare}/${name}`;
	return dataType === 'FOLDER' ? `${whole}/` : whole;
}

export const linkingBatchSchema = z.object({
	id,
	job: z.object({ status: z.string(), additionalStatusInformation: z.string().nullish() }).nullable(),
});
export type LinkingBatch = z.infer<typeof linkingBatchSchema>;

export const linkingItemSchema = z
	.object({
		request: z.object({ dataId: id }),
		processing: z.object({ status: z.string(), additionalStatusInformation: z.string().nullish() }),
	})
	.transform(({ request, processing }) => ({
		dataId: request.dataId,
		status: processing.status,
		reason: processing.additionalStatusInformation ?? undefined,
	}));
export type LinkingItem = z.infer<typeof linkingItemSchema>;

/** Temporary credentials in the RCLONE format: rclone's own option names. */
export const credentialsSchema = z
	.object({
		rcloneTempCredentials: z.object({
			filePathPrefix: z.string().regex(/^[^/]+\/./, 'expected bucket/key'),
			config: z.object({
				access_key_id: z.string().min(1),
				secret_access_key: z.string().min(1),
				session_token: z.string().optional(),
				region: z.string().min(1),
				endpoint: z.string().optional(),
				server_side_encryption: z.string().optional(),
				sse_kms_key_id: z.string().optional(),
			}),
		}),
	})
	.transform(({ rcloneTempCredentials: { config, filePathPrefix } }) => ({
		bucket: filePathPrefix.slice(0, filePathPrefix.indexOf('/')),
		key: filePathPrefix.slice(filePathPrefix.indexOf('/') + 1),
		region: config.region,
		accessKeyId: config.access_key_id,
		secretAccessKey: config.secret_access_key,
		sessionToken: config.session_token || undefined,
		endpoint: config.endpoint || undefined,
		encryption: config.server_side_encryption || undefined,
		encryptionKey: config.sse_kms_key_id || undefined,
	}));
export type Credentials = z.infer<typeof credentialsSchema>;

export const createdFileSchema = z.object({
	data: z.object({ id }),
	tempCredentials: credentialsSchema,
});
