import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	type AgedAnalysis,
	ageInDays,
	decideRetention,
	dueByAge,
	type OutputState,
	type RetentionAction,
} from '../src/retention.ts';

const thresholds = { daysToArchive: 60, daysToDelete: 90 };
const now = Date.parse('2026-05-29T12:00:00Z');
const second = 1000;
const day = 24 * 60 * 60 * second;

const analysis: AgedAnalysis = {
	status: 'SUCCEEDED',
	startDate: new Date(now).toISOString(),
	isBclConvert: true,
	wasManaged: true,
};

function aged(ageMs: number, changes: Partial<AgedAnalysis> = {}): AgedAnalysis {
	return { ...analysis, startDate: new Date(now - ageMs).toISOString(), ...changes };
}

function holding(fileStatuses: Readonly<Record<string, number>>, obstacle?: string): OutputState {
	return { fileStatuses: new Map(Object.entries(fileStatuses)), obstacle };
}

const available = holding({ AVAILABLE: 3 });

function action(of: AgedAnalysis, output = available): string {
	return decideRetention(of, output, thresholds, now).action;
}

describe('the age of an analysis', () => {
	it.each([
		[59 * day + 86_399 * second, 'keep'],
		[60 * day - 1, 'keep'],
		[60 * day, 'archive'],
		[89 * day, 'archive'],
		[90 * day - 1, 'archive'],
		[90 * day, 'delete'],
		[5000 * day, 'delete'],
		[0, 'keep'],
		[-365 * day, 'keep'],
	])('of %d ms has the consequence: %s', (age, expected) => {
		expect(action(aged(age))).toBe(expected);
	});

	it('counts days of 24 hours, a leap day like any other', () => {
		expect(ageInDays('2028-02-28T12:00:00Z', Date.parse('2028-03-01T12:00:00Z'))).toBe(2);
		expect(ageInDays('2026-02-28T12:00:00Z', Date.parse('2026-03-01T12:00:00Z'))).toBe(1);
	});

	it.each([
		'2026-05-28T12:00:00Z',
		'2026-05-28T12:00:00.000Z',
		'2026-05-28T12:00:00.0000000Z',
		'2026-05-28T14:00:00+02:00',
		'2026-05-28T12:00:00',
	])('is one day for %s', (time) => {
		expect(ageInDays(time, now)).toBe(1);
	});

	it.each(['', 'yesterday', '2026-13-45T99:00:00Z'])('is unknown for %j, and nothing is due', (startDate) => {
		expect(ageInDays(startDate, now)).toBeUndefined();
		expect(action({ ...analysis, startDate })).toBe('keep');
	});
});

describe('the retention policy', () => {
	it.each([
		[95, { AVAILABLE: 3 }, 'delete'],
		[95, { ARCHIVED: 3 }, 'unarchive'],
		[95, { AVAILABLE: 2, ARCHIVED: 1 }, 'unarchive'],
		[95, { ARCHIVING: 1, AVAILABLE: 9 }, 'wait'],
		[95, { UNARCHIVING: 1, ARCHIVED: 9 }, 'wait'],
		[95, { DELETING: 1 }, 'wait'],
		[95, { PARTIAL: 1, AVAILABLE: 9 }, 'wait'],
		[95, { NEW_IN_2027: 1 }, 'wait'],
		[95, {}, 'keep'],
		[95, { AVAILABLE: 0 }, 'keep'],
		[70, { AVAILABLE: 3 }, 'archive'],
		[70, { AVAILABLE: 1, ARCHIVED: 9 }, 'archive'],
		[70, { ARCHIVED: 3 }, 'keep'],
		[70, { ARCHIVING: 3 }, 'keep'],
		[70, { AVAILABLE: 1, UNARCHIVING: 1 }, 'keep'],
		[70, { PARTIAL: 1 }, 'keep'],
		[70, {}, 'keep'],
	] as const)('at %d days with files %j: %s', (days, files, expected) => {
		expect(action(aged(days * day), holding(files))).toBe(expected);
	});

	it('holds what was not delivered when the pass began, and says so', () => {
		expect(decideRetention(aged(95 * day, { wasManaged: false }), available, thresholds, now)).toEqual({
			action: 'hold',
			why: 'it was not delivered when the pass began',
			needsPerson: false,
			ageDays: 95,
		});
	});

	it.each([
		{ wasManaged: false, isBclConvert: false },
		{ wasManaged: false, status: 'FAILED' },
		{ wasManaged: false, status: 'ABORTED' },
	])('does not wait for a delivery that there will never be: %j', (changes) => {
		expect(action(aged(95 * day, changes))).toBe('delete');
	});

	it('holds what has an obstacle', () => {
		expect(
			decideRetention(aged(95 * day), holding({ AVAILABLE: 1 }, 'others use it'), thresholds, now),
		).toEqual({ action: 'hold', why: 'others use it', needsPerson: true, ageDays: 95 });
		expect(action(aged(70 * day), holding({ AVAILABLE: 1 }, 'others use it'))).toBe('hold');
	});

	it('archives nothing when deletion comes first', () => {
		const sooner = { daysToArchive: 60, daysToDelete: 30 };
		expect(decideRetention(aged(29 * day), available, sooner, now).action).toBe('keep');
		expect(decideRetention(aged(30 * day), available, sooner, now).action).toBe('delete');
		expect(decideRetention(aged(70 * day), available, sooner, now).action).toBe('delete');
	});

	const statuses = [
		'REQUESTED',
		'QUEUED',
		'IN_PROGRESS',
		'AWAITING_INPUT',
		'ABORTING',
		'SUCCEEDED',
		'FAILED',
		'FAILED_FINAL',
		'ABORTED',
		'NEW_IN_2027',
	];
	const dataStatuses = [
		'PARTIAL',
		'AVAILABLE',
		'ARCHIVING',
		'ARCHIVED',
		'UNARCHIVING',
		'DELETING',
		'NEW_IN_2027',
	];
	const anyInput = fc.record({
		status: fc.constantFrom(...statuses),
		age: fc.oneof(fc.integer({ min: -100 * day, max: 400 * day }), fc.constantFrom(60 * day, 90 * day)),
		isBclConvert: fc.boolean(),
		wasManaged: fc.boolean(),
		files: fc.dictionary(fc.constantFrom(...dataStatuses), fc.nat({ max: 3 })),
		obstacle: fc.option(fc.constant('an obstacle'), { nil: undefined }),
		daysToArchive: fc.integer({ min: 1, max: 200 }),
		daysToDelete: fc.integer({ min: 1, max: 200 }),
	});

	function protections(
		{ status, isBclConvert, wasManaged }: AgedAnalysis,
		{ files, obstacle }: { files: Readonly<Record<string, number>>; obstacle: string | undefined },
	): string[] {
		const hasEnded = ['SUCCEEDED', 'FAILED', 'FAILED_FINAL', 'ABORTED'].includes(status);
		const isUndelivered = isBclConvert && status === 'SUCCEEDED' && !wasManaged;
		const moving = Object.keys(files).filter(
			(each) => !['AVAILABLE', 'ARCHIVED'].includes(each) && files[each] !== 0,
		);
		return [
			...(hasEnded ? [] : ['running']),
			...(isUndelivered ? ['undelivered'] : []),
			...(obstacle === undefined ? [] : [obstacle]),
			...moving,
		];
	}

	it('never deletes what is still in the archive', () => {
		expect(action(aged(95 * day), holding({ ARCHIVED: 1, AVAILABLE: 99 }))).not.toBe('delete');
	});

	it('touches, whatever the input, nothing young, running, undelivered, in motion or with an obstacle', () => {
		fc.assert(
			fc.property(anyInput, (input) => {
				const subject = aged(input.age, input);
				const chosen = decideRetention(subject, holding(input.files, input.obstacle), input, now).action;
				const { daysToArchive, daysToDelete, files } = input;
				const rules: Partial<Record<RetentionAction, { days: number; from: string }>> = {
					archive: { days: daysToArchive, from: 'AVAILABLE' },
					unarchive: { days: daysToDelete, from: 'ARCHIVED' },
					delete: { days: daysToDelete, from: 'AVAILABLE' },
				};
				const rule = rules[chosen];
				if (rule !== undefined) {
					expect(ageInDays(subject.startDate, now)).toBeGreaterThanOrEqual(rule.days);
					expect(protections(subject, input)).toEqual([]);
					expect(files[rule.from]).toBeGreaterThan(0);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('says by age alone that nothing is due exactly when the whole policy keeps for that reason', () => {
		fc.assert(
			fc.property(anyInput, (input) => {
				const subject = aged(input.age, { status: input.status });
				const { action: chosen } = decideRetention(subject, available, input, now);
				expect(chosen === 'keep').toBe(dueByAge(subject, input, now) === 'nothing');
			}),
		);
	});
});
