import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStateFile } from '../../src/state/state-file.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const noon = Date.parse('2026-05-29T12:00:00Z');
const hour = 60 * 60 * 1000;
const day = 24 * hour;

function newFile(): string {
	return join(temporaryFolder(), 'table.txt.state');
}

/** A pass that says these things: which of them are news. */
function pass(file: string, at: number, said: readonly string[], isWhole = true): boolean[] {
	const state = openStateFile(file, at);
	const news = said.map((words) => state.isNews(words));
	expect(state.save(isWhole)).toBeUndefined();
	return news;
}

describe('what a person was told', () => {
	it('is told again after a day, and not by each pass in between', () => {
		const file = newFile();
		expect(pass(file, noon, ['a', 'b'])).toEqual([true, true]);
		for (let minutes = 10; minutes < 23.9 * 60; minutes += 10) {
			expect(pass(file, noon + minutes * 60_000, ['a', 'b'])).toEqual([false, false]);
		}
		expect(pass(file, noon + day, ['a', 'b'])).toEqual([true, true]);
		expect(pass(file, noon + day + hour, ['a', 'b'])).toEqual([false, false]);
	});

	it('is told at once when it was mended in between, and not when that pass was cut short', () => {
		const file = newFile();
		pass(file, noon, ['a']);
		pass(file, noon + hour, [], false);
		expect(pass(file, noon + 2 * hour, ['a'])).toEqual([false]);
		pass(file, noon + 3 * hour, []);
		expect(pass(file, noon + 4 * hour, ['a'])).toEqual([true]);
	});

	it('is the same whatever durations, ages and numbers of tries are in it, and another with other names or counts', () => {
		const file = newFile();
		pass(file, noon, ['refused, after 6 tries in 17 s (process 12)', '93.0 days old', '2 files of x']);
		expect(
			pass(file, noon + hour, [
				'refused, after 5 tries in 1 min 3 s (process 7123)',
				'93.1 days old',
				'3 files of x',
				'2 files of y',
			]),
		).toEqual([false, false, true, true]);
	});

	it('is told when the clock was set back, and when the state is lost or is none', () => {
		const file = newFile();
		pass(file, noon, ['a']);
		expect(pass(file, noon - 2 * day, ['a'])).toEqual([true]);
		for (const text of ['', '{', '[]', '{"version":2}', '\0']) {
			writeFileSync(file, text);
			expect(pass(file, noon, ['a'])).toEqual([true]);
		}
	});

	it('is kept as a digest, which holds nothing of the words', () => {
		const file = newFile();
		pass(file, noon, ['a name of somebody']);
		expect(readFileSync(file, 'utf8')).not.toContain('somebody');
	});

	it('is no reason to fail when it cannot be kept', () => {
		const state = openStateFile(join(temporaryFolder(), 'missing', 'x.state'), noon);
		state.isNews('a');
		expect(state.save(true)).toMatch(
			/could not be written: .*\. What was reported today is reported again\./,
		);
	});
});

describe('what need not be looked at', () => {
	it('is not until its time, and is again after that', () => {
		const file = newFile();
		const state = openStateFile(file, noon);
		state.postpone('a', { until: noon + 2 * day, as: 'hold', bytes: 7, thresholds: '60 90' });
		state.save(true);
		const next = openStateFile(file, noon + day);
		expect(['a', 'b'].map((id) => next.postponed(id, noon + day))).toEqual([
			{ until: noon + 2 * day, as: 'hold', bytes: 7, thresholds: '60 90' },
			undefined,
		]);
		next.save(true);
		expect(openStateFile(file, noon).postponed('a', noon + 2 * day)).toBeUndefined();
	});

	it('is looked at within fourteen days, whatever the state says', () => {
		const file = newFile();
		const state = openStateFile(file, noon);
		state.postpone('a', { until: noon + 90 * day, as: 'keep', bytes: 0, thresholds: '60 90' });
		state.save(true);
		expect(openStateFile(file, noon).postponed('a', noon + 14 * day)).toBeUndefined();
		for (const until of ['9999-01-01T00:00:00Z', '?']) {
			const postponed = { a: { until, as: 'hold', bytes: 1, thresholds: '' } };
			writeFileSync(file, JSON.stringify({ version: 1, said: {}, postponed, keepToThemselves: [] }));
			expect(openStateFile(file, noon).postponed('a', noon)).toBeUndefined();
		}
	});
});
