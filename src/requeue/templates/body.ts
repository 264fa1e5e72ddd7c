import type { AnalysisInput, AnalysisRecord, Configuration, Tags } from '../../ica/launch-schemas.ts';
import { hasCredentials } from './external-data.ts';
import type { FormValues } from './form.ts';

/** One input of a launch (AnalysisDataInput). */
export interface DataInput {
	readonly parameterCode: string;
	readonly dataIds: readonly string[];
	readonly mounts?: readonly { readonly dataId: string; readonly mountPath: string }[];
	readonly externalData?: readonly {
		readonly url: string;
		readonly type: string;
		readonly mountPath?: string;
	}[];
}

/** One parameter of a launch (AnalysisParameterInput): with one value, or with any number. */
export type ParameterInput =
	| { readonly code: string; readonly value: string }
	| { readonly code: string; readonly multiValue: readonly string[] };

/** NextflowAnalysisInput, CwlAnalysisWithStructuredInput. */
export interface StructuredInput {
	readonly inputs: readonly DataInput[];
	readonly parameters: readonly ParameterInput[];
	readonly referenceDataParameters?: readonly {
		readonly parameterCode: string;
		readonly referenceDataId: string;
	}[];
}

/** The body of a launch: the fields that all four operations share, and the input in one of two forms. */
export interface LaunchBody {
	readonly userReference: string;
	readonly pipelineId: string;
	readonly tags: Tags;
	readonly analysisStorageId?: string;
	readonly activationCodeDetailId?: string;
	readonly analysisInput?: StructuredInput;
	readonly inputFormValues?: FormValues;
}

/**
 * The inputs and parameters of an analysis as another one is started with them.
 * @param referenceDataIds of the pipeline's reference data: a parameter with such a value chooses reference data
 * @returns also the codes of the inputs that are left out in part, since their addresses hold credentials
 */
export function structuredInput(
	inputs: readonly AnalysisInput[],
	configurations: readonly Configuration[],
	referenceDataIds: ReadonlySet<string>,
): { input: StructuredInput; secret: readonly string[] } {
	const choosesReferenceData = ({ multiValue, values: [value = ''] }: Configuration): boolean =>
		!multiValue && referenceDataIds.has(value);
	const references = configurations.filter(choosesReferenceData);
	return {
		input: {
			inputs: inputs.map(dataInput),
			parameters: configurations.filter((each) => !choosesReferenceData(each)).map(parameter),
			...(references.length === 0
				? {}
				: {
						referenceDataParameters: references.map(({ name, values: [value = ''] }) => ({
							parameterCode: name,
							referenceDataId: value,
						})),
					}),
		},
		secret: inputs
			.filter(({ externalData }) => externalData.some(({ url }) => hasCredentials(url)))
			.map(({ code }) => code),
	};
}

function dataInput({ code, analysisData, externalData }: AnalysisInput): DataInput {
	const mounts = analysisData.flatMap(({ dataId, mountPath }) => (mountPath ? [{ dataId, mountPath }] : []));
	const external = externalData
		.filter(({ url }) => !hasCredentials(url))
		.map(({ url, type, mountPath }) => ({ url, type, ...(mountPath ? { mountPath } : {}) }));
	return {
		parameterCode: code,
		dataIds: analysisData.map(({ dataId }) => dataId),
		...(mounts.length === 0 ? {} : { mounts }),
		...(external.length === 0 ? {} : { externalData: external }),
	};
}

/** A parameter that was left empty stays empty: the pipeline's own default might be something else. */
function parameter({ name, multiValue, values }: Configuration): ParameterInput {
	return multiValue ? { code: name, multiValue: values } : { code: name, value: values[0] ?? '' };
}

/** What all four operations share. */
export function commonBody(
	{ pipeline, storage, tags }: AnalysisRecord,
	userReference: string,
): Omit<LaunchBody, 'analysisInput' | 'inputFormValues'> {
	return {
		userReference,
		pipelineId: pipeline.id,
		tags,
		...(storage === undefined ? {} : { analysisStorageId: storage.id }),
	};
}
