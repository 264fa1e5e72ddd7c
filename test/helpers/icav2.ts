import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchBody } from '../../src/requeue/templates/body.ts';
import { temporaryFolder } from './temporary-folder.ts';

/*
 * A stand-in for Illumina's icav2: it reads the words of `icav2 projectpipelines start …` by the syntax that Illumina's
 * command index documents, as strictly as that is, and tells which launch they ask for.
 */

/** A launch by the names of what is given in it. */
export interface ReadLaunch {
	readonly kind: string;
	readonly pipeline: string;
	/** Options that have one value. */
	readonly single: Readonly<Record<string, string>>;
	readonly tags: Readonly<Record<'--user-tag' | '--technical-tag' | '--reference-tag', readonly string[]>>;
	/** `option name` and what is given; a field of a group's row is `group.index1.field`. */
	readonly given: ReadonlyMap<string, Given>;
}

type Given = string | readonly string[];

/** What `sh` makes of a script: the words that reach an `icav2` in its path. */
export function runScript(key: string): (script: string) => string[] {
	const folder = temporaryFolder();
	const icav2 = join(folder, 'icav2');
	writeFileSync(icav2, '#!/bin/sh\nprintf \'%s\\0\' "$@"\n');
	chmodSync(icav2, 0o755);
	const path = join(folder, 'template.cli.sh');
	return (script) => {
		writeFileSync(path, script);
		const env = { PATH: `${folder}:${process.env['PATH']}`, ICA_API_KEY: key, HOME: '/nowhere' };
		return execFileSync('sh', [path], { env, cwd: folder, encoding: 'utf8' }).split('\0').slice(0, -1);
	};
}

const common = ['--user-reference', '--project-id', '--storage-size', '--server-url', '--x-api-key'];
const tagOptions = ['--user-tag', '--technical-tag', '--reference-tag'];
const form = ['--field', '--field-data', '--group', '--group-data'];
const optionsOf: Readonly<Record<string, readonly string[]>> = {
	nextflow: ['--input', '--parameters'],
	cwl: ['--input', '--parameters', '--data-parameters', '--type-input'],
	nextflowjson: form,
	cwljson: form,
};
const dataOptions = ['--input', '--field-data', '--group-data'];
const rowName = /^.+\.index[1-9]\d*\..+$/s;
const datum = /^((?:fil|fol)\.\w+)(?:\{:([^{}]+)\})?$/s;

/** @throws {Error} where the words are none that icav2 documents */
export function readLaunch(args: readonly string[]): ReadLaunch {
	const [noun, verb, kind = '', pipeline = '', ...words] = args;
	const allowed = optionsOf[kind];
	if (noun !== 'projectpipelines' || verb !== 'start' || allowed === undefined) {
		throw new Error(`unknown command: ${args.slice(0, 3).join(' ')}`);
	}
	const pairs = pairsOf(words, [...common, ...tagOptions, ...allowed]);
	const namesSomething = (option: string): boolean => allowed.includes(option) && option !== '--type-input';
	const single = pairs.filter(([option]) => !(namesSomething(option) || tagOptions.includes(option)));
	const tagsOf = (wanted: string): string[] =>
		pairs.filter(([option]) => option === wanted).map(([, value]) => value);
	const read = {
		kind,
		pipeline,
		single: Object.fromEntries(single),
		tags: {
			'--user-tag': tagsOf('--user-tag'),
			'--technical-tag': tagsOf('--technical-tag'),
			'--reference-tag': tagsOf('--reference-tag'),
		},
		given: new Map(
			pairs.filter(([option]) => namesSomething(option)).map(([option, value]) => readNamed(option, value)),
		),
	};
	if (kind === 'cwl' && !['STRUCTURED', 'JSON'].includes(read.single['--type-input'] ?? '')) {
		throw new Error('required flag: --type-input STRUCTURED or JSON');
	}
	return read;
}

function pairsOf(words: readonly string[], allowed: readonly string[]): [option: string, value: string][] {
	return words.flatMap((option, at): [string, string][] => {
		if (at % 2 === 1) {
			return [];
		}
		const value = words[at + 1];
		if (value === undefined || !allowed.includes(option)) {
			throw new Error(`unknown flag, or one without its value: ${option}`);
		}
		return [[option, value]];
	});
}

/** `name:value`, `name:'value','value'`, `name:fil.id,fil.id{:path}`, `group.index1.field:value,value` */
function readNamed(option: string, text: string): [name: string, what: Given] {
	const colon = text.indexOf(':');
	const [name, value] = [text.slice(0, colon), text.slice(colon + 1)];
	if (colon < 1) {
		throw new Error(`${option} ${text} names nothing`);
	}
	if (option.startsWith('--group') && !rowName.test(name)) {
		throw new Error(`${option} ${name} names no field of a row`);
	}
	if (dataOptions.includes(option)) {
		return [`${option} ${name}`, value.split(',').map(readDatum)];
	}
	if (option !== '--parameters') {
		return [`${option} ${name}`, option === '--data-parameters' ? value : value.split(',')];
	}
	const isMany = value.length > 1 && value.startsWith("'") && value.endsWith("'");
	return [`${option} ${name}`, isMany ? value.slice(1, -1).split("','") : value];
}

function readDatum(word: string): string {
	const [, id, path = ''] = datum.exec(word) ?? [];
	// what icav2 cannot read is whatever it makes of it: nothing that equals what was meant
	return id === undefined ? `unreadable ${word}` : `${id} ${path}`;
}

/** What a body asks for, by the same names. */
function meant({ analysisInput, inputFormValues }: LaunchBody): ReadonlyMap<string, Given> {
	const { inputs = [], parameters = [], referenceDataParameters = [] } = analysisInput ?? {};
	const { fields = [], groups = [] } = inputFormValues ?? {};
	const rows = groups.flatMap(({ id, values }) =>
		values.flatMap((row, n) =>
			row.values.map((field) => ({ ...field, id: `${id}.index${n + 1}.${field.id}` })),
		),
	);
	const list: (readonly [string, Given])[] = [
		...inputs.map(({ parameterCode, dataIds, mounts = [] }) => {
			const mountOf = (id: string): string => mounts.find(({ dataId }) => dataId === id)?.mountPath ?? '';
			return [`--input ${parameterCode}`, dataIds.map((id) => `${id} ${mountOf(id)}`)] as const;
		}),
		...parameters.map(
			(one) => [`--parameters ${one.code}`, 'value' in one ? one.value : one.multiValue] as const,
		),
		...referenceDataParameters.map(
			(one) => [`--data-parameters ${one.parameterCode}`, one.referenceDataId] as const,
		),
		...[
			...fields.map((field) => ({ ...field, option: '--field' })),
			...rows.map((field) => ({ ...field, option: '--group' })),
		].flatMap(({ id, option, values, dataValues }) => [
			...(values ? [[`${option} ${id}`, values.map((value) => value ?? '')] as const] : []),
			...(dataValues
				? [[`${option}-data ${id}`, dataValues.map((one) => `${one.dataId} ${one.mountPath ?? ''}`)] as const]
				: []),
		]),
	];
	// no data is the same as none given
	return new Map(
		list.filter(([name, what]) => what.length > 0 || !dataOptions.includes(name.split(' ')[0] ?? '')),
	);
}

/** In what a read launch differs from a body: the names. */
export function differences(read: ReadLaunch, body: LaunchBody): string[] {
	const wanted = meant(body);
	const names = new Set([...wanted.keys(), ...read.given.keys()]);
	return [...names]
		.filter((name) => JSON.stringify(wanted.get(name)) !== JSON.stringify(read.given.get(name)))
		.map((name) => name.slice(name.indexOf(' ') + 1));
}

/** A script's comments: what differs from the API template, for a reader. */
export function notesOf(script: string): string {
	const lines = script.split('\n');
	return lines.filter((line) => line.startsWith('# ')).join('\n');
}

/** Whether a script's notes have a name among their words; of a field of a row, its group's or its own will do. */
export function isNamed(notes: string, whole: string): boolean {
	return [whole, ...whole.split(/\.index\d+\./)].some((one) =>
		notes.split(/[\s,]+/).some((word) => word === one || word === `${one}.` || word.startsWith(`${one}:`)),
	);
}
