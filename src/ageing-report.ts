import type { AgeingItem, AgeingPlan } from './ageing-plan.ts';
import type { DataChange } from './ica/data.ts';
import { nameOf } from './ica/schemas.ts';
import type { RetentionAction } from './retention.ts';
import { count, firstFew, formatBytes } from './text.ts';

/** An item of the plan that is to be changed. */
export type Change = AgeingItem & { readonly change: DataChange };
/** What became of it. */
export type ChangeEnd =
	| { readonly kind: 'changed' | 'not now' | 'failed' }
	| { readonly kind: 'forbidden'; readonly why: string };

/** The items of a plan for which this was decided. */
export function itemsFor(plan: AgeingPlan, action: RetentionAction): AgeingItem[] {
	return plan.items.filter(({ decision }) => decision.action === action);
}

/** So that a look at what is due, and the way on, are one copy and paste away. */
export function tooManyDeletions(
	deletions: readonly Change[],
	{ maxDeletions, command }: { readonly maxDeletions: number; readonly command: string },
): string {
	const byAge = deletions.toSorted((a, b) => (b.decision.ageDays ?? 0) - (a.decision.ageDays ?? 0));
	const [oldest, youngest] = [byAge.at(0), byAge.at(-1)].map(
		(item) => item && `${item.analysis.reference} (${days(item)})`,
	);
	return (
		`${count(deletions.length, 'analysis is', 'analyses are')} due for deletion, more than the ${maxDeletions} that --max_deletions allows, so none is deleted: ` +
		`the oldest is ${oldest}, the newest ${youngest}. Look: ${command} --dry_run. If that is what you want, run once: ${command} --max_deletions ${deletions.length}`
	);
}

/** What of ageing needs a person. */
export function problemsOf(plan: AgeingPlan, ends: ReadonlyMap<Change, ChangeEnd>): string[] {
	const counted: readonly (readonly [number, string])[] = [
		[plan.failures.length, 'could not be looked at for ageing'],
		[[...ends.values()].filter((end) => end.kind === 'failed').length, 'could not be archived or deleted'],
		[
			plan.items.filter(({ decision }) => decision.needsPerson).length,
			'due, and held until a person has been there',
		],
	];
	return counted.flatMap(([many, what]) =>
		many === 0 ? [] : [`${count(many, 'analysis', 'analyses')} ${what}`],
	);
}

/** So many analyses, with so many bytes in their output. */
export interface AgeingTotal {
	/** What was done with them, or why nothing was, in words. */
	readonly what: string;
	readonly analyses: number;
	readonly bytes: number;
}

/** What was done, and what is due and was not. */
export function totalsOf(plan: AgeingPlan, ends: ReadonlyMap<Change, ChangeEnd>): AgeingTotal[] {
	const changed = [...ends].filter(([, end]) => end.kind === 'changed').map(([change]) => change);
	const changedBy = (wanted: DataChange): Change[] => changed.filter(({ change }) => change === wanted);
	const told: readonly (readonly [readonly AgeingItem[], string])[] = [
		[changedBy('delete'), 'deleted'],
		[changedBy('unarchive'), 'brought back for deletion'],
		[changedBy('archive'), 'archived'],
		[itemsFor(plan, 'wait'), 'waiting'],
		[itemsFor(plan, 'hold'), 'held'],
		[plan.items.filter((item) => isUndone(item, changed)), 'due and not done'],
	];
	return told.map(([items, what]) => ({
		what,
		analyses: items.length,
		bytes: items.reduce((sum, item) => sum + item.bytes, 0),
	}));
}

/** The totals for the summary's line. */
export function summarize(totals: readonly AgeingTotal[]): string {
	const parts = totals.flatMap(({ what, analyses, bytes }) =>
		analyses === 0 ? [] : [`${analyses} ${what} (${formatBytes(bytes)})`],
	);
	return parts.length === 0 ? 'nothing due' : parts.join(', ');
}

function isUndone({ analysis, decision }: AgeingItem, changed: readonly Change[]): boolean {
	const isChange = decision.action !== 'wait' && decision.action !== 'hold';
	return isChange && !changed.some((change) => change.analysis === analysis);
}

/** One analysis, for a reader: its age, size, place and the reason. */
export function describeItem({ analysis, decision, items, files, bytes }: AgeingItem): string {
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
function days({ decision: { ageDays = 0 } }: Pick<AgeingItem, 'decision'>): string {
	return `${(Math.floor(ageDays * 10) / 10).toFixed(1)} days`;
}
