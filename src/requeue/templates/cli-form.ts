import type { FieldValues } from '../../ica/launch-schemas.ts';
import { type CliPart, dataWord, externalNotes, misreadable, mountNotes, nameNotes } from './cli-part.ts';
import type { FormGroup, FormValues } from './form.ts';

const separators = /[',]/;
const colon = /:/;
const colonOrDot = /[:.]/;

/** The values of a JSON form in the words of the icav2 command. */
export function formParts({ fields, groups }: FormValues): CliPart[] {
	return [
		...fields.map((field) => formField(field, field.id, { value: '--field', data: '--field-data' })),
		...fields.map(({ id }): CliPart => ({ options: [], notes: nameNotes(id, colon) })),
		...groups.flatMap(formGroup),
	];
}

/** The rows of a group are counted from 1. */
function formGroup({ id, values: rows }: FormGroup): CliPart[] {
	const names = new Set([id, ...rows.flatMap(({ values }) => values.map((field) => field.id))]);
	return [
		...rows.flatMap(({ values }, index) =>
			values.map((field) =>
				formField(field, `${id}.index${index + 1}.${field.id}`, { value: '--group', data: '--group-data' }),
			),
		),
		{
			options: [],
			notes: [...names].flatMap((name) => nameNotes(name, colonOrDot)),
			empty: [
				...(rows.length === 0 ? [id] : []),
				...rows.flatMap(({ values }, index) => (values.some(isGiven) ? [] : [`row ${index + 1} of ${id}`])),
			],
		},
	];
}

function isGiven({ values, dataValues }: FieldValues): boolean {
	return (values ?? []).length > 0 || (dataValues ?? []).length > 0;
}

function formField(
	{ values, dataValues, externalDataValues }: FieldValues,
	name: string,
	option: { readonly value: string; readonly data: string },
): CliPart {
	const texts = values?.map((value) => value ?? '') ?? [];
	const data = dataValues ?? [];
	return {
		options: [
			...(texts.length === 0 ? [] : [[option.value, `${name}:${texts.join(',')}`] as const]),
			...(data.length === 0 ? [] : [[option.data, `${name}:${data.map(dataWord).join(',')}`] as const]),
		],
		notes: [
			...(texts.some((value) => separators.test(value)) ? [misreadable(name, 'a comma or a quote')] : []),
			...mountNotes(name, data),
			...externalNotes(name, externalDataValues ?? []),
		],
		empty: values?.length === 0 ? [name] : [],
	};
}
