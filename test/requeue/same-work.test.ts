import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/ica/schemas.ts';
import { runNameOf, settledBy } from '../../src/requeue/same-work.ts';
import { requeueReference, templateReference } from '../../src/requeue/user-reference.ts';

const uuid = '0ff58e03-efc1-4e25-bdf5-e3ea835df5dc';
const run = '20240529_LH00619_0013_B22CCFJLT4';
const now = Date.parse('2026-05-29T12:00:00Z');

function analysis(userReference: string | null, changes: Partial<Analysis> = {}): Analysis {
	const pipelineCode = changes.pipelineCode ?? 'BclConvert v4_2_7';
	return {
		id: uuid,
		reference: `${userReference}-${pipelineCode}-${uuid}`,
		userReference,
		status: 'FAILED',
		timeCreated: '2026-05-28T12:00:00Z',
		startDate: '2026-05-28T12:00:00Z',
		endDate: '2026-05-28T18:00:00Z',
		pipelineCode,
		...changes,
	};
}

describe("a run's name", () => {
	it.each([
		['NovaSeqX-Demo_3664cd_3a7062', 'NovaSeqX-Demo'],
		['NovaSeqX-Demo_3664cd_3a7062-BclConvert v4_2_7', 'NovaSeqX-Demo'],
		['NovaSeqX-Demo_3664cd_3a7062-BclConvert_v4_2_7', 'NovaSeqX-Demo'],
		['NovaSeqX-Demo_3664cd_3a7062-BclConvert v4_1_5-requeue-2', 'NovaSeqX-Demo'],
		['Tsqn250707-4_10Jul25_91da19_17d664', 'Tsqn250707-4_10Jul25'],
		['TotalRNA_P4_2_277246003_e9cdbe_40eb82', 'TotalRNA_P4_2_277246003'],
		['run_254911712_autolaunch_f27a40_9e528f-BclConvert_v4_1_5', 'run_254911712_autolaunch'],
		['core/NovaSeqX Demo_3664cd_3a7062', 'NovaSeqX Demo'],
		[`${run}_a912e3_9d578d-BclConvert_v4`, run],
		['240529_M00123_0044_000000000-KX7YZ', '240529_M00123_0044_000000000-KX7YZ'],
		[`core/${run}-requeue`, run],
		['240308_VH00154_526_2222NMTNX_306042_743795', '240308_VH00154_526_2222NMTNX'],
		['rerun of May', undefined],
		['reruns_202505_123456', undefined],
		[`${run}_a912e3_9d578d-from_template`, undefined],
		[null, undefined],
	])('is told by user reference %j: %j', (userReference, name) => {
		expect(runNameOf(analysis(userReference, { reference: 'Unknown' }))).toBe(name);
		expect(runNameOf(analysis(userReference, { userReference: null }))).toBe(name);
	});

	it('is not looked for in a pipeline code that looks like a reference', () => {
		const pipelineCode = 'bcl_convert_3664cd_3a7062';
		expect(runNameOf(analysis('A_91da19_17d664', { pipelineCode, userReference: null }))).toBe('A');
	});
});

/** Whether a failure is settled by a success that ran from 13:00 to 19:00, when it had ended at 12:30. */
function isSettled(
	failed: string | null,
	succeeded: string | null,
	changes: Partial<Analysis> = {},
): boolean {
	const failure = analysis(failed, { endDate: '2026-05-28T12:30:00Z' });
	const success = analysis(succeeded, {
		startDate: '2026-05-28T13:00:00Z',
		endDate: '2026-05-28T19:00:00Z',
		...changes,
	});
	return settledBy([success], 0, now)(failure);
}

describe('a failure is settled', () => {
	it("by what autolaunch makes of the same run's name later, whatever its hexadecimal parts", () => {
		expect(isSettled('NovaSeqX-Demo_3664cd_3a7062', 'NovaSeqX-Demo_91da19_17d664')).toBe(true);
		expect(isSettled(`${run}_3664cd_3a7062`, `${run}_91da19_17d664-BclConvert v4_2_7`)).toBe(true);
		expect(isSettled(`${run}_3664cd_3a7062`, `fixed/${run} by hand`)).toBe(true);
		expect(isSettled(`${run} by hand`, `${run}_lane1_3664cd_3a7062`)).toBe(true);
	});

	it.each([
		['NovaSeqX-Demo_3664cd_3a7062', 'NovaSeqX-Demo2_91da19_17d664'],
		[`${run}_lane1_3664cd_3a7062`, `${run}_lane2_91da19_17d664`],
		[`${run}_3664cd_3a7062`, '20240529_LH00619_0014_B22CCFJLT4_91da19_17d664'],
		[`${run}_3664cd_3a7062`, `${run}_3664cd_3a7062-from_template`],
		['', ''],
		[null, null],
		['Unknown', 'Other'],
	])('not by the work of another run: %j, %j', (failed, succeeded) => {
		expect(isSettled(failed, succeeded)).toBe(false);
	});

	it('not by one of the same run that began before it had ended', () => {
		const other = `${run}_91da19_17d664`;
		expect(isSettled(`${run}_3664cd_3a7062`, other, { startDate: '2026-05-28T12:30:00Z' })).toBe(false);
		expect(isSettled(`${run}_3664cd_3a7062`, other, { startDate: '2026-05-28T12:30:01Z' })).toBe(true);
	});

	it('by one of the same user reference that ended later, wherever it began', () => {
		const early = { startDate: '2026-05-28T11:00:00Z', timeCreated: '2026-05-28T11:00:00Z' };
		for (const other of ['mine', 'mine-requeue', 'mine-requeue-12']) {
			expect(isSettled('mine', other, early)).toBe(true);
			expect(isSettled('mine-requeue', other, early)).toBe(true);
			expect(isSettled('mine', other, { ...early, endDate: '2026-05-28T12:30:00Z' })).toBe(false);
		}
		expect(isSettled('mine', 'mine 2', early)).toBe(false);
	});

	it('by its requeues, whatever its user reference is, and not by those of another', () => {
		const early = { startDate: '2026-05-28T11:00:00Z', timeCreated: '2026-05-28T11:00:00Z' };
		const any = fc.oneof(
			fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
			fc.stringMatching(/^[a-z µ/]{235,260}$/),
		);
		fc.assert(
			fc.property(any, (name) => {
				const requeued = requeueReference(name);
				expect(isSettled(name, requeued, early)).toBe(true);
				expect(isSettled(name, requeueReference(requeued), early)).toBe(true);
				expect(isSettled(name, requeueReference(`another ${name}`), early)).toBe(false);
				expect(isSettled(name, templateReference(name), early)).toBe(false);
			}),
		);
	});

	it.each(['0001-01-01T00:00:00.0000000Z', '2031-01-01T00:00:00Z', 'some day'])(
		'not by a date that cannot be: %s',
		(date) => {
			const dates = { timeCreated: date, startDate: date };
			expect(isSettled(`${run}_3664cd_3a7062`, `${run}_91da19_17d664`, dates)).toBe(false);
			expect(isSettled('mine', 'mine', { ...dates, endDate: date })).toBe(false);
			const failure = analysis('mine', { ...dates, endDate: date });
			expect(settledBy([analysis('mine')], 0, now)(failure)).toBe(false);
		},
	);
});
