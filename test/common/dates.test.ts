import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plausibleTime, readTime } from '../../src/common/dates.ts';

const noon = Date.UTC(2026, 4, 29, 12);

describe('a time', () => {
	it.each([
		'2026-05-29T12:00:00Z',
		'2026-05-29T12:00:00.0000000Z',
		'2026-05-29T12:00:00',
		'2026-05-29t12:00:00z',
		'2026-05-29 12:00',
		'2026-05-29T14:00:00+0200',
		'2026-05-29T14:00:00+02:00',
		'2026-05-29T14:00:00.000+02',
		'2026-05-29T07:30:00.0-0430',
		' 2026-05-29T12:00:00Z\n',
	])('is read from %j', (text) => {
		expect(readTime(text)).toBe(noon);
	});

	it('keeps its milliseconds, however many decimals follow', () => {
		expect(readTime('2026-05-29T12:00:00.5Z')).toBe(noon + 500);
		expect(readTime('2026-05-29T12:00:00.1239999Z')).toBe(noon + 123);
		expect(readTime('2026-05-29')).toBe(noon - 12 * 3_600_000);
	});

	it('is the same in every zone that it is written in', () => {
		const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
		const time = fc.integer({ min: Date.parse('0001-01-02T00:00:00Z'), max: Date.UTC(9999, 0) });
		fc.assert(
			fc.property(time, minutes, fc.constantFrom('', ':'), (at, offset, colon) => {
				const two = (n: number): string => String(Math.floor(Math.abs(n))).padStart(2, '0');
				const local = new Date(at + offset * 60_000).toISOString().slice(0, -1);
				const zone = `${offset < 0 ? '-' : '+'}${two(offset / 60)}${colon}${two(offset % 60)}`;
				expect(readTime(local + zone)).toBe(at);
			}),
		);
	});

	it.each([
		undefined,
		null,
		'',
		'some day',
		'1780056000000',
		'2026',
		'2026-02-30T12:00:00Z',
		'2026-13-01',
		'2026-05-29T25:00:00Z',
		'2026-05-29T12:61:00Z',
		'2026-05-29T12:00:00 CEST',
		'29.05.2026',
		'+002026-05-29T12:00:00Z',
	])('is not read from %j', (text) => {
		expect(readTime(text)).toBeUndefined();
	});
});

describe('a plausible time', () => {
	it.each([
		['2012-01-01T00:00:00Z', true],
		['2011-12-31T23:59:59.999Z', false],
		['1970-01-01T00:00:00Z', false],
		['0001-01-01T00:00:00.0000000Z', false],
		['2026-05-29T13:00:00Z', true],
		['2026-05-29T13:00:00.001Z', false],
		['9999-12-31T23:59:59Z', false],
		['some day', false],
		[undefined, false],
	])('is %j: %s', (text, isOne) => {
		expect(plausibleTime(text, noon)).toBe(isOne ? readTime(text) : undefined);
		expect(plausibleTime(text, noon) === undefined).toBe(!isOne);
	});
});
