import { count, firstFew, formatBytes } from '../../common/text.ts';
import type { DataChange } from '../../ica/data.ts';
import { type Analysis, nameOf } from '../../ica/schemas.ts';
import type { Postponed } from '../../state/state-file.ts';
import type { RetentionAction, RetentionDecision } from '../policy.ts';
import type { RetentionItem, RetentionPlan } from './plan.ts';

/** An item of the plan that is to be changed. */
export type Change = RetentionItem & { readonly change: DataChange };
/** What became of it. */
export type ChangeOutcome =
	/** `gone`: it was there when the pass looked, and is no more, which needs nobody. */
	| { readonly kind: 'changed' | 'gone' | 'not now' | 'failed' }
	| { readonly kind: 'forbidden'; readonly why: string };

/** Something that has been decided about, wherever it is managed. */
export interface Aged {
	readonly decision: RetentionDecision;
	readonly bytes: number;
}

type Sized = Pick<Aged, 'bytes'>;

/** What became of the things that were to be changed. */
export type ChangeOutcomes = ReadonlyMap<Aged & { readonly change: DataChange }, ChangeOutcome>;

/** Those for which this was decided. */
export function itemsFor<Item extends Aged>(items: readonly Item[], action: RetentionAction): Item[] {
	return items.filter(({ decision }) => decision.action === action);
}

/** What is to be changed so, each with the change. */
export function changesFor<Item extends Aged>(
	items: readonly Item[],
	change: DataChange,
): (Item & { readonly change: DataChange })[] {
	return itemsFor(items, change).map((item) => ({ ...item, change }));
}

/** How what is due for deletion is counted and named. */
export interface ItemWords<Item> {
	/** "analysis is", "analyses are". */
	readonly nouns: readonly [one: string, many: string];
	readonly nameOf: (item: Item) => string;
}

/** So that a look at what is due, and the way on, are one copy and paste away. */
export function tooManyDeletions<Item extends Aged>(
	deletions: readonly Item[],
	{ maxDeletions, command }: { readonly maxDeletions: number; readonly command: string },
	words: ItemWords<Item>,
): string {
	const byAge = deletions.toSorted((a, b) => (b.decision.ageDays ?? 0) - (a.decision.ageDays ?? 0));
	const [oldest, youngest] = [byAge.at(0), byAge.at(-1)].map(
		(item) => item && `${words.nameOf(item)} (${days(item)})`,
	);
	return (
		`${count(deletions.length, ...words.nouns)} due for deletion, more than the ${maxDeletions} that --max_deletions allows, so none is deleted: ` +
		`the oldest is ${oldest}, the newest ${youngest}. Look: ${command} --dry_run. If that is what you want, run once: ${command} --max_deletions ${deletions.length}`
	);
}

/**
 * What of ageing needs a person.
 * @param wasSaid whether that was said of an analysis within the last day
 */
export function problemsOf(
	plan: RetentionPlan,
	outcomes: ReadonlyMap<Change, ChangeOutcome>,
	wasSaid: (analysis: Analysis) => boolean,
): string[] {
	const counted: readonly (readonly [number, string])[] = [
		[plan.failures.length, 'could not be looked at for ageing'],
		[
			[...outcomes.values()].filter((outcome) => outcome.kind === 'failed').length,
			'could not be archived or deleted',
		],
		[
			plan.items.filter(({ analysis, decision }) => decision.needsPerson && !wasSaid(analysis)).length,
			'due, and held until a person has been there',
		],
	];
	return counted.flatMap(([many, what]) =>
		many === 0 ? [] : [`${count(many, 'analysis', 'analyses')} ${what}`],
	);
}

/** So many things of a kind, with so many bytes. */
export interface RetentionTotal {
	/** What was done with them, or why nothing was, in words. */
	readonly what: string;
	/** Analyses in ICA; datasets and runs in BaseSpace. */
	readonly count: number;
	readonly bytes: number;
}

/**
 * What was done, and what is due and was not.
 * @param postponed what an earlier pass has found waiting or held, and this one has not looked at
 */
export function totalsOf(
	items: readonly Aged[],
	outcomes: ChangeOutcomes,
	postponed: readonly Pick<Postponed, 'as' | 'bytes'>[] = [],
): RetentionTotal[] {
	const later = (as: Postponed['as']): readonly Sized[] => postponed.filter((each) => each.as === as);
	const changed = [...outcomes].filter(([, outcome]) => outcome.kind === 'changed').map(([change]) => change);
	const changedBy = (wanted: DataChange): Aged[] => changed.filter(({ change }) => change === wanted);
	const settled = [...outcomes].filter(([, { kind }]) => kind === 'changed' || kind === 'gone');
	const done = new Set(settled.map(([{ decision }]) => decision));
	const undone = items.filter(
		({ decision }) => decision.action !== 'wait' && decision.action !== 'hold' && !done.has(decision),
	);
	const told: readonly (readonly [readonly Sized[], string])[] = [
		[changedBy('delete'), 'deleted'],
		[changedBy('unarchive'), 'brought back for deletion'],
		[changedBy('archive'), 'archived'],
		[[...itemsFor(items, 'wait'), ...later('wait')], 'waiting'],
		[[...itemsFor(items, 'hold'), ...later('hold')], 'held'],
		[undone, 'due and not done'],
	];
	return told.map(([some, what]) => ({
		what,
		count: some.length,
		bytes: some.reduce((sum, item) => sum + item.bytes, 0),
	}));
}

/** The totals for the summary's line. */
export function summarize(totals: readonly RetentionTotal[]): string {
	const parts = totals.flatMap((total) =>
		total.count === 0 ? [] : [`${total.count} ${total.what} (${formatBytes(total.bytes)})`],
	);
	return parts.length === 0 ? 'nothing due' : parts.join(', ');
}

/** One analysis, for a reader: its age, size, place and the reason. */
export function describeItem({ analysis, decision, items, files, bytes }: RetentionItem): string {
	const where = firstFew(
		items.map(({ path, id }) => `${path} (${id})`),
		3,
	);
	return (
		`${nameOf(analysis)}: ${days({ decision })} old, ` +
		`${count(files, 'file')}, ${formatBytes(bytes)}, ${where}: ${decision.why}.`
	);
}

/** Rounded down, so that what is called 60 days old is 60 days old. */
export function days({ decision: { ageDays = 0 } }: Pick<Aged, 'decision'>): string {
	return `${(Math.floor(ageDays * 10) / 10).toFixed(1)} days`;
}
