import { uuidOf } from './ids.ts';
import type { FieldRecord, FormFieldRecord, LaunchRecord, Pipeline } from './launch-record.ts';
import type { Analysis, DataItem } from './model.ts';
import { type Json, type JsonObject, owned } from './parties.ts';
import { formatOf } from './render.ts';

/** Undefined: it was deleted since. */
type FindData = (dataId: string) => DataItem | undefined;

/** AnalysisInputList */
export function renderInputs({ inputs }: LaunchRecord, find: FindData): JsonObject {
	return {
		items: inputs.map(({ code, data, external }) => ({
			code,
			analysisData: data.map(({ dataId, mountPath }) => {
				const item = find(dataId);
				return {
					dataId,
					name: item?.name ?? dataId,
					dataType: item?.type ?? (dataId.startsWith('fol.') ? 'FOLDER' : 'FILE'),
					format: item === undefined ? null : formatOf(item),
					...(mountPath !== undefined && { mountPath }),
				};
			}),
			externalData: external === undefined ? null : external.map((one) => ({ ...one })),
		})),
	};
}

/** ExecutionConfigurationList */
export function renderConfigurations({ configurations }: LaunchRecord): JsonObject {
	return { items: configurations.map((one) => ({ ...one, values: [...one.values] })) };
}

/** InputFormFieldList: what ICA does not hand out of a field that holds a secret is left out. */
export function renderForm({ form }: LaunchRecord): JsonObject {
	return { items: form.map(renderFormField) };
}

function renderFormField({ id, type, sensitive, rows, ...field }: FormFieldRecord): JsonObject {
	const { values, dataValues, externalDataValues } = field;
	const external = externalDataValues?.map(
		({ mountPath, ...externalData }): Json => ({
			externalData,
			...(mountPath !== undefined && { mountPath }),
		}),
	);
	const data: Json[] = [...(dataValues ?? []).map((one) => ({ ...one })), ...(external ?? [])];
	return {
		id,
		type: type ?? (rows === undefined ? 'textbox' : 'fieldgroup'),
		label: id,
		hidden: false,
		...(sensitive !== undefined && { sensitive }),
		...(values !== undefined && sensitive !== true && { values: values.map((value) => value ?? '') }),
		...((dataValues !== undefined || external !== undefined) && { dataValues: data }),
		...(rows !== undefined && { groupValues: rows.map((row) => ({ values: row.map(renderField) })) }),
	};
}

function renderField({ id, values, dataValues, externalDataValues }: FieldRecord): JsonObject {
	return {
		id,
		...(values !== undefined && { values: [...values] }),
		...(dataValues !== undefined && { dataValues: dataValues.map((one) => ({ ...one })) }),
		...(externalDataValues !== undefined && {
			externalDataValues: externalDataValues.map((one) => ({ ...one })),
		}),
	};
}

/** AnalysisStepList */
export function renderSteps({ id }: Analysis, { steps }: LaunchRecord): JsonObject {
	return {
		items: steps.map(({ name, status, technical, exitCode }) => ({
			id: uuidOf(`step ${name} of ${id}`),
			name,
			status,
			technical: technical ?? false,
			logs: {},
			exitCode: exitCode ?? null,
		})),
	};
}

/** ReferenceSetList: all reference data of the pipeline in one set. */
export function renderReferenceSets({ code, referenceData }: Pipeline): JsonObject {
	const data = referenceData.map((id) => ({
		...owned,
		id,
		name: `reference data ${id}`,
		version: '1',
		typeList: { items: [] },
	}));
	const set = {
		...owned,
		id: uuidOf(`reference set of ${code}`),
		name: `references of ${code}`,
		referenceDataList: { items: data },
	};
	return { items: data.length === 0 ? [] : [set] };
}

/** ActivationCodeDetail */
export function renderActivationCode(id: string): JsonObject {
	return {
		id,
		allowedSlots: -1,
		usedSlots: 0,
		movedSlots: 0,
		originalSlots: -1,
		pipelineBundle: {
			id: uuidOf('pipeline bundle'),
			name: 'Illumina pipelines',
			maxNumberOfAllowedSlots: -1,
			activePipelines: [],
			canceledPipelines: [],
			retiredPipelines: [],
			regions: [],
			analysisStorages: [],
		},
		usages: [],
	};
}
