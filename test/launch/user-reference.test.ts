import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	requeueReference,
	sequencingRunOf,
	templateReference,
	userReferencePattern,
	workOf,
} from '../../src/launch/user-reference.ts';

describe('the user reference of a requeue', () => {
	it.each([
		['B22CCFJLT4', 'B22CCFJLT4-requeue'],
		['B22CCFJLT4-requeue', 'B22CCFJLT4-requeue-2'],
		['B22CCFJLT4-requeue-9', 'B22CCFJLT4-requeue-10'],
		['a//b/', 'a/b-requeue'],
		['µ & "so" on', '_ _ _so_ on-requeue'],
		['', '-requeue'],
	])('of %j is %j', (before, after) => {
		expect(requeueReference(before)).toBe(after);
	});

	it("obeys ICA's pattern and length and says what it is, whatever the previous one was", () => {
		const any = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 300 }),
			fc.stringMatching(/^[a-zA-Z0-9 _/-]{0,300}$/),
		);
		fc.assert(
			fc.property(any, (before) => {
				for (const after of [requeueReference(before), templateReference(before)]) {
					expect(after).toMatch(userReferencePattern);
					expect(after.length).toBeLessThanOrEqual(255);
				}
				expect(requeueReference(before)).toMatch(/-requeue(-\d+)?$/);
				expect(requeueReference(requeueReference(before))).toMatch(/-requeue-\d+$/);
			}),
		);
	});
});

describe('the work of an analysis', () => {
	const reference = 'something';

	it.each([
		['20240529_LH00619_0013_B22CCFJLT4_a912e3_9d578d-BclConvert_v4', '20240529_LH00619_0013_B22CCFJLT4'],
		['240529_M00123_0044_000000000-KX7YZ', '240529_M00123_0044_000000000-KX7YZ'],
		['core/20240529_LH00619_0013_B22CCFJLT4-requeue', '20240529_LH00619_0013_B22CCFJLT4'],
		['rerun of May', undefined],
	])('has the run that %j tells', (userReference, run) => {
		expect(sequencingRunOf({ userReference, reference })).toBe(run);
	});

	it('is the same for an analysis and its requeues', () => {
		for (const userReference of [
			'rerun of May',
			'20240529_LH00619_0013_B22CCFJLT4_a912e3-BclConvert',
			'x/y',
		]) {
			const requeued = requeueReference(userReference);
			const work = workOf({ userReference, reference });
			for (const later of [userReference, requeued, requeueReference(requeued)]) {
				expect(workOf({ userReference: later, reference }).some((one) => work.includes(one))).toBe(true);
			}
		}
	});

	it('is not the same for analyses of which nothing is known', () => {
		expect(workOf({ userReference: null, reference })).toEqual([]);
		expect(workOf({ userReference: '', reference })).toEqual([]);
	});
});
