import { formatBytes } from '../../common/text.ts';
import type { DataChange } from '../../ica/data.ts';
import type { Postponed } from '../../state/state-file.ts';
import { type Aged, type ChangeOutcomes, itemsFor } from './changes.ts';

/** So many things, with so many bytes. */
interface Amount {
	readonly count: number;
	readonly bytes: number;
}

/**
 * What became of old data in one place: of analyses in ICA, of datasets and runs in BaseSpace. The keys are those of the
 * summary file.
 */
export interface RetentionTotals {
	readonly deleted: Amount;
	readonly unarchived_for_deletion: Amount;
	readonly archived: Amount;
	readonly waiting: Amount;
	readonly held: Amount;
	readonly due_not_done: Amount;
}

/** What became of old data in each place; undefined where nothing could be found out, or is to be done. */
export interface OldData {
	readonly ica: RetentionTotals | undefined;
	readonly basespace: RetentionTotals | undefined;
}

const words: Readonly<Record<keyof RetentionTotals, string>> = {
	deleted: 'deleted',
	unarchived_for_deletion: 'unarchived for deletion',
	archived: 'archived',
	waiting: 'waiting',
	held: 'held',
	due_not_done: 'due and not done',
};
const keys = Object.keys(words) as (keyof RetentionTotals)[];

type Sized = Pick<Aged, 'bytes'>;

/**
 * What was done, and what is due and was not.
 * @param postponed what an earlier pass has found waiting or held, and this one has not looked at
 */
export function totalsOf(
	items: readonly Aged[],
	outcomes: ChangeOutcomes,
	postponed: readonly Pick<Postponed, 'as' | 'bytes'>[] = [],
): RetentionTotals {
	const later = (as: Postponed['as']): readonly Sized[] => postponed.filter((each) => each.as === as);
	const changed = [...outcomes].filter(([, outcome]) => outcome.kind === 'changed').map(([change]) => change);
	const changedBy = (wanted: DataChange): Aged[] => changed.filter(({ change }) => change === wanted);
	const settled = [...outcomes].filter(([, { kind }]) => kind === 'changed' || kind === 'gone');
	const done = new Set(settled.map(([{ decision }]) => decision));
	const undone = items.filter(
		({ decision }) => decision.action !== 'wait' && decision.action !== 'hold' && !done.has(decision),
	);
	return {
		deleted: amountOf(changedBy('delete')),
		unarchived_for_deletion: amountOf(changedBy('unarchive')),
		archived: amountOf(changedBy('archive')),
		waiting: amountOf([...itemsFor(items, 'wait'), ...later('wait')]),
		held: amountOf([...itemsFor(items, 'hold'), ...later('hold')]),
		due_not_done: amountOf(undone),
	};
}

function amountOf(some: readonly Sized[]): Amount {
	return { count: some.length, bytes: some.reduce((sum, item) => sum + item.bytes, 0) };
}

/**
 * What became of old data, for the summary's line; empty where nothing could be found out.
 * @param basespace undefined, too, when nothing is to be done there
 */
export function describeOldData({ ica, basespace }: OldData): string {
	const there = basespace === undefined ? '' : `in BaseSpace ${describeTotals(basespace)}`;
	// that ICA has nothing to age is to be expected where BaseSpace has
	const isToTell = ica !== undefined && !(there !== '' && keys.every((key) => ica[key].count === 0));
	return [isToTell ? describeTotals(ica) : '', there].filter((text) => text !== '').join('; ');
}

/** Zero counts are omitted. */
function describeTotals(totals: RetentionTotals): string {
	const parts = keys.flatMap((key) => {
		const { count, bytes } = totals[key];
		return count === 0 ? [] : [`${count} ${words[key]} (${formatBytes(bytes)})`];
	});
	return parts.length === 0 ? 'nothing due' : parts.join(', ');
}
