import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** What a file of src imports: other files of src by their path below it, packages by name. */
function importsOf(file: string): string[] {
	const text = readFileSync(join(src, file), 'utf8');
	const specifiers = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? '');
	return specifiers.map((name) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name));
}

function importersOf(wanted: RegExp): string[] {
	return files.filter((file) => importsOf(file).some((name) => wanted.test(name)));
}

describe('the structure', () => {
	it('keeps HTTP in http/ and S3 in s3-client.ts', () => {
		expect(importersOf(/^axios$/)).toEqual(['http/send.ts']);
		expect(importersOf(/^@aws-sdk/)).toEqual(['s3-client.ts']);
		expect(importersOf(/^s3(?:-client)?\.ts$/).sort()).toEqual(['s3.ts', 'transfer.ts']);
		expect(
			importersOf(/^http\//).filter((file) => !/^(?:http|ica|basespace)\/|^connection\.ts$/.test(file)),
		).toEqual([]);
	});

	it('lets http/, ica/ and basespace/ know nothing of the program around them', () => {
		const below = {
			http: /^(?:http\/|(?:clock|errors|text)\.ts$)/,
			ica: /^(?:ica\/|http\/|(?:errors|secrets|text)\.ts$)/,
			basespace: /^(?:basespace\/|http\/|(?:errors|secrets|text)\.ts$)/,
		};
		for (const [folder, allowed] of Object.entries(below)) {
			const own = files.filter((file) => file.startsWith(`${folder}/`));
			expect(own.length).toBeGreaterThan(2);
			const foreign = own.flatMap(importsOf).filter((name) => name.endsWith('.ts') && !allowed.test(name));
			expect(foreign).toEqual([]);
		}
	});

	it('keeps the command line in program.ts, and every step below the pass', () => {
		expect(importersOf(/^commander$/).sort()).toEqual(['command-line.ts', 'environment.ts', 'program.ts']);
		expect(importersOf(/^pass\.ts$/)).toEqual(['run.ts']);
		expect(importersOf(/^run(?:-requeue)?\.ts$/).sort()).toEqual(['program.ts', 'run-requeue.ts']);
		expect(importersOf(/^(?:cli|program|command-line)\.ts$/).sort()).toEqual(['cli.ts', 'program.ts']);
	});

	it('reads the clock, and asks for a dry run, in one place each', () => {
		const mentioning = (what: RegExp): string[] =>
			files.filter((file) => what.test(readFileSync(join(src, file), 'utf8'))).sort();
		expect(mentioning(/Date\.now\(/)).toEqual(['clock.ts']);
		expect(mentioning(/\.dryRun/)).toEqual(['run-requeue.ts', 'run.ts']);
	});
});
