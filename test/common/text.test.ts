import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
	byCodeUnits,
	count,
	firstFew,
	formatBytes,
	formatDuration,
	oneLine,
	shellWord,
} from '../../src/common/text.ts';

describe('text for readers', () => {
	it('counts with the right plural and thousands separators', () => {
		expect(count(1, 'file')).toBe('1 file');
		expect(count(2000, 'file')).toBe('2,000 files');
		expect(count(0, 'analysis', 'analyses')).toBe('0 analyses');
	});

	it.each([
		[0, '0 bytes'],
		[1, '1 byte'],
		[999, '999 bytes'],
		[1000, '1.0 kB'],
		[999_949, '999.9 kB'],
		[999_950, '1.0 MB'],
		[3_400_000_000, '3.4 GB'],
		[2_500_000_000_000_000_000, '2500.0 PB'],
	])('shows %d bytes as %s', (bytes, text) => {
		expect(formatBytes(bytes)).toBe(text);
	});

	it.each([
		[0, '0.0 s'],
		[840, '0.8 s'],
		[9949, '9.9 s'],
		[9950, '10 s'],
		[59_499, '59 s'],
		[59_600, '1 min'],
		[7_200_000, '2 h'],
		[200_000, '3 min 20 s'],
		[3_599_400, '59 min 59 s'],
		[7_500_000, '2 h 5 min'],
	])('shows %d ms as %s', (milliseconds, text) => {
		expect(formatDuration(milliseconds)).toBe(text);
	});

	it('makes one line of text that would forge another line or colour the terminal', () => {
		expect(oneLine('bad\r\n2026-01-01 ERROR forged\u001b[31m red\u2028end')).toBe(
			'bad 2026-01-01 ERROR forged [31m red end',
		);
		expect(oneLine('abcdef', 3)).toBe('abc…');
	});

	it('quotes words for a shell', () => {
		const words = ['--plain_1', 'a b', "it's", '$HOME "x" `y`', '', 'ü*'];
		const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${words.map(shellWord).join(' ')}`], {
			encoding: 'utf8',
		});
		expect(stdout).toBe(`${words.join('\n')}\n`);
		expect(shellWord('/opt/api_key.txt')).toBe('/opt/api_key.txt');
	});

	it('names the first few of many', () => {
		expect(firstFew(['a', 'b'])).toBe('a, b');
		expect(firstFew(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
	});

	it('orders by code units, whatever the locale', () => {
		expect(['b', 'B', 'a', 'ä', '_', 'a'].sort(byCodeUnits)).toEqual(['B', '_', 'a', 'a', 'b', 'ä']);
	});
});
