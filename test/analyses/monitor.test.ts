import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monitor } from '../../src/analyses/monitor.ts';
import type { Analysis } from '../../src/ica/schemas.ts';
import { passTable } from '../../src/options/pass-options.ts';
import { checkMonitoredFile, writeMonitoredFile } from '../../src/state/monitored-file.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const pattern = new RegExp(passTable.pipeline_pattern.default ?? '', 'i');
const now = Date.parse('2026-06-01T12:00:00Z');

function analysis(id: string, changes: Partial<Analysis> = {}): Analysis {
	return {
		id,
		reference: `run-${id}`,
		status: 'SUCCEEDED',
		timeCreated: '2026-05-29T12:00:00Z',
		startDate: '2026-05-29T12:00:00Z',
		endDate: '2026-05-29T18:00:00Z',
		pipelineCode: 'BclConvert v4_1_23_patch1',
		...changes,
	};
}

function ids(analyses: readonly Analysis[]): string[] {
	return analyses.map(({ id }) => id);
}

describe('monitoring', () => {
	it.each([
		'BclConvert v4_1_23_patch1',
		'BclConvert v4_2_7',
		'BclConvert_v4_1_5',
		'BCLConvert',
		'BCL Convert 4.2.7',
		'bcl convert (custom), v3',
		'bcl-convert',
		'BCL_Convert',
		'DRAGEN BCL Convert 4.2.7',
		'ilmn-bcl-convert-v2',
		'BclConvert for the core',
		'BclConvert_FastQC_v1',
		'BCL to FASTQ Convert',
		'not bcl2fastq but BclConvert',
	])('knows %s for BCLConvert', (pipelineCode) => {
		expect(ids(monitor([analysis('a', { pipelineCode })], pattern, new Set(), now).toDeliver)).toEqual(['a']);
	});

	it.each([
		'DRAGEN Germline 4.3.6',
		'Convert',
		'bcl2fastq',
		'Bcl2fastq_v2_20_converted',
		'BCL-2-FASTQ Convert',
		'bclconvert-interop-qc__1_3_1--1_19__20240313015132',
		'BclConvert QC',
		'bssh-fastq-copy',
	])('does not know %s for BCLConvert', (pipelineCode) => {
		expect(monitor([analysis('a', { pipelineCode })], pattern, new Set(), now).toDeliver).toEqual([]);
	});

	it('takes a status that did not exist last year for one of an analysis under way', () => {
		const { underWay, toDeliver } = monitor(
			[analysis('a', { status: 'PONDERING' })],
			pattern,
			new Set(),
			now,
		);
		expect(ids(underWay)).toEqual(['a']);
		expect(toDeliver).toEqual([]);
	});

	it('delivers what succeeded and is not in the table, the oldest first', () => {
		const analyses = [
			analysis('late', { startDate: '2026-05-30T12:00:00.5Z' }),
			analysis('known', { startDate: '2026-05-01T12:00:00Z' }),
			analysis('early', { startDate: '2026-05-29T12:00:00Z' }),
			analysis('bad', { status: 'FAILED' }),
		];
		const { toDeliver, succeeded, failed } = monitor(analyses, pattern, new Set(['known']), now);
		expect(ids(toDeliver)).toEqual(['early', 'late']);
		expect(ids(succeeded)).toEqual(['late', 'known', 'early']);
		expect(ids(failed)).toEqual(['bad']);
	});

	it('puts those without a date that can be last, and others of one time in the order of their references', () => {
		const dates = (date: string) => ({ timeCreated: date, startDate: date });
		const analyses = [
			analysis('b'),
			analysis('never', dates('0001-01-01T00:00:00.0000000Z')),
			analysis('unreadable', dates('some day')),
			analysis('ahead', dates('2031-01-01T00:00:00Z')),
			analysis('a', { startDate: '2026-05-29T14:00:00+0200' }),
			analysis('created', { startDate: '0001-01-01T00:00:00Z', timeCreated: '2026-05-28T12:00:00Z' }),
			analysis('c'),
		];
		const expected = ['created', 'a', 'b', 'c', 'ahead', 'never', 'unreadable'];
		for (const list of [analyses, analyses.toReversed()]) {
			expect(ids(monitor(list, pattern, new Set(), now).toDeliver)).toEqual(expected);
		}
	});

	it('puts every BCLConvert analysis into exactly one of under way, succeeded and failed', () => {
		const statuses = [
			'REQUESTED',
			'IN_PROGRESS',
			'ABORTING',
			'SUCCEEDED',
			'FAILED',
			'FAILED_FINAL',
			'ABORTED',
			'NEW',
		];
		const some = fc
			.array(fc.constantFrom(...statuses))
			.map((all) => all.map((status, n) => analysis(`${n}`, { status })));
		fc.assert(
			fc.property(some, (analyses) => {
				const { underWay, succeeded, failed } = monitor(analyses, pattern, new Set(), now);
				expect([...ids(underWay), ...ids(succeeded), ...ids(failed)].sort()).toEqual(ids(analyses).sort());
			}),
		);
	});
});

describe('the monitored file', () => {
	it('holds the ids under way, one a line, and replaces what was there', () => {
		const file = join(temporaryFolder(), 'monitored.txt');
		const [a, b] = ['7df7d35e-0681-4187-9e1c-6dd1418d6954', 'A96E7A5A-A961-4C10-9165-51CE2FE2BBCF'];
		writeMonitoredFile(file, [analysis(a), analysis(b)]);
		expect(readFileSync(file, 'utf8')).toBe(`${a}\n${b}\n`);
		const { ino } = statSync(file);
		writeMonitoredFile(file, []);
		expect(readFileSync(file, 'utf8')).toBe('');
		// another file in its place, so that no reader ever sees half of one
		expect(statSync(file).ino).not.toBe(ino);
		expect(readdirSync(dirname(file))).toEqual(['monitored.txt']);
	});

	it('is never put in the place of a file that is something else', () => {
		const file = join(temporaryFolder(), 'monitored.txt');
		checkMonitoredFile(file);
		for (const text of [
			'',
			'\n',
			'7df7d35e-0681-4187-9e1c-6dd1418d6954\r\n7df7d35e-0681-4187-9e1c-6dd1418d6955',
		]) {
			writeFileSync(file, text);
			checkMonitoredFile(file);
		}
		for (const text of [
			'analysis_id_managed,run_id\n',
			'7df7d35e-0681-4187-9e1c-6dd1418d6954,run\n',
			'notes',
		]) {
			writeFileSync(file, text);
			expect(() => checkMonitoredFile(file)).toThrow('holds something else: give --analyses_monitored_file');
		}
	});

	it('is known again when it has ids that are no UUIDs, whatever these are', () => {
		const file = join(temporaryFolder(), 'monitored.txt');
		writeMonitoredFile(file, [analysis('wfr.17'), analysis('7df7d35e-0681-4187-9e1c-6dd1418d6954')]);
		checkMonitoredFile(file);
		expect(readFileSync(file, 'utf8').split('\n')).toContain('wfr.17');
		writeFileSync(file, 'wfr.17\n');
		expect(() => checkMonitoredFile(file)).toThrow('holds something else');
	});

	it('is known or refused at once, however much is in it', () => {
		const file = join(temporaryFolder(), 'monitored.txt');
		const begun = performance.now();
		for (const text of [
			`${'\n'.repeat(30)}x`,
			`${'a'.repeat(36)}${' '.repeat(100_000)}x`,
			'ab-'.repeat(1_000_000),
		]) {
			writeFileSync(file, text);
			expect(() => checkMonitoredFile(file)).toThrow('holds something else');
		}
		expect(performance.now() - begun).toBeLessThan(2000);
	});

	it.each([
		['a pipe', (file: string) => execFileSync('mkfifo', [file])],
		['a folder', (file: string) => mkdirSync(file)],
		['a device', (file: string) => symlinkSync('/dev/null', file)],
	])('is refused when it is %s', (kind, make) => {
		const file = join(temporaryFolder(), 'monitored.txt');
		make(file);
		expect(() => checkMonitoredFile(file)).toThrow(`it is ${kind}, where a file is expected`);
	});

	it('leaves nothing half written when it cannot be replaced', () => {
		const file = join(temporaryFolder(), 'monitored.txt');
		mkdirSync(join(file, 'in the way'), { recursive: true });
		expect(() => writeMonitoredFile(file, [analysis('a')])).toThrow('EISDIR');
		expect(readdirSync(dirname(file))).toEqual(['monitored.txt']);
	});
});
