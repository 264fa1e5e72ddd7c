import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseManagedTable } from '../src/managed-rows.ts';
import {
	appendManagedRow,
	checkManagedTable,
	prepareManagedTable,
	readManagedTable,
} from '../src/managed-table.ts';
import { tsx } from './installation.ts';
import { temporaryFolder } from './temporary-folder.ts';

const header = 'analysis_id_managed,run_id\n';
const a = '7df7d35e-0681-4187-9e1c-6dd1418d6954';
const b = 'a96e7a5a-a961-4c10-9165-51ce2fe2bbcf';
const c = 'e267561e-7639-4401-9cca-38409bc86454';
const realTable = new URL('../../shared/data/upstream/analyses_managed_table.txt', import.meta.url);

const module = new URL('../src/managed-table.ts', import.meta.url).href;

function tableFile(content?: string): string {
	const path = join(temporaryFolder(), 'table.txt');
	if (content !== undefined) {
		writeFileSync(path, content);
	}
	return path;
}

describe('reading the managed table', () => {
	it('takes a missing file for an empty table', () => {
		expect(readManagedTable(tableFile())).toEqual({
			rows: [],
			ids: new Set(),
			warnings: [],
			isMissing: true,
		});
	});

	it.each([
		['plain', `${header}${a},runA\n${b},runB\n`],
		['CRLF', `${header}${a},runA\r\n${b},runB\r\n`.replace('run_id\n', 'run_id\r\n')],
		['mixed line ends', `${header}${a},runA\r\n${b},runB\n`],
		['a byte order mark', `\ufeff${header}${a},runA\n${b},runB\n`],
		['blank lines', `\n${header}\n\n${a},runA\n  \n,\n${b},runB\n\n`],
		['no newline at the end', `${header}${a},runA\n${b},runB`],
		['duplicates', `${header}${a},runA\n${b},runB\n${a},runA\n`],
		['no header', `${a},runA\n${b},runB\n`],
		['quotes', `"analysis_id_managed","run_id"\n"${a}","runA"\n${b},"runB"\n`],
		['white space and capitals', `${header} ${a.toUpperCase()} , runA\n${b},runB\n`],
		['comments', `# mine\n${header}# yours, too\n${a},runA\n${b},runB\n`],
		['other separators', `${header}${a};runA\n${b} runB\n`],
		['an id that a person added alone', `${header}${a}\n${b},runB\n`],
		['notes in further columns', `${header}${a},runA,skip, me, please\n${b},runB\n`],
		["a spreadsheet's empty columns", `analysis_id_managed,run_id,,\n${a},runA,,\n${b},run-${c},,\n`],
	])('understands %s', (_, text) => {
		const table = parseManagedTable('table', text);
		expect([...table.ids]).toEqual([a, b]);
		expect(table.warnings).toEqual([]);
	});

	it('passes over a row that it cannot read, and names its line', () => {
		const table = parseManagedTable('table', `${header}${a},runA\nrubbish,x\n${b},runB\n`);
		expect([...table.ids]).toEqual([a, b]);
		expect(table.warnings).toEqual([
			'table, line 3 cannot be read: "rubbish,x". What it stands for can be delivered again; expected analysis id,run id.',
		]);
	});

	it('does not warn of more than ten lines one by one', () => {
		const { warnings } = parseManagedTable('table', header + 'rubbish\n'.repeat(300));
		expect(warnings).toHaveLength(11);
		expect(warnings.at(-1)).toBe('table has 290 more such lines.');
	});

	it('does not let a quote that was left open swallow the rows after it', () => {
		const table = parseManagedTable('table', `${header}${a},"runA\n${b},runB\n${c},ru"nC\n`);
		expect([...table.ids]).toEqual([a, b, c]);
	});

	it('takes apart records that ran into one another', () => {
		const table = parseManagedTable('table', `${header}${a},Unknown${b},run-B-${b}${c},runC`);
		expect(table.rows).toEqual([
			{ analysisId: a, runId: 'Unknown' },
			{ analysisId: b, runId: `run-B-${b}` },
			{ analysisId: c, runId: 'runC' },
		]);
		expect(table.warnings).toEqual([
			`table, line 2 holds 3 records that ran into one another, read as ${a}, ${b}, ${c}. Put each on a line of its own.`,
		]);
	});

	it("takes a note behind the run for a note, not for another record, though the run's name ends in an id", () => {
		const table = parseManagedTable('table', `${header}${a},run-${b},left alone as asked\n`);
		expect(table.rows).toEqual([{ analysisId: a, runId: `run-${b}` }]);
		expect(table.warnings).toEqual([]);
	});

	it('takes a note that mentions another analysis for a note', () => {
		const table = parseManagedTable(
			'table',
			`${header}${a},rerun of ${b},note by Anna\n${c},x${b},note by Anna\n`,
		);
		expect(table.rows.map(({ analysisId }) => analysisId)).toEqual([a, c]);
		expect(table.warnings).toEqual([]);
	});

	it('reads a table that is quoted throughout, though one quote is astray', () => {
		const table = parseManagedTable('table', `"analysis_id_managed","run_id"\n"${a}","runA\n"${b}","runB"\n`);
		expect([...table.ids]).toEqual([a, b]);
	});

	it('reads a table that has only plain lines as it reads it among others, whatever is in them', () => {
		const word = fc.stringMatching(/^[^\s",]+$/u);
		const id = fc.oneof(fc.uuid(), word, fc.constant('#'), fc.constant(a.toUpperCase()));
		const line = fc.tuple(id, fc.oneof(word, fc.constant(b))).map((fields) => `${fields.join(',')}\n`);
		fc.assert(
			fc.property(fc.array(line), (lines) => {
				const text = header + lines.join('');
				// a blank line is nothing to the table, and is not plain
				expect(parseManagedTable('t', text)).toEqual(parseManagedTable('t', `${text}\n`));
			}),
		);
	});

	it('refuses a file that is something else', () => {
		expect(() => parseManagedTable('x.csv', 'sample,lane\nM-1,1\n')).toThrow('x.csv is not a managed table');
		expect(() => readManagedTable(temporaryFolder())).toThrow(/The managed table \S+ cannot be read: EISDIR/);
	});

	it('reads back whatever was appended', () => {
		const run = fc
			.string({ unit: 'grapheme' })
			.filter((text) => text.trim() === text && !/\p{Cc}/u.test(text));
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.uuid(), run), { minLength: 1, maxLength: 5 }), (rows) => {
				const path = tableFile();
				for (const [analysisId, runId] of rows) {
					appendManagedRow(path, { analysisId, runId });
				}
				const table = readManagedTable(path);
				expect(table.rows.map(({ analysisId }) => analysisId)).toEqual(rows.map(([id]) => id));
				expect(table.warnings).toEqual([]);
			}),
			{ numRuns: 50 },
		);
	});

	it.skipIf(!existsSync(realTable))(
		'reads a real, damaged table and appends to it without harm (skipped where ../shared is missing)',
		() => {
			const path = tableFile();
			copyFileSync(realTable, path);
			const before = readManagedTable(path);
			expect(before.ids.size).toBe(11);
			expect(before.warnings).toEqual([expect.stringContaining('line 10 holds 3 records')]);
			appendManagedRow(path, { analysisId: a.replace('7', '0'), runId: 'new' });
			expect(readFileSync(path, 'utf8')).toBe(
				`${readFileSync(realTable, 'utf8')}${a.replace('7', '0')},new\n`,
			);
			expect(readManagedTable(path).ids.size).toBe(12);
		},
	);
});

describe('appending to the managed table', () => {
	it('begins a new table with its header', () => {
		const path = tableFile();
		prepareManagedTable(path);
		expect(readFileSync(path, 'utf8')).toBe(header);
		appendManagedRow(path, { analysisId: a, runId: 'run, with "quotes"' });
		expect(readFileSync(path, 'utf8')).toBe(`${header}${a},"run, with ""quotes"""\n`);
	});

	it('leaves an existing table byte for byte as it is until there is a row to append', () => {
		const path = tableFile(`${header}${a},runA`);
		prepareManagedTable(path);
		expect(readFileSync(path, 'utf8')).toBe(`${header}${a},runA`);
	});

	it('starts on a line of its own after a last line without newline', () => {
		const path = tableFile(`${header}${a},runA`);
		appendManagedRow(path, { analysisId: b, runId: 'runB' });
		expect(readFileSync(path, 'utf8')).toBe(`${header}${a},runA\n${b},runB\n`);
	});

	it('finds out beforehand that a table cannot be written', () => {
		const path = join(temporaryFolder(), 'missing', 'table.txt');
		expect(() => prepareManagedTable(path)).toThrow(/The managed table \S+ cannot be written: ENOENT/);
		expect(() => checkManagedTable(path)).toThrow(/The managed table \S+ cannot be written: ENOENT/);
	});

	it.skipIf(process.getuid?.() === 0)('finds out that it may not write (skipped for root, who may)', () => {
		const path = tableFile(header);
		chmodSync(path, 0o444);
		expect(() => prepareManagedTable(path)).toThrow('EACCES');
		expect(() => checkManagedTable(path)).toThrow('EACCES');
	});

	it('leaves no half row behind when there is no room for a whole one', () => {
		const content = `${header}${`${a},${'r'.repeat(60)}\n`.repeat(10)}`;
		const path = tableFile(content);
		const program = `import { appendManagedRow } from ${JSON.stringify(module)};
			try { appendManagedRow(${JSON.stringify(path)}, { analysisId: '${b}', runId: 'runB' }); }
			catch (error) { console.log(error.message); }`;
		// the largest file that this shell's children may write is two blocks of 512 bytes, 1,024 bytes
		const shell = `trap '' XFSZ; ulimit -f 2; exec "$0" --import "$2" --input-type=module -e "$1"`;
		const { stdout } = spawnSync('sh', ['-c', shell, process.execPath, program, tsx], { encoding: 'utf8' });
		expect(content.length).toBeGreaterThan(1024 - 42);
		expect(content.length).toBeLessThan(1024);
		expect(stdout).toMatch(
			/^The managed table \S+ could not be written: there is no space left for a whole row\.\n$/,
		);
		expect(readFileSync(path, 'utf8')).toBe(content);
	});
});
