import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasImpossibleDates } from '../../../src/analyses/times.ts';
import type { Proof } from '../../../src/delivery/proof.ts';
import { dueByAge } from '../../../src/retention/shared/due.ts';
import {
	type AgedAnalysis,
	decideRetention,
	type OutputState,
	type RetentionAction,
} from '../../../src/retention/shared/policy.ts';
import { analysisStatuses, dataStatuses } from '../../simulator/model.ts';

const thresholds = { daysToArchive: 60, daysToDelete: 90 };
const now = Date.parse('2026-05-29T12:00:00Z');
const second = 1000;
const day = 24 * 60 * 60 * second;

const analysis: AgedAnalysis = {
	status: 'SUCCEEDED',
	timeCreated: '2012-02-01T00:00:00Z',
	startDate: '2012-02-01T00:00:00Z',
	endDate: new Date(now).toISOString(),
	isBclConvert: true,
	wasManaged: true,
};

function aged(ageMs: number, changes: Partial<AgedAnalysis> = {}): AgedAnalysis {
	return { ...analysis, endDate: new Date(now - ageMs).toISOString(), ...changes };
}

function holding(
	fileStatuses: Readonly<Record<string, number>>,
	obstacle?: string,
	changes: Partial<OutputState> = {},
): OutputState {
	return {
		fileStatuses: new Map(Object.entries(fileStatuses)),
		filesCreated: [],
		obstacle,
		proof: { kind: 'delivered', at: now - 14 * day },
		...changes,
	};
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
		[-59 * 60 * second, 'keep'],
		[-365 * day, 'hold'],
	])('of %d ms has the consequence: %s', (age, expected) => {
		expect(action(aged(age))).toBe(expected);
	});

	it('counts days of 24 hours, a leap day like any other', () => {
		const ageOn = (endDate: string, today: string): number | undefined =>
			decideRetention({ ...analysis, endDate }, available, thresholds, Date.parse(today)).ageDays;
		expect(ageOn('2028-02-28T12:00:00Z', '2028-03-01T12:00:00Z')).toBe(2);
		expect(ageOn('2026-02-28T12:00:00Z', '2026-03-01T12:00:00Z')).toBe(1);
	});

	it.each([
		'2026-05-28T12:00:00Z',
		'2026-05-28T12:00:00.000Z',
		'2026-05-28T12:00:00.0000000Z',
		'2026-05-28T14:00:00+02:00',
		'2026-05-28T14:00:00+0200',
		'2026-05-28T12:00:00',
	])('is one day for %s', (endDate) => {
		expect(decideRetention({ ...analysis, endDate }, available, thresholds, now).ageDays).toBe(1);
	});

	it.each(['', 'yesterday', '2026-13-45T99:00:00Z'])(
		'is unknown for %j, and a person is asked',
		(endDate) => {
			expect(decideRetention({ ...analysis, endDate }, available, thresholds, now)).toMatchObject({
				action: 'hold',
				needsAction: true,
				ageDays: undefined,
			});
			expect(dueByAge({ ...analysis, endDate }, thresholds, now)).toBe('nothing');
			expect(hasImpossibleDates({ ...analysis, endDate }, now)).toBe(true);
		},
	);

	it.each(['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '2011-12-31T23:59:59Z', '2027-01-01T00:00:00Z'])(
		'is not known by a date that cannot be: %s, of the analysis or of a file of its own',
		(wrong) => {
			const old = aged(1000 * day);
			const subjects: [AgedAnalysis, OutputState][] = [
				[{ ...old, startDate: wrong, endDate: undefined }, available],
				[{ ...old, startDate: wrong }, available],
				[{ ...old, timeCreated: wrong }, available],
				[{ ...old, endDate: wrong }, available],
				[old, { ...available, filesCreated: [old.timeCreated, wrong] }],
				[old, { ...available, filesCreated: [undefined] }],
			];
			expect(subjects.map(([of, output]) => decideRetention(of, output, thresholds, now))).toEqual(
				subjects.map(() => expect.objectContaining({ action: 'hold', needsAction: true })),
			);
		},
	);

	it('is that of the end, of the start where there is none, and of the newest of its own files', () => {
		const long = { ...analysis, startDate: new Date(now - 100 * day).toISOString() };
		expect(action({ ...long, endDate: new Date(now - 60 * 60 * second).toISOString() })).toBe('keep');
		expect(action({ ...long, endDate: undefined })).toBe('delete');
		const newest = holding({ AVAILABLE: 2 }, undefined, {
			filesCreated: [100, 10].map((days) => new Date(now - days * day).toISOString()),
		});
		expect(decideRetention(aged(100 * day), newest, thresholds, now)).toMatchObject({
			action: 'keep',
			why: 'young',
			ageDays: 10,
			notBefore: now + 50 * day,
		});
	});

	it.each(['FAILED', 'FAILED_FINAL', 'ABORTED'])(
		'counts for %s, and in any zone, like any other',
		(status) => {
			const endDate = new Date(now - 90 * day + 2 * 60 * 60 * second).toISOString().replace('Z', '+0200');
			expect(action({ ...analysis, status, endDate })).toBe('delete');
		},
	);
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
			why: 'it was not delivered when the pass began; what is delivered stays for 14 days',
			needsAction: false,
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
		).toEqual({ action: 'hold', why: 'others use it', needsAction: true, ageDays: 95 });
		expect(action(aged(70 * day), holding({ AVAILABLE: 1 }, 'others use it'))).toBe('hold');
	});

	it('archives nothing when deletion comes first', () => {
		const sooner = { daysToArchive: 60, daysToDelete: 30 };
		expect(decideRetention(aged(29 * day), available, sooner, now).action).toBe('keep');
		expect(decideRetention(aged(30 * day), available, sooner, now).action).toBe('delete');
		expect(decideRetention(aged(70 * day), available, sooner, now).action).toBe('delete');
	});

	const statuses = [...analysisStatuses, 'NEW_IN_2027'];
	const anyDataStatus = [...dataStatuses, 'NEW_IN_2027'];
	const anyInput = fc.record({
		status: fc.constantFrom(...statuses),
		age: fc.oneof(fc.integer({ min: -100 * day, max: 400 * day }), fc.constantFrom(60 * day, 90 * day)),
		fileAge: fc.oneof(fc.integer({ min: -10 * day, max: 400 * day }), fc.constant(undefined)),
		proof: fc.oneof(
			fc.integer({ min: 0, max: 30 * day }).map((ago): Proof => ({ kind: 'delivered', at: now - ago })),
			fc.constantFrom<Proof>({ kind: 'nothing owed' }, { kind: 'missing' }, { kind: 'unknown', why: '?' }),
		),
		isBclConvert: fc.boolean(),
		wasManaged: fc.boolean(),
		files: fc.dictionary(fc.constantFrom(...anyDataStatus), fc.nat({ max: 3 })),
		obstacle: fc.option(fc.constant('an obstacle'), { nil: undefined }),
		daysToArchive: fc.integer({ min: 1, max: 200 }),
		daysToDelete: fc.integer({ min: 1, max: 200 }),
	});

	type Input = typeof anyInput extends fc.Arbitrary<infer Value> ? Value : never;

	/** What the input says of the output; without a word of files where it says of none. */
	function outputOf({ files, obstacle, fileAge, proof }: Input): OutputState {
		const filesCreated = fileAge === undefined ? [] : [new Date(now - fileAge).toISOString()];
		return holding(files, obstacle, { filesCreated, proof });
	}

	function protections(
		{ status, isBclConvert, wasManaged }: AgedAnalysis,
		{ files, obstacle, proof }: Pick<Input, 'files' | 'obstacle' | 'proof'>,
	): string[] {
		const isProven =
			proof.kind === 'nothing owed' || (proof.kind === 'delivered' && now - proof.at >= 14 * day);
		const hasEnded = ['SUCCEEDED', 'FAILED', 'FAILED_FINAL', 'ABORTED'].includes(status);
		const isUndelivered = isBclConvert && status === 'SUCCEEDED' && !wasManaged;
		const moving = Object.keys(files).filter(
			(each) => !['AVAILABLE', 'ARCHIVED'].includes(each) && files[each] !== 0,
		);
		return [
			...(hasEnded ? [] : ['running']),
			...(isUndelivered ? ['undelivered'] : []),
			...(obstacle === undefined ? [] : [obstacle]),
			...(isProven ? [] : ['without proof']),
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
				const chosen = decideRetention(subject, outputOf(input), input, now).action;
				const { daysToArchive, daysToDelete, files, age, fileAge = age } = input;
				const rules: Partial<Record<RetentionAction, { days: number; from: string }>> = {
					archive: { days: daysToArchive, from: 'AVAILABLE' },
					unarchive: { days: daysToDelete, from: 'ARCHIVED' },
					delete: { days: daysToDelete, from: 'AVAILABLE' },
				};
				const rule = rules[chosen];
				if (rule !== undefined) {
					expect(Math.min(age, fileAge)).toBeGreaterThanOrEqual(rule.days * day);
					expect(protections(subject, input)).toEqual([]);
					expect(files[rule.from]).toBeGreaterThan(0);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('deletes, archives or unarchives, whatever the input, all that is old enough and that nothing protects', () => {
		const free = fc.record({
			status: fc.constantFrom('SUCCEEDED', 'FAILED', 'FAILED_FINAL', 'ABORTED'),
			isBclConvert: fc.boolean(),
			age: fc.integer({ min: 200 * day, max: 400 * day }),
			fileAge: fc.integer({ min: 200 * day, max: 400 * day }),
			files: fc.record({ AVAILABLE: fc.integer({ min: 1, max: 3 }), ARCHIVED: fc.nat({ max: 3 }) }),
			proof: fc.oneof(
				fc
					.integer({ min: 14 * day, max: 90 * day })
					.map((ago): Proof => ({ kind: 'delivered', at: now - ago })),
				fc.constant<Proof>({ kind: 'nothing owed' }),
			),
			daysToArchive: fc.integer({ min: 1, max: 200 }),
			daysToDelete: fc.integer({ min: 1, max: 400 }),
		});
		fc.assert(
			fc.property(free, (input) => {
				const output = outputOf({ ...input, wasManaged: true, obstacle: undefined });
				const isOld = Math.min(input.age, input.fileAge) >= input.daysToDelete * day;
				const towardsDeletion = input.files.ARCHIVED > 0 ? 'unarchive' : 'delete';
				const { action: chosen } = decideRetention(aged(input.age, input), output, input, now);
				expect(chosen).toBe(isOld ? towardsDeletion : 'archive');
			}),
		);
	});

	it('says by its dates alone that something is due at least when the whole policy finds that', () => {
		fc.assert(
			fc.property(anyInput, (input) => {
				const subject = aged(input.age, { status: input.status });
				const { action: chosen } = decideRetention(subject, outputOf(input), input, now);
				if (!['keep', 'hold'].includes(chosen)) {
					expect(dueByAge(subject, input, now)).not.toBe('nothing');
				}
			}),
		);
	});
});
