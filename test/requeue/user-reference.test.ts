import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	requeueReference,
	templateReference,
	userReferencePattern,
} from '../../src/requeue/user-reference.ts';

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
