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
	it('keeps HTTP in http/ and S3 in ica/s3-client.ts', () => {
		expect(importersOf(/^axios$/)).toEqual(['http/send.ts']);
		expect(importersOf(/^@aws-sdk/)).toEqual(['ica/s3-client.ts']);
		expect(importersOf(/^ica\/s3(?:-client)?\.ts$/).sort()).toEqual(['ica/s3.ts', 'ica/transfer.ts']);
		expect(
			importersOf(/^http\//).filter((file) => !/^(?:http|ica|basespace)\/|^cli\/connection\.ts$/.test(file)),
		).toEqual([]);
	});

	it('lets http/, ica/ and basespace/ know nothing of the program around them', () => {
		const below = {
			http: /^(?:http\/|common\/)/,
			ica: /^(?:ica\/|http\/|common\/|secrets\/)/,
			basespace: /^(?:basespace\/|http\/|common\/|secrets\/)/,
		};
		for (const [folder, allowed] of Object.entries(below)) {
			const own = files.filter((file) => file.startsWith(`${folder}/`));
			expect(own.length).toBeGreaterThan(2);
			const foreign = own.flatMap(importsOf).filter((name) => name.endsWith('.ts') && !allowed.test(name));
			expect(foreign).toEqual([]);
		}
	});

	it('keeps the command line in cli/, and every step below the pass', () => {
		expect(importersOf(/^commander$/).sort()).toEqual([
			'cli/command-line.ts',
			'cli/environment.ts',
			'cli/program.ts',
		]);
		expect(importersOf(/^pass\/pass\.ts$/)).toEqual(['cli/run.ts']);
		expect(importersOf(/^cli\/run(?:-requeue)?\.ts$/).sort()).toEqual([
			'cli/program.ts',
			'cli/run-requeue.ts',
		]);
		expect(importersOf(/^cli\/(?:program|command-line)\.ts$/).sort()).toEqual(['cli.ts', 'cli/program.ts']);
	});

	it('reads the clock, and asks for a dry run, in one place each', () => {
		const mentioning = (what: RegExp): string[] =>
			files.filter((file) => what.test(readFileSync(join(src, file), 'utf8'))).sort();
		expect(mentioning(/Date\.now\(/)).toEqual(['common/clock.ts']);
		expect(mentioning(/\.dryRun/)).toEqual(['cli/run-requeue.ts', 'cli/run.ts']);
	});
});
