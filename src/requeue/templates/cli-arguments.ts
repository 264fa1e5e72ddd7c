import type { LaunchAction } from '../../ica/launches.ts';
import type { DataInput, ParameterInput, StructuredInput } from './body.ts';
import { formParts } from './cli-form.ts';
import { type CliPart, dataWord, externalNotes, misreadable, mountNotes, nameNotes } from './cli-part.ts';
import type { LaunchTemplate } from './template.ts';

/** A launch in the words of the icav2 command, without the key. */
export interface CliArguments {
	readonly command: readonly string[];
	/** Options, each with its value. */
	readonly options: readonly (readonly [option: string, value: string])[];
	/** What the command cannot express, or expresses in a way that icav2 could misread: whole sentences. */
	readonly notes: readonly string[];
}

const kinds: Readonly<Record<LaunchAction, string>> = {
	nextflow: 'nextflow',
	nextflowJson: 'nextflowjson',
	cwlWithStructuredInput: 'cwl',
	cwlJson: 'cwljson',
};
const defaultHost = 'ica.illumina.com';
const colon = /:/;
const quoted = /^'.*'$/s;

/** The launch as `icav2 projectpipelines start …`. */
export function cliArguments(template: LaunchTemplate, serverUrl: string): CliArguments {
	const { action, body, project, record } = template;
	const { host } = new URL(serverUrl);
	const parts: readonly CliPart[] = [
		{
			options: [
				['--user-reference', body.userReference],
				['--project-id', project.id],
				...(record.storage === undefined ? [] : [['--storage-size', record.storage.name] as const]),
			],
		},
		...(action === 'cwlWithStructuredInput' ? [{ options: [['--type-input', 'STRUCTURED'] as const] }] : []),
		...(body.analysisInput === undefined ? [] : structured(body.analysisInput)),
		...(body.inputFormValues === undefined ? [] : formParts(body.inputFormValues)),
		...tagged('--user-tag', body.tags.userTags),
		...tagged('--technical-tag', body.tags.technicalTags),
		...tagged('--reference-tag', body.tags.referenceTags),
		host === defaultHost ? { options: [] } : { options: [['--server-url', host]] },
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
		notes: [
			...template.notes,
			...parts.flatMap(({ notes }) => notes ?? []),
			...emptyNotes(parts.flatMap(({ empty }) => empty ?? [])),
		],
	};
}

function tagged(option: string, tags: readonly string[]): CliPart[] {
	return tags.map((tag) => ({ options: [[option, tag]] }));
}

function structured({ inputs, parameters, referenceDataParameters = [] }: StructuredInput): CliPart[] {
	return [
		...inputs.map(input),
		...parameters.map(parameter),
		...referenceDataParameters.map(
			({ parameterCode, referenceDataId }): CliPart => ({
				options: [['--data-parameters', `${parameterCode}:${referenceDataId}`]],
			}),
		),
	];
}

function input({ parameterCode, dataIds, mounts = [], externalData = [] }: DataInput): CliPart {
	const mountOf = new Map(mounts.map(({ dataId, mountPath }) => [dataId, mountPath]));
	const words = dataIds.map((dataId) => dataWord({ dataId, mountPath: mountOf.get(dataId) }));
	return {
		options: dataIds.length === 0 ? [] : [['--input', `${parameterCode}:${words.join(',')}`]],
		notes: [
			...nameNotes(parameterCode, colon),
			...mountNotes(parameterCode, mounts),
			...externalNotes(parameterCode, externalData),
		],
	};
}

function parameter(given: ParameterInput): CliPart {
	const { code } = given;
	if ('value' in given) {
		return {
			options: [['--parameters', `${code}:${given.value}`]],
			notes: [...nameNotes(code, colon), ...(quoted.test(given.value) ? [misreadable(code, 'quotes')] : [])],
		};
	}
	const { multiValue } = given;
	if (multiValue.length === 0) {
		return { options: [], empty: [code] };
	}
	return {
		options: [['--parameters', `${code}:${multiValue.map((value) => `'${value}'`).join(',')}`]],
		notes: [
			...nameNotes(code, colon),
			...(multiValue.some((value) => value.includes("'")) ? [misreadable(code, 'a quote')] : []),
			...(multiValue.includes('')
				? [`A value of ${code} is empty, which icav2 could leave out: better use the API template.`]
				: []),
		],
	};
}

function emptyNotes(empty: readonly string[]): string[] {
	return empty.length === 0
		? []
		: [
				`Not in this command, since icav2 cannot express that nothing is meant (ICA may put in a default of the pipeline): ${empty.join(', ')}.`,
			];
}
