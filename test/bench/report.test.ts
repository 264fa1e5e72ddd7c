import { describe, expect, it } from 'vitest';
import { median, rowOf, tableOf } from './report.ts';
import { scenarios } from './scenarios.ts';

const run = { wallMillis: 1000, requests: 20, peakBytes: 1e8 };

function chainOf(name: string): number | undefined {
	return scenarios.find((scenario) => scenario.name.includes(name))?.chain;
}

describe('the benchmark', () => {
	it('takes the median', () => {
		expect(median([3, 1, 2])).toBe(2);
		expect(median([4, 1, 3, 2])).toBe(2.5);
		expect(median([7])).toBe(7);
	});

	it('takes for unavoidable the chain of requests, or the turns that all of them need, and the jobs', () => {
		const scenario = {
			name: 'x',
			words: [],
			recipients: ['MGI'],
			furnish: () => [],
			chain: 5,
			jobMillis: 100,
		};
		expect(rowOf(scenario, [run], 50).unavoidableMillis).toBe(5 * 50 + 100);
		expect(rowOf(scenario, [{ ...run, requests: 81 }], 50).unavoidableMillis).toBe(11 * 50 + 100);
	});

	it('counts a page of a thousand at a time', () => {
		expect(chainOf('1,000 past')).toBe(4);
		expect(chainOf('10,000 past')).toBe(13);
		expect(chainOf('1 new, 50,000')).toBe(3 + 2 + 50 + 2 + 10 + 2);
	});

	it('prints a table in Markdown', () => {
		expect(tableOf([{ ...run, name: 'x', unavoidableMillis: 500 }])).toBe(
			'| what | wall time | requests | of it unavoidable | peak memory |\n| --- | --- | --- | --- | --- |\n' +
				'| x | 1.00 s | 20 | 50 % | 100 MB |\n',
		);
	});
});
