import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestCsv, manifestName } from '../../src/delivery/manifest.ts';
import type { Data } from '../../src/ica/schemas.ts';
import { fileData } from '../helpers/file-data.ts';

const upstream = new URL('../../../shared/data/upstream/', import.meta.url);
const header = 'file_name,file_path,data_id,project_id\n';

function file(path: string, id = 'fil.1'): Data {
	return fileData(path, { id });
}

function csvOf(files: readonly Data[], destinationId: string): string {
	return manifestCsv(files, destinationId).toString();
}

describe('the manifest', () => {
	it('has a row for each file, sorted by path, with the destination project', () => {
		expect(csvOf([file('/b/M-2', 'fil.2'), file('/B/M-1', 'fil.3'), file('/a/M-1', 'fil.1')], 'dest')).toBe(
			`${header}M-1,/B/M-1,fil.3,dest\nM-1,/a/M-1,fil.1,dest\nM-2,/b/M-2,fil.2,dest\n`,
		);
	});

	it('quotes commas, quotes and line ends, and leaves spaces and unicode alone', () => {
		expect(csvOf([file('/a/M-1, "ü" x')], 'dest')).toBe(
			`${header}"M-1, ""ü"" x","/a/M-1, ""ü"" x",fil.1,dest\n`,
		);
	});

	it('is read back as it was, for any names', () => {
		const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('/'));
		fc.assert(
			fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), (names) => {
				const csv = csvOf(
					names.map((each) => file(`/x/${each}`)),
					'dest',
				);
				const rows = parse(csv, { from: 2, record_delimiter: '\n' });
				expect(rows.map((row) => row[1]).sort()).toEqual(names.map((each) => `/x/${each}`).sort());
				expect(rows.map((row) => row[1])).toEqual(rows.map((row) => row[1] ?? '').sort());
			}),
		);
	});

	it('is whole and in order, however many files there are', () => {
		const paths = Array.from({ length: 201 }, (_, n) => `/x/M-${String(n).padStart(4, '0')}`);
		const rows = paths.map((path) => `${path.slice(3)},${path},fil.1,dest\n`);
		const files = paths.toReversed().map((path) => file(path));
		expect(csvOf(files, 'dest')).toBe(header + rows.join(''));
	});

	it('is named by the run, without what a file name cannot hold', () => {
		expect(manifestName('run-1')).toBe('run-1.download_manifest.csv');
		expect(manifestName('../a/b\\c\n')).toBe('.._a_b_c_.download_manifest.csv');
	});

	it('has a name that fits a disk, and another for another run, however long the run is', () => {
		const names = ['x'.repeat(255), `${'x'.repeat(254)}y`, 'ü'.repeat(255)].map(manifestName);
		expect(new Set(names).size).toBe(3);
		for (const name of names) {
			expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
			expect(name).toMatch(/^(?:x|ü)+-[0-9a-f]{16}\.download_manifest\.csv$/);
		}
	});

	it.skipIf(!existsSync(upstream))(
		'of the same files equals a real one in columns and quoting (skipped where ../shared is missing)',
		() => {
			const [name = ''] = readdirSync(upstream).filter((each) => each.endsWith('.download_manifest.csv'));
			const real = readFileSync(new URL(name, upstream), 'utf8');
			const [first = '', ...rows] = real.trimEnd().split('\n');
			const records = rows.map((row) => row.split(','));
			const files = records.map(([, path = '', id = '']) => file(path, id));
			const sorted = rows.toSorted((a, b) => ((a.split(',')[1] ?? '') < (b.split(',')[1] ?? '') ? -1 : 1));
			expect(rows.length).toBe(16);
			expect(csvOf(files, records[0]?.[3] ?? '')).toBe(`${[first, ...sorted].join('\n')}\n`);
			expect(manifestName(name.replace('.download_manifest.csv', ''))).toBe(name);
		},
	);
});
