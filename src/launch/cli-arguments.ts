import type { ExternalData, FieldValues } from '../ica/launch-schemas.ts';
import type { LaunchAction } from '../ica/launches.ts';
import type { DataInput, ParameterInput, StructuredInput } from './body.ts';
import type { FormGroup, FormValues } from './form.ts';
import type { LaunchTemplate } from './template.ts';

/** A launch in the words of the icav2 command, without the key. */
export interface CliArguments {
	readonly command: readonly string[];
	/** Options, each with its value. */
	readonly options: readonly (readonly [option: string, value: string])[];
	/** What the command cannot say, or says in a way that icav2 could misread: whole sentences. */
	readonly notes: readonly string[];
}

interface Part {
	readonly options: readonly (readonly [string, string])[];
	readonly notes?: readonly string[];
}

const kinds: Readonly<Record<LaunchAction, string>> = {
	nextflow: 'nextflow',
	nextflowJson: 'nextflowjson',
	cwlWithStructuredInput: 'cwl',
	cwlJson: 'cwljson',
};
const usualServer = 'ica.illumina.com';
const separators = /[',]/;
const braces = /[{}]/;

/** The launch as `icav2 projectpipelines start …`. */
export function cliArguments(template: LaunchTemplate, serverUrl: string): CliArguments {
	const { action, body, project, record } = template;
	const { host } = new URL(serverUrl);
	const parts: readonly Part[] = [
		{
			options: [
				['--user-reference', body.userReference],
				['--project-id', project.id],
				...(record.storage === undefined ? [] : [['--storage-size', record.storage.name] as const]),
			],
		},
		...(body.analysisInput === undefined ? [] : structured(body.analysisInput)),
		...(body.inputFormValues === undefined ? [] : form(body.inputFormValues)),
		...tagged('--user-tag', body.tags.userTags),
		...tagged('--technical-tag', body.tags.technicalTags),
		...tagged('--reference-tag', body.tags.referenceTags),
		host === usualServer ? { options: [] } : { options: [['--server-url', host]] },
		body.activationCodeDetailId === undefined
			? { options: [] }
			: {
					options: [],
					notes: [
						`icav2 has no option for activation code ${body.activationCodeDetailId}; ICA chooses one itself.`,
					],
				},
	];
	return {
		command: ['icav2', 'projectpipelines', 'start', kinds[action], body.pipelineId],
		options: parts.flatMap(({ options }) => options),
		notes: [...template.notes, ...parts.flatMap(({ notes }) => notes ?? [])],
	};
}

function tagged(option: string, tags: readonly string[]): Part[] {
	return tags.map((tag) => ({ options: [[option, tag]] }));
}

function structured({ inputs, parameters, referenceDataParameters = [] }: StructuredInput): Part[] {
	return [
		...inputs.map(input),
		...parameters.map(parameter),
		...referenceDataParameters.map(
			({ parameterCode, referenceDataId }): Part => ({
				options: [['--data-parameters', `${parameterCode}:${referenceDataId}`]],
			}),
		),
	];
}

function input({ parameterCode, dataIds, mounts = [], externalData = [] }: DataInput): Part {
	const mountOf = new Map(mounts.map(({ dataId, mountPath }) => [dataId, mountPath]));
	const mounted = dataIds.map((id) => id + mountWord(mountOf.get(id)));
	return {
		options: dataIds.length === 0 ? [] : [['--input', `${parameterCode}:${mounted.join(',')}`]],
		notes: [
			...mounts
				.filter(({ mountPath }) => braces.test(mountPath))
				.map(({ mountPath }) => `icav2 allows no braces in a mount path: ${mountPath}.`),
			...external(parameterCode, externalData),
		],
	};
}

function mountWord(mountPath: string | null | undefined): string {
	return mountPath ? `{:${mountPath}}` : '';
}

function external(code: string, data: readonly Pick<ExternalData, 'url'>[]): string[] {
	return data.map(({ url }) => `Not in this command, only in the API template: ${url} for ${code}.`);
}

function parameter(given: ParameterInput): Part {
	if ('value' in given) {
		return { options: [['--parameters', `${given.code}:${given.value}`]] };
	}
	const { code, multiValue } = given;
	return {
		options: [['--parameters', `${code}:${multiValue.map((value) => `'${value}'`).join(',')}`]],
		notes: multiValue.some((value) => value.includes("'")) ? [misreadable(code, 'a quote')] : [],
	};
}

function misreadable(code: string, what: string): string {
	return `A value of ${code} has ${what} in it, by which icav2 could take it for several: better use the API template.`;
}

function form({ fields, groups }: FormValues): Part[] {
	return [
		...fields.map((field) => formField(field, field.id, { value: '--field', data: '--field-data' })),
		...groups.flatMap(formGroup),
	];
}

/** The rows of a group are counted from 1. */
function formGroup({ id, values: rows }: FormGroup): Part[] {
	return rows.flatMap(({ values }, index) =>
		values.map((field) =>
			formField(field, `${id}.index${index + 1}.${field.id}`, { value: '--group', data: '--group-data' }),
		),
	);
}

function formField(
	{ values, dataValues, externalDataValues }: FieldValues,
	name: string,
	option: { readonly value: string; readonly data: string },
): Part {
	const texts = values?.map((value) => value ?? '');
	const data = dataValues?.map(({ dataId, mountPath }) => dataId + mountWord(mountPath)) ?? [];
	return {
		options: [
			...(texts === undefined ? [] : [[option.value, `${name}:${texts.join(',')}`] as const]),
			...(data.length === 0 ? [] : [[option.data, `${name}:${data.join(',')}`] as const]),
		],
		notes: [
			...(texts?.some((value) => separators.test(value)) ? [misreadable(name, 'a comma or a quote')] : []),
			...external(name, externalDataValues ?? []),
		],
	};
}
