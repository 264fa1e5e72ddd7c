import type { LaunchRecord, Pipeline, TagsRecord } from './launch-record.ts';

/** How far a data item is, in ICA's words. */
export const dataStatuses = [
	'PARTIAL',
	'AVAILABLE',
	'ARCHIVING',
	'ARCHIVED',
	'UNARCHIVING',
	'DELETING',
] as const;

export type DataStatus = (typeof dataStatuses)[number];

/** How far an analysis is: the values of API version 4. */
export const analysisStatuses = [
	'REQUESTED',
	'QUEUED',
	'INITIALIZING',
	'PREPARING_INPUTS',
	'IN_PROGRESS',
	'GENERATING_OUTPUTS',
	'AWAITING_INPUT',
	'ABORTING',
	'SUCCEEDED',
	'FAILED',
	'FAILED_FINAL',
	'ABORTED',
] as const;

export type AnalysisStatus = (typeof analysisStatuses)[number];

const endStatuses: ReadonlySet<AnalysisStatus> = new Set(['SUCCEEDED', 'FAILED', 'FAILED_FINAL', 'ABORTED']);

/** Whether an analysis in this status will not move any more. */
export function isEnded(status: AnalysisStatus): boolean {
	return endStatuses.has(status);
}

/** How the objects of a project's bucket are encrypted: S3's own names of the algorithms. */
export interface Encryption {
	readonly algorithm: 'AES256' | 'aws:kms';
	/** The ARN of the key, for aws:kms. */
	readonly keyId?: string;
}

/** What the temporary credentials of a project's data carry. */
interface StorageOptions {
	readonly encryption?: Encryption;
	/** Whether the RCLONE config names the endpoint of the storage. */
	readonly endpointInConfig?: boolean;
	readonly region?: string;
}

/** What a test may say about a project; the rest is made up. */
export interface ProjectOptions {
	readonly id?: string;
	/** Whether its data may be linked to other projects; true when not said. */
	readonly dataSharingEnabled?: boolean;
	readonly hidden?: boolean;
	/** Made by BaseSpace Sequence Hub: members read and link, ICA refuses their writes. */
	readonly externallyManaged?: boolean;
	readonly storage?: StorageOptions;
	readonly timeCreated?: Date;
}

/** An ICA project. */
export interface Project {
	readonly id: string;
	readonly name: string;
	readonly active: boolean;
	readonly dataSharingEnabled: boolean;
	readonly externallyManaged: boolean;
	readonly storage: StorageOptions;
	readonly bucket: string;
	readonly timeCreated: Date;
}

/** A file or a folder, in the state it was in when the world was last asked something or called. */
export interface DataItem {
	readonly id: string;
	readonly type: 'FILE' | 'FOLDER';
	/** The project that owns it; others may have it linked. */
	readonly project: Project;
	/** From the root, with the name; a folder's ends with a slash. Only the store of data moves it. */
	path: string;
	name: string;
	/** Where it was made, wherever it lies now. */
	readonly firstPath: string;
	readonly timeCreated: Date;
	readonly application: string | undefined;
	status: DataStatus;
	timeModified: Date;
	sizeInBytes: number;
	eTag: string | undefined;
	userTags: readonly string[];
	content: Buffer | undefined;
	/** Deleted for good: no project lists it any more. */
	gone: boolean;
}

/** What a test may say about a file or folder. */
export interface DataOptions {
	readonly id?: string;
	readonly status?: DataStatus;
	readonly size?: number;
	/** The size and the ETag follow from it, unless they are given. */
	readonly content?: Buffer | string;
	readonly eTag?: string;
	/** It was put in so many parts: its ETag is no MD5, and ends in their number. */
	readonly parts?: number;
	readonly timeCreated?: Date;
	/** The name of the application that made it, such as BaseSpace. */
	readonly application?: string;
	readonly userTags?: readonly string[];
}

/** A file of an analysis's output. */
interface OutputFile extends DataOptions {
	/** Relative to the output folder. */
	readonly path: string;
}

/** From this time on the analysis is in this status. */
export interface StatusChange {
	readonly at: Date;
	readonly status: AnalysisStatus;
}

/** What a test may say about an analysis. */
export interface AnalysisSpec {
	/** The instrument's run, the beginning of the reference: 20240529_LH00619_0013_B22CCFJLT4. */
	readonly run: string;
	readonly id?: string;
	readonly reference?: string;
	readonly userReference?: string;
	/** SUCCEEDED when not said. */
	readonly status?: AnalysisStatus;
	/** Later statuses: the last one whose time has come holds. */
	readonly statusTimeline?: readonly StatusChange[];
	readonly pipelineCode?: string;
	/** Times may be ones that cannot be, such as 0001-01-01: they are shown, and nothing else follows from them. */
	readonly timeCreated?: Date;
	/** null: the analysis never started. */
	readonly startDate?: Date | null;
	readonly endDate?: Date | null;
	/** Ends with a slash; null: no output at all. `/ilmn-analyses/<reference>/` when not said. */
	readonly outputFolder?: string | null;
	readonly files?: readonly (string | OutputFile)[];
	/**
	 * Files and folders that it lists as its outputs beside its own folder, whoever made them. What is below such a
	 * folder is listed only with `childrenListed: true`.
	 */
	readonly otherOutputs?: readonly DataItem[];
	/** Whether its outputs say what is below a folder; as the world has it when not said. */
	readonly childrenListed?: boolean;
	/** The status of every file that does not say its own; DELETING is that of the folders, too. */
	readonly dataStatus?: DataStatus;
	/**
	 * When all of its data was made that does not say so itself. When not said: at the end of the analysis, or two hours
	 * after its start, but never in the future.
	 */
	readonly dataTimeCreated?: Date;
	/** When the folders of its output were made; with the data when not said. */
	readonly folderTimeCreated?: Date;
	/** Its output was deleted long ago: nothing lists it any more but the analysis. */
	readonly deleted?: boolean;
	readonly summary?: string;
	/** What it was started with, and its steps; nothing when not said. */
	readonly launched?: Partial<LaunchRecord>;
	/** Data that it was given, of any project; beside the inputs in `launched`. */
	readonly inputs?: readonly DataItem[];
	/** Beside, or instead of, those in `launched`. */
	readonly tags?: Partial<TagsRecord>;
}

/** An analysis and what it has put out. */
export interface Analysis {
	readonly id: string;
	readonly project: Project;
	readonly run: string;
	readonly reference: string;
	readonly userReference: string;
	readonly pipelineCode: string;
	readonly pipeline: Pipeline;
	readonly timeCreated: Date;
	readonly startDate: Date | null;
	endDate: Date | null;
	readonly summary: string | undefined;
	readonly launched: LaunchRecord;
	/** Its status by time, oldest first; the first one holds from the beginning. */
	statuses: readonly StatusChange[];
	readonly outputFolder: DataItem | undefined;
	/** Its output's files, the deleted ones too. */
	readonly files: readonly DataItem[];
	/** All that the analysis itself put out below the output folder, folders and deleted data too. */
	readonly output: ReadonlySet<DataItem>;
	/** What it lists as its outputs beside its output folder. */
	otherOutputs: readonly DataItem[];
	childrenListed: boolean | undefined;
}

/** An event that subscribers to its code get to see. */
export interface CustomEvent {
	readonly project: Project;
	readonly code: string;
	readonly content: Readonly<Record<string, unknown>>;
}
