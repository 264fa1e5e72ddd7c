import type { DataItem } from '../model.ts';

/** Somebody who has an account. */
export interface User {
	readonly id: string;
	readonly name: string;
}

export interface BaseSpaceProject {
	readonly id: string;
	readonly name: string;
	readonly owner: User;
}

/** A dataset or a run. */
export interface Item {
	readonly kind: 'dataset' | 'run';
	readonly id: string;
	readonly name: string;
	/** A run's, as the sample sheet has it. */
	readonly experimentName: string | undefined;
	/** The id that version 1 of the API gives a run. */
	readonly v1Id: string | undefined;
	/** A dataset's own one; a run's are those that its output went to. */
	readonly projects: readonly BaseSpaceProject[];
	/** Other projects that list a dataset, which does not live there. */
	readonly listedIn: readonly BaseSpaceProject[];
	/** What BaseSpace does not report of it. */
	readonly untold: readonly ('owner' | 'project')[];
	readonly owner: User;
	readonly dateCreated: Date;
	/** What BaseSpace writes instead of its date. */
	readonly dateWritten: string | undefined;
	/** Of a run, or of the analysis that made a dataset. */
	status: string;
	readonly bytes: number;
	/** The same data, as ICA has it. */
	readonly data: readonly DataItem[];
	isArchived: boolean;
	/** On its way back from the archive. */
	isRestoring: boolean;
	state: 'there' | 'in the trash' | 'gone';
}

/** What a test may say about a dataset or run. */
export interface ItemSpec {
	readonly name?: string;
	/** `exp <name>` when not said; null: none. */
	readonly experimentName?: string | null;
	readonly v1Id?: string;
	readonly listedIn?: readonly BaseSpaceProject[];
	readonly untold?: readonly ('owner' | 'project')[];
	/** Such as `0001-01-01T00:00:00.0000000Z`, which BaseSpace writes now and then. */
	readonly dateWritten?: string;
	readonly dateCreated?: Date;
	readonly owner?: User;
	readonly status?: string;
	readonly bytes?: number;
	readonly isArchived?: boolean;
	readonly data?: readonly DataItem[];
}

/** Something that was asked for and done. */
export interface BaseSpaceAction {
	readonly action: 'archive' | 'restore' | 'delete';
	readonly item: Item;
	readonly at: Date;
}
