/** A file, or one from elsewhere, that an analysis was given as an input. */
export interface InputRecord {
	readonly code: string;
	readonly data: readonly { readonly dataId: string; readonly mountPath?: string }[];
	readonly external?: readonly { readonly url: string; readonly type: string; readonly mountPath: string }[];
}

/** A parameter that an analysis was given. Reference data is chosen by a parameter whose value is its id. */
export interface ConfigurationRecord {
	readonly name: string;
	readonly multiValue: boolean;
	readonly values: readonly string[];
}

/** A field of a form, as it was filled in. */
export interface FieldRecord {
	readonly id: string;
	readonly values?: readonly (string | null)[];
	readonly dataValues?: readonly { readonly dataId: string; readonly mountPath?: string }[];
	readonly externalDataValues?: readonly {
		readonly url: string;
		readonly type: string;
		readonly mountPath?: string;
	}[];
}

/** A field of a form at its top: one that is filled in, or a group with rows of such. */
export interface FormFieldRecord extends FieldRecord {
	readonly type?: string;
	readonly sensitive?: boolean;
	readonly rows?: readonly (readonly FieldRecord[])[];
}

/** A step of an analysis. */
export interface StepRecord {
	readonly name: string;
	readonly status: 'FAILED' | 'DONE' | 'RUNNING' | 'INTERRUPTED' | 'ABORTED' | 'WAITING';
	readonly technical?: boolean;
	readonly exitCode?: number;
}

export interface TagsRecord {
	readonly technicalTags: readonly string[];
	readonly userTags: readonly string[];
	readonly referenceTags: readonly string[];
}

/** What an analysis was started with, and its steps. */
export interface LaunchRecord {
	readonly inputs: readonly InputRecord[];
	readonly configurations: readonly ConfigurationRecord[];
	readonly form: readonly FormFieldRecord[];
	readonly steps: readonly StepRecord[];
	readonly tags: TagsRecord;
	/** The name of its storage size. */
	readonly storage: string;
	readonly activationCode: string | undefined;
}

export const noLaunch: LaunchRecord = {
	inputs: [],
	configurations: [],
	form: [],
	steps: [],
	tags: { technicalTags: [], userTags: [], referenceTags: [] },
	storage: 'Small',
	activationCode: undefined,
};

/** A pipeline. */
export interface Pipeline {
	readonly id: string;
	readonly code: string;
	readonly language: 'NEXTFLOW' | 'CWL' | 'UNKNOWN';
	readonly inputFormType: 'JSON' | 'XML';
	/** The ids of the reference data that it can be given. */
	readonly referenceData: readonly string[];
	/** The activation code that fits it; undefined: there is none. */
	readonly activationCode: string | undefined;
}
