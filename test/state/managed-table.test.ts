import { execFileSync, spawnSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	readFileSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Options, stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileError, SetupError } from '../../src/common/errors.ts';
import { oneLine } from '../../src/common/text.ts';
import { parseManagedTable } from '../../src/state/managed-rows.ts';
import {
	appendManagedRow,
	checkManagedTable,
	prepareManagedTable,
	readManagedTable,
} from '../../src/state/managed-table.ts';
import { passInProcess } from '../helpers/in-process.ts';
import { tsx } from '../helpers/installation.ts';
import { startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const header = 'analysis_id_managed,run_id\n';
const a = '7df7d35e-0681-4187-9e1c-6dd1418d6954';
const b = 'a96e7a5a-a961-4c10-9165-51ce2fe2bbcf';
const c = 'e267561e-7639-4401-9cca-38409bc86454';
const realTable = new URL('../../../shared/data/upstream/analyses_managed_table.txt', import.meta.url);

const module = new URL('../../src/state/managed-table.ts', import.meta.url).href;

function tableFile(content?: string | Buffer): string {
	const path = join(temporaryFolder(), 'table.txt');
	if (content !== undefined) {
		writeFileSync(path, content);
	}
	return path;
}

function csv(rows: readonly (readonly string[])[], options: Options = {}): Buffer {
	return Buffer.from(
		stringify(
			rows.map((row) => [...row]),
			options,
		),
	);
}

/** With its byte order mark. */
function utf16(text: Buffer): Buffer {
	return Buffer.from(`\ufeff${text.toString()}`, 'utf16le');
}

describe('reading the managed table', () => {
	it('takes a missing file for an empty table', () => {
		const { ids, ...table } = readManagedTable(tableFile());
		expect(table).toEqual({ rows: [], warnings: [], isMissing: true });
		expect([...ids]).toEqual([]);
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

	it.each(['\n', '\r\n', '\r'])(
		'does not let a quote that was left open swallow the rows after it, up to the next quote: lines end in %j',
		(lineEnd) => {
			for (const quoted of [`${c},ru"nC`, `"${c}","run, C"`, `${c},runC"`]) {
				const lines = [header.trim(), `${a},"runA`, `${b},runB`, quoted];
				const table = parseManagedTable('table', lines.join(lineEnd));
				expect([...table.ids]).toEqual([a, b, c]);
			}
		},
	);

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
		for (const run of [`run-${a}`, `250707-x_91da19_17d664-BclConvert v4_2_7-${b}`]) {
			const table = parseManagedTable('table', `${header}${a},${run},checked,left alone as asked\n`);
			expect(table.rows).toEqual([{ analysisId: a, runId: run }]);
			expect(table.warnings).toEqual([]);
		}
	});

	it('takes a note that mentions another analysis for a note', () => {
		const notes = [`rerun of ${b}`, `x${b}-again`, `rerun-of-${b}`, `see ${b} and ${c}`, `x${b}`];
		for (const note of notes) {
			for (const row of [`${a},${note}`, `${a},runA,${note}`, `${a},runA,"${note}",,`]) {
				const table = parseManagedTable('table', `${header}${row}\n`);
				expect([...table.ids]).toEqual([a]);
				expect(table.warnings).toEqual([]);
			}
		}
		const table = parseManagedTable('table', `${header}${a},rerun of ${b},note by Anna\n`);
		expect([...table.ids]).toEqual([a]);
		expect(table.warnings).toEqual([]);
	});

	it.each([
		[`${a},x${b},note by Anna`, 'a note, or a run and a record with a strange run'],
		[`${a},run A${b},run B`, 'the same'],
		[`${a},run-${b},left alone as asked`, 'the same'],
		[`${a},runA,note${b},runB`, 'a record fused with a note'],
		[`${a};runA${b},runB`, 'a record of another separator'],
		[`${a},"run, 1"${b},run2`, 'a record fused with a quoted run'],
		[`#not this${b},runB`, 'a record fused with a comment'],
		[`${a},${b},runB`, 'an id where a run belongs'],
	])('reads nothing doubtful, and names it in a warning: %s (%s)', (line) => {
		const table = parseManagedTable('table', `${header}${line}\n`);
		expect([...table.ids]).toEqual(line.startsWith('#') ? [] : [a]);
		expect(table.warnings).toEqual([
			`table, line 2 may hold further records, which were not read: ${b}. Put each on a line of its own, or, in a note, a space before the id.`,
		]);
	});

	it('takes runs with spaces apart when they are such as ICA makes them', () => {
		const run = (id: string): string => `NovaSeqX-Demo_3664cd_3a7062-BclConvert v4_2_7-${id}`;
		const table = parseManagedTable('table', `${header}${a},${run(a)}${b},${run(c)}${c},${run(c)}\n`);
		expect(table.rows).toEqual([
			{ analysisId: a, runId: run(a) },
			{ analysisId: b, runId: run(c) },
			{ analysisId: c, runId: run(c) },
		]);
		expect(table.warnings).toEqual([
			expect.stringContaining('line 2 holds 3 records that ran into one another'),
		]);
	});

	it('takes apart a whole record behind a whole one with a blank between them, and names one behind a note', () => {
		const run = (id: string): string => `x_3664cd_3a7062-BclConvert_v4-${id}`;
		const apart = parseManagedTable('table', `${header}${a},${run(a)} ${b},${run(b)}\n`);
		expect(apart.rows.map(({ analysisId, runId }) => [analysisId, runId])).toEqual([
			[a, run(a)],
			[b, run(b)],
		]);
		const named = parseManagedTable('table', `${header}${a},see also ${b},${run(b)}\n`);
		expect(named.rows.map(({ analysisId }) => analysisId)).toEqual([a]);
		expect(named.warnings).toHaveLength(1);
	});

	it.each([
		[`${a}${b},runB`, [a, b]],
		[`analysis_id_managed,run_id${a},run-${a}`, [a]],
		[`${a},run-${a}${b},run B`, [a, b]],
		[`${a},runA,a note${b},run-${b}`, [a, b]],
		[`"${a}","run-${a}"\t${b}`, [a]],
	])('takes apart what can only be records: %s', (line, ids) => {
		expect([...parseManagedTable('table', line).ids]).toEqual(ids);
	});

	it('does not take a first field that merely contains an id for that analysis', () => {
		for (const first of [`rerun-of-${b}`, `x${b}`, `${b}-again`, `${b}0`, `rerun of ${b}`]) {
			const table = parseManagedTable('table', `${header}${first},run-${b}\n${a},runA\n`);
			expect([...table.ids]).toEqual([a]);
			expect(table.warnings).toEqual([expect.stringContaining('table, line 2 cannot be read')]);
		}
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

	/** As a program writes a table, in each of the forms that people's programs leave it in. */
	const saved: readonly (readonly [string, (rows: readonly (readonly string[])[]) => Buffer])[] = [
		['with semicolons', (rows) => csv(rows, { delimiter: ';' })],
		['with tabs', (rows) => csv(rows, { delimiter: '\t' })],
		['with every field in quotes', (rows) => csv(rows, { quoted: true })],
		['with semicolons and quotes', (rows) => csv(rows, { delimiter: ';', quoted: true })],
		['with CRLF', (rows) => csv(rows, { record_delimiter: '\r\n' })],
		['with CR alone', (rows) => csv(rows, { record_delimiter: '\r' })],
		['with a byte order mark', (rows) => csv(rows, { bom: true })],
		['as UTF-16 LE', (rows) => utf16(csv(rows))],
		['as UTF-16 BE', (rows) => utf16(csv(rows)).swap16()],
		['as UTF-16 LE without its mark', (rows) => utf16(csv(rows)).subarray(2)],
		['as UTF-16 BE without its mark', (rows) => utf16(csv(rows)).swap16().subarray(2)],
		[
			'as a spreadsheet does it: UTF-16, tabs, quotes, CRLF',
			(rows) => utf16(csv(rows, { delimiter: '\t', quoted: true, record_delimiter: '\r\n' })),
		],
		[
			'with blank lines and empty fields',
			(rows) =>
				csv(
					rows.flatMap((row) => [
						[...row, '', ''],
						['', '', '', ''],
					]),
				),
		],
	];

	describe.each(saved)('saved %s', (_, save) => {
		const rows = [
			['analysis_id_managed', 'run_id'],
			[a, 'run, A; "one"'],
			[b, 'Proben März 7'],
			[a, 'run, A; "one"'],
		];

		it('is read without a warning, and so is a row that is appended, wherever the last line ends', () => {
			const whole = save(rows);
			const unit = whole.includes(0) ? 2 : 1;
			for (const content of [
				whole,
				whole.subarray(0, whole.length - unit),
				whole.subarray(0, whole.length - 2 * unit),
			]) {
				const path = tableFile(content);
				expect(readManagedTable(path)).toMatchObject({ warnings: [] });
				prepareManagedTable(path);
				expect(readFileSync(path)).toEqual(content);
				appendManagedRow(path, { analysisId: c, runId: 'Größe, 2; x\ty' });
				appendManagedRow(path, { analysisId: b, runId: 'last' });
				const table = readManagedTable(path);
				expect(table.warnings).toEqual([]);
				expect([...table.ids]).toEqual([a, b, c]);
				expect(table.rows.slice(0, 2)).toEqual([
					{ analysisId: a, runId: 'run, A; "one"' },
					{ analysisId: b, runId: 'Proben März 7' },
				]);
				expect(table.rows.slice(3)).toEqual([
					{ analysisId: c, runId: 'Größe, 2; x y' },
					{ analysisId: b, runId: 'last' },
				]);
			}
		});
	});

	it.each([
		['utf8', `${header}${a};runA\r\n`, `${c},runC\n`],
		['utf8', `analysis_id_managed;run_id\r\n${a};runA\r\n`, `${c};runC\r\n`],
		['utf8', `\ufeff# my, table\ranalysis_id_managed\trun_id\r${a}\trunA\r`, `${c}\trunC\r`],
		['utf16le', `\ufeff"analysis_id_managed";"run_id"\r\n`, `${c};runC\r\n`],
	] as const)('has a row appended in its own form: %s, %j', (encoding, text, row) => {
		const path = tableFile(Buffer.from(text, encoding));
		appendManagedRow(path, { analysisId: c, runId: 'runC' });
		expect(readFileSync(path).toString(encoding)).toBe(text + row);
	});

	it('completes a character that was cut in half, so that the next row can be read', () => {
		for (const cut of [1, 3]) {
			const bytes = utf16(Buffer.from(`${header}${a},runA7\n`));
			const path = tableFile(bytes.subarray(0, bytes.length - cut));
			appendManagedRow(path, { analysisId: b, runId: 'runB' });
			expect([...readManagedTable(path).ids]).toEqual([a, b]);
		}
	});

	it('reads lines with quotes as it reads them without, whatever is in the fields', () => {
		const field = fc.stringMatching(/^[^\s",;#](?:[^\s",;]| [^\s",;])*$/u);
		const row = fc.tuple(fc.oneof(fc.uuid(), field), fc.oneof(field, fc.uuid()));
		fc.assert(
			fc.property(fc.array(row), fc.constantFrom(',', ';', '\t'), (rows, delimiter) => {
				const read = (quoted: boolean): unknown => {
					const { ids, ...table } = parseManagedTable(
						't',
						header + csv(rows, { quoted, delimiter }).toString(),
					);
					return { ...table, ids: [...ids] };
				};
				expect(read(true)).toEqual(read(false));
			}),
		);
	});

	const word = fc.stringMatching(/^[A-Za-z0-9_.()-]{1,12}$/);
	const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((each) => each.join(' '));
	const realRun = fc
		.tuple(words, fc.stringMatching(/^[0-9a-f]{6}$/), words, fc.uuid())
		.map(([name, hex, code, id]) => `${name}_${hex}_${hex}-${code}-${id}`);
	const record = fc
		.tuple(fc.uuid(), fc.oneof(words, realRun, fc.string({ minLength: 1 })), fc.boolean())
		.map(([id, run, isOwn]) => [id, isOwn ? `${run}-${id}` : run] as const);

	it('loses no record without a word, whichever of the newlines between them are lost', () => {
		const lost = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
		fc.assert(
			fc.property(fc.array(record, { maxLength: 6 }), lost, (records, isLost) => {
				const rows = records.map(([id, run]) => csv([[id, oneLine(run)]]).toString());
				const lines = [header, ...rows].map((line) => line.trimEnd());
				const text = lines.map((line, index) => (isLost[index] ? line : `${line}\n`)).join('');
				const { ids, warnings } = parseManagedTable('t', text);
				const named = warnings.map((warning) => Number(/line (\d+)/.exec(warning)?.[1]));
				for (const id of ids) {
					expect(records.map(([each]) => each)).toContain(id);
				}
				for (const [id] of records) {
					const line = text.split('\n').findIndex((each) => each.includes(`${id},`)) + 1;
					expect(ids.has(id) || named.includes(line)).toBe(true);
				}
			}),
			{ numRuns: 1000 },
		);
	});

	it('reads each record when only records such as ICA makes them ran into one another', () => {
		const real = fc
			.tuple(fc.uuid(), realRun, fc.boolean())
			.map(([id, run, isOwn]) => [id, isOwn ? `${run}-${id}` : run]);
		fc.assert(
			fc.property(fc.array(real, { minLength: 1, maxLength: 4 }), (records) => {
				const text = records.map((each) => each.join(',')).join('');
				expect([...parseManagedTable('t', text).ids].sort()).toEqual(
					[...new Set(records.map(([id]) => id))].sort(),
				);
			}),
		);
	});

	it('never reads a record out of a note', () => {
		const text = fc.oneof(words, fc.string());
		const note = fc.oneof(
			text,
			fc.tuple(text, fc.uuid(), text).map(([before, id, after]) => `${before}${id}${after}`),
			fc.tuple(text, fc.uuid()).map((parts) => parts.join(' ')),
		);
		fc.assert(
			fc.property(fc.uuid(), realRun, fc.array(note), (id, run, notes) => {
				const line = csv([[id, run, ...notes]], { delimiter: ',' }).toString();
				expect(parseManagedTable('t', header + line).ids.size).toBe(1);
			}),
		);
	});

	it('reads rows whose ids are no UUIDs, as it writes them, and takes no other word for an id', () => {
		const ids = ['wfr.17', 'ANALYSIS-1', 'we;ird, "id"', '12345', '#7', 'x y'];
		const path = tableFile();
		for (const analysisId of ids) {
			appendManagedRow(path, { analysisId, runId: `run-${analysisId}` });
			appendManagedRow(path, { analysisId: `${analysisId}b`, runId: 'Unknown' });
		}
		const table = readManagedTable(path);
		expect(table.warnings).toEqual([]);
		for (const id of ids) {
			expect(table.ids.has(id) && table.ids.has(`${id.toUpperCase()}B`)).toBe(true);
		}
		expect(table.ids.size).toBe(2 * ids.length);
		const plain = parseManagedTable('t', `${header}wfr.17,20260519_LH_80a0f1_3abe33-BclConvert_v4-wfr.17\n`);
		expect({ ids: [...plain.ids], warnings: plain.warnings }).toEqual({ ids: ['wfr.17'], warnings: [] });
		const damaged = [
			`${a.slice(9)},run-${a}`,
			`${a.slice(0, 20)},run-${a}`,
			'20240529_LH00619_0013,skip',
			'notes,x',
		];
		for (const line of damaged) {
			const { ids: read, warnings } = parseManagedTable('t', `${header}${line}\n`);
			expect({ read: [...read], warnings }).toEqual({
				read: [],
				warnings: [expect.stringContaining('t, line 2 cannot be read')],
			});
		}
	});

	it('names the line when a row whose id is no UUID ran into another', () => {
		const path = tableFile();
		for (const analysisId of ['w.1', a, 'w.2', 'w.3', b]) {
			appendManagedRow(path, { analysisId, runId: 'Unknown' });
		}
		const [, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
		for (let at = 1; at < rows.length; at++) {
			const lines = [...rows.slice(0, at - 1), `${rows[at - 1]}${rows[at]}`, ...rows.slice(at + 1)];
			const { warnings } = parseManagedTable('t', `${header}${lines.join('\n')}\n`);
			expect(warnings).toEqual([expect.stringContaining(`t, line ${at + 1} `)]);
		}
	});

	it('finds an analysis in whatever letter case its id is written', () => {
		const { ids } = parseManagedTable('t', `${header}${a},runA\n${b.toUpperCase()},runB\n`);
		expect([a, a.toUpperCase(), b, b.toUpperCase()].every((id) => ids.has(id))).toBe(true);
		expect(ids.has(c)).toBe(false);
	});

	it('reads what a crash has left of a table, and names the line with zero bytes', () => {
		const table = parseManagedTable('t', `${header}${a},runA\n${b},ru${'\0'.repeat(4096)}\n\0\0${c},runC\n`);
		expect([...table.ids]).toEqual([a, b, c]);
		expect(table.warnings).toEqual([
			expect.stringContaining('t, line 3 holds zero bytes'),
			expect.stringContaining('t, line 4 holds zero bytes'),
		]);
		expect(() => parseManagedTable('t', '\0'.repeat(4096))).toThrow('t is not a managed table');
	});

	it.each([
		['a pipe', (path: string) => execFileSync('mkfifo', [path])],
		['a folder', (path: string) => mkdirSync(path)],
		['a device', (path: string) => symlinkSync('/dev/null', path)],
	])('is refused at once, in a sentence, when it is %s', (kind, make) => {
		const path = join(temporaryFolder(), 'table.txt');
		make(path);
		const row = { analysisId: a, runId: 'runA' };
		for (const use of [readManagedTable, prepareManagedTable, checkManagedTable]) {
			expect(() => use(path)).toThrow(SetupError);
			expect(() => use(path)).toThrow(new RegExp(`^The managed table ${path} cannot be .*${kind}|EISDIR`));
		}
		expect(() => appendManagedRow(path, row)).toThrow(FileError);
	});

	it('is refused when it is too large to be one, without being read', () => {
		const path = tableFile(header);
		truncateSync(path, 512_000_000);
		expect(() => readManagedTable(path)).toThrow(
			`The managed table ${path} cannot be read: it has 512.0 MB, and 64.0 MB is the most to be expected: is it the right file?`,
		);
	});

	it('refuses a file that is something else', () => {
		expect(() => parseManagedTable('x.csv', 'sample,lane\nM-1,1\n')).toThrow('x.csv is not a managed table');
		expect(() => readManagedTable(temporaryFolder())).toThrow(
			/The managed table \S+ cannot be read: it is a folder, where a file is expected/,
		);
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

describe('a pass with a table that a spreadsheet has saved', () => {
	it('delivers what is not in it, and leaves it readable for the spreadsheet and for itself', async () => {
		const scene = await startScene();
		const [handled, fresh] = [scene.analysis(), scene.analysis()];
		const folder = temporaryFolder();
		const path = join(folder, 'analyses_managed_table.txt');
		const rows = [header.trim().split(','), [handled.id, 'left alone']];
		writeFileSync(path, utf16(csv(rows, { delimiter: ';', quoted: true, record_delimiter: '\r\n' })));
		const first = await passInProcess(scene, folder);
		expect(first).toMatchObject({ needsAction: [], deliveries: { delivered: 1 } });
		expect(first.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
		expect(readFileSync(path).toString('utf16le').split('\r\n').at(-2)).toBe(
			`${fresh.id};${fresh.reference}`,
		);
		expect((await passInProcess(scene, folder)).deliveries.delivered).toBe(0);
	});
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
