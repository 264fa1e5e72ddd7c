import { z } from 'zod';

/*
 * What this program reads of BaseSpace's answers. Fields that are not used are not looked at, and states are plain text.
 */

/** BaseSpace writes ids as text; one that comes as a number is the same id. */
export const idSchema = z.union([z.string().min(1), z.number()]).transform(String);

const owner = z.object({ Id: idSchema }).nullish();
const flag = z.boolean().nullish();

export const tokenSchema = z
	.object({ Response: z.object({ Scopes: z.array(z.string()) }) })
	.transform(({ Response }) => Response.Scopes);

export const userSchema = z
	.object({ Response: z.object({ Id: idSchema }) })
	.transform(({ Response }) => Response.Id);

/** A project that the user can see: his own, or one that is shared with him. */
export const baseSpaceProjectSchema = z
	.object({ Id: idSchema, Name: z.string().min(1), UserOwnedBy: owner })
	.transform(({ Id, Name, UserOwnedBy }) => ({ id: Id, name: Name, ownerId: UserOwnedBy?.Id }));
export type BaseSpaceProject = z.infer<typeof baseSpaceProjectSchema>;

/** A dataset or a run: what is archived, restored and deleted as one. */
export interface BaseSpaceItem {
	readonly kind: 'dataset' | 'run';
	readonly id: string;
	readonly name: string;
	/** ISO 8601, with up to seven decimals of a second. */
	readonly dateCreated: string;
	readonly isArchived: boolean;
	/** In the trash, or deleted for good, with its files or of its files only. */
	readonly isDeleted: boolean;
	/** What it is called in the sample sheet; undefined for a dataset, and where BaseSpace reports none. */
	readonly experimentName?: string | undefined;
	/** The id that version 1 of the API gives a run, where that is another. */
	readonly v1Id?: string | undefined;
	/** Why it counts as unfinished: its status; undefined when it is finished. */
	readonly unfinished: string | undefined;
	/** Why BaseSpace would not archive it: its status; undefined when it would. */
	readonly unarchivable?: string | undefined;
	/** Bytes; 0 where BaseSpace reports none. */
	readonly bytes: number;
	/** The user who owns it; undefined where BaseSpace does not report it. */
	readonly ownerId: string | undefined;
	/** The project in which a dataset lives, which can be another than the one that lists it. */
	readonly projectId: string | undefined;
}

/** Statuses of a run, or of the analysis that made a dataset, in which nothing is added any more. */
const finished: ReadonlySet<string> = new Set([
	...['complete', 'completed', 'failed', 'stopped', 'aborted'],
	...['needsattention', 'timedout', 'failedupload'],
]);
/** Those in which BaseSpace archives. */
const archivable: ReadonlySet<string> = new Set(['complete', 'completed', 'failed', 'stopped']);
const notLetters = /[^a-z]/g;

/** "Needs Attention", "NeedsAttention" and "needsattention" are one status; one that BaseSpace may add is none of these. */
function statesOf(status: string): Pick<BaseSpaceItem, 'unfinished' | 'unarchivable'> {
	const bare = status.toLowerCase().replace(notLetters, '');
	return {
		unfinished: finished.has(bare) ? undefined : status,
		unarchivable: archivable.has(bare) ? undefined : status,
	};
}

const common = {
	Id: idSchema,
	Name: z.string().min(1),
	DateCreated: z.string(),
	IsArchived: flag,
	IsDeleted: flag,
	TotalSize: z.number().nullish(),
	UserOwnedBy: owner,
};

export const datasetSchema = z
	.object({
		...common,
		IsFileDataDeleted: flag,
		Project: z.object({ Id: idSchema, UserOwnedBy: owner }).nullish(),
		AppSession: z.object({ ExecutionStatus: z.string().nullish() }).nullish(),
	})
	.transform(
		(entry): BaseSpaceItem => ({
			kind: 'dataset',
			...commonOf(entry),
			isDeleted: entry.IsDeleted === true || entry.IsFileDataDeleted === true,
			...statesOf(entry.AppSession?.ExecutionStatus ?? 'Complete'),
			ownerId: entry.UserOwnedBy?.Id ?? entry.Project?.UserOwnedBy?.Id,
			projectId: entry.Project?.Id,
		}),
	);

export const runSchema = z
	.object({
		...common,
		ExperimentName: z.string().nullish(),
		V1Pre3Id: idSchema.nullish(),
		Status: z.string(),
	})
	.transform(
		(entry): BaseSpaceItem => ({
			kind: 'run',
			...commonOf(entry),
			experimentName: entry.ExperimentName ?? undefined,
			v1Id: entry.V1Pre3Id ?? undefined,
			isDeleted: entry.IsDeleted === true,
			...statesOf(entry.Status),
			ownerId: entry.UserOwnedBy?.Id,
			projectId: undefined,
		}),
	);

function commonOf(entry: {
	readonly Id: string;
	readonly Name: string;
	readonly DateCreated: string;
	readonly IsArchived?: boolean | null | undefined;
	readonly TotalSize?: number | null | undefined;
}): Pick<BaseSpaceItem, 'id' | 'name' | 'dateCreated' | 'isArchived' | 'bytes'> {
	return {
		id: entry.Id,
		name: entry.Name,
		dateCreated: entry.DateCreated,
		isArchived: entry.IsArchived === true,
		bytes: entry.TotalSize ?? 0,
	};
}

const named = z.object({ Id: idSchema, Name: z.string().nullish() }).nullish();

/** Something in the trash. */
export interface TrashEntry {
	/** Names a dataset or run as `keyOf` does; undefined when the entry does not show for certain what it is. */
	readonly key: string | undefined;
	/** For a reader. */
	readonly name: string;
}

/** Illumina's reference lists the trash and not the form of its entries: one that is not this clear is nobody's. */
export const trashEntrySchema = z
	.object({
		Id: idSchema,
		Name: z.string().nullish(),
		Type: z.string().nullish(),
		Dataset: named,
		Run: named,
	})
	.transform(({ Id, Name, Type, Dataset, Run }): TrashEntry => {
		const inside = [
			...(Dataset ? [{ kind: 'dataset', ...Dataset }] : []),
			...(Run ? [{ kind: 'run', ...Run }] : []),
		];
		const kind = Type?.toLowerCase();
		const direct = kind === 'dataset' || kind === 'run' ? [{ kind, Id, Name }] : [];
		const [one, ...others] = inside.length > 0 ? inside : direct;
		return {
			key: one !== undefined && others.length === 0 ? `${one.kind} ${one.Id}` : undefined,
			name: Name ?? one?.Name ?? Id,
		};
	});

/** Names a dataset or run among both. */
export function keyOf({ kind, id }: Pick<BaseSpaceItem, 'kind' | 'id'>): string {
	return `${kind} ${id}`;
}
