import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** What any code may use. */
const ground = ['common', 'log'];
/** What any step of a pass may use: services, what is kept between passes, and what analyses there are. */
const steps = [...ground, 'ica', 'state', 'analyses'];

/** Each folder, and the folders that its files may import beside their own. Nobody stands on a folder above. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	'.': ['cli'],
	cli: [
		...[
			...steps,
			'options',
			'secrets',
			'basespace',
			'http',
			'pass',
			'notify',
			'requeue',
			'requeue/templates',
		],
		// the keys of the summary file
		'retention/shared',
	],
	notify: [...ground, 'ica', 'state'],
	pass: [
		...[...steps, 'basespace', 'options', 'delivery', 'requeue', 'requeue/templates'],
		...['retention', 'retention/shared', 'retention/ica', 'retention/basespace'],
	],
	delivery: steps,
	retention: [...steps, 'retention/ica', 'retention/basespace', 'retention/shared'],
	// a delivery is proven before its data is touched
	'retention/ica': [...steps, 'retention/shared', 'delivery'],
	'retention/basespace': [...steps, 'retention/shared', 'delivery', 'basespace'],
	'retention/shared': [...steps, 'delivery'],
	requeue: [...steps, 'requeue/templates', 'options'],
	'requeue/templates': [...ground, 'ica'],
	analyses: [...ground, 'ica'],
	state: [...ground, 'ica'],
	ica: ['common', 'http', 'secrets'],
	basespace: ['common', 'http', 'secrets'],
	http: ['common'],
	options: ground,
	log: ['common', 'secrets'],
	secrets: ['common'],
	common: [],
};

/** What a file of src imports: other files of src by their path below it, packages by name. */
function importsOf(file: string): string[] {
	const text = readFileSync(join(src, file), 'utf8');
	const specifiers = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? '');
	return specifiers.map((name) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name));
}

/** The folders of src that a folder's files import, beside their own. */
function foldersBelow(folder: string): string[] {
	const own = files.filter((file) => dirname(file) === folder);
	const imported = own.flatMap(importsOf).filter((name) => name.endsWith('.ts'));
	return [...new Set(imported.map((name) => dirname(name)))].filter((name) => name !== folder);
}

function importersOf(wanted: RegExp): string[] {
	return files.filter((file) => importsOf(file).some((name) => wanted.test(name))).sort();
}

function mentioning(what: RegExp): string[] {
	return files.filter((file) => what.test(readFileSync(join(src, file), 'utf8'))).sort();
}

describe('the structure', () => {
	it('has no folder without a rule, and no rule without a folder', () => {
		expect([...new Set(files.map((file) => dirname(file)))].sort()).toEqual(Object.keys(mayImport).sort());
	});

	it.each(Object.entries(mayImport))('%s imports nothing but what its rule allows', (folder, allowed) => {
		expect(foldersBelow(folder).filter((name) => !allowed.includes(name))).toEqual([]);
	});

	it('allows no circle of folders, and no import of a folder above', () => {
		const reached = (folder: string, path: readonly string[] = []): string[] =>
			(mayImport[folder] ?? []).flatMap((next) =>
				path.includes(next) ? [`${[...path, next].join(' -> ')}`] : reached(next, [...path, next]),
			);
		expect(Object.keys(mayImport).flatMap((folder) => reached(folder, [folder]))).toEqual([]);
		const above = Object.entries(mayImport).flatMap(([folder, allowed]) =>
			allowed.filter((name) => folder.startsWith(`${name}/`)),
		);
		expect(above).toEqual([]);
	});

	it('keeps each heavy package in one file', () => {
		expect(importersOf(/^axios$/)).toEqual(['http/send.ts']);
		expect(importersOf(/^@aws-sdk/)).toEqual(['ica/s3-client.ts']);
		expect(importersOf(/^ica\/s3(?:-client)?\.ts$/)).toEqual(['ica/s3.ts', 'ica/transfer.ts']);
		expect(importersOf(/^winston$/)).toEqual(['log/open-log.ts']);
		expect(importersOf(/^commander$/).map((file) => dirname(file))).toEqual(['cli', 'cli', 'cli']);
	});

	it('reads the clock, the environment and the process in cli/ alone', () => {
		const outside = mentioning(/\bDate\.now\(|\bperformance\.|\bprocess\.[a-z]|node:process|node:os/).filter(
			(file) => !/^cli(?:\/|\.ts$)/.test(file),
		);
		expect(outside).toEqual([]);
		expect(mentioning(/\bDate\.now\(/)).toEqual(['cli/system-clock.ts']);
	});

	it('knows of a dry run in one place', () => {
		expect(mentioning(/\bdryRun\b/).filter((file) => !file.startsWith('options/'))).toEqual(['cli/mode.ts']);
	});
});
