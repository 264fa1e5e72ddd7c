import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BaseSpaceItem } from '../../../src/basespace/schemas.ts';
import { decideForItem, type ItemCircumstances } from '../../../src/retention/basespace/policy.ts';
import { decideRetention } from '../../../src/retention/shared/policy.ts';

const day = 24 * 3_600_000;
const now = Date.parse('2026-05-29T12:00:00Z');
const thresholds = { daysToArchive: 60, daysToDelete: 90 };

function aged(days: number, changes: Partial<BaseSpaceItem> = {}): BaseSpaceItem {
	return {
		kind: 'dataset',
		id: 'ds.1',
		name: 'one',
		dateCreated: new Date(now - days * day).toISOString().replace('Z', '0000Z'),
		isArchived: false,
		isDeleted: false,
		unfinished: undefined,
		bytes: 1,
		ownerId: '1',
		projectId: '2',
		...changes,
	};
}

const free: ItemCircumstances = { notOurs: undefined, hold: undefined, restoringSince: undefined };

function actionFor(
	days: number,
	changes: Partial<BaseSpaceItem> = {},
	circumstances: Partial<ItemCircumstances> = {},
): string {
	return decideForItem(aged(days, changes), { ...free, ...circumstances }, thresholds, now).action;
}

describe('the policy for what BaseSpace manages', () => {
	it('is that for ICA, at every age and for both states', () => {
		const ages = fc.double({ min: 0, max: 200, noNaN: true });
		fc.assert(
			fc.property(ages, fc.boolean(), (days, isArchived) => {
				const startDate = aged(days).dateCreated;
				const analysis = {
					status: 'SUCCEEDED',
					timeCreated: startDate,
					startDate,
					endDate: startDate,
					isBclConvert: false,
					wasManaged: true,
				};
				const fileStatuses = new Map([[isArchived ? 'ARCHIVED' : 'AVAILABLE', 1]]);
				const inIca = decideRetention(
					analysis,
					{ fileStatuses, filesCreated: [], obstacle: undefined, proof: { kind: 'nothing owed' } },
					thresholds,
					now,
				);
				expect(actionFor(days, { isArchived })).toBe(inIca.action);
			}),
		);
	});

	it('reads dates with seven decimals, to the threshold', () => {
		expect(actionFor(59.999_99)).toBe('keep');
		expect(actionFor(60)).toBe('archive');
		expect(actionFor(90)).toBe('delete');
		expect(actionFor(0, { dateCreated: '2026-01-13T12:11:20.0000000Z' })).toBe('delete');
		expect(actionFor(0, { dateCreated: 'some time ago' })).toBe('keep');
	});

	it('keeps, whatever the age, what is deleted, of others or unfinished; and holds only what is due', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 2000, noNaN: true }), fc.boolean(), (days, isArchived) => {
				expect(actionFor(days, { isArchived, isDeleted: true })).toBe('keep');
				expect(actionFor(days, { isArchived, unfinished: 'Running' })).toBe('keep');
				expect(actionFor(days, { isArchived }, { notOurs: 'shared' })).toBe('keep');
				const held = actionFor(days, { isArchived }, { hold: 'not delivered' });
				expect(held).toBe(actionFor(days, { isArchived }) === 'keep' ? 'keep' : 'hold');
			}),
		);
	});

	it('waits for what is on its way back, for two days, as long as it is archived', () => {
		const since = (hours: number): Partial<ItemCircumstances> => ({
			restoringSince: now - hours * 3_600_000,
		});
		expect(actionFor(95, { isArchived: true }, since(48))).toBe('wait');
		expect(actionFor(95, { isArchived: true }, since(51))).toBe('unarchive');
		expect(actionFor(95, { isArchived: false }, since(1))).toBe('delete');
	});
});
