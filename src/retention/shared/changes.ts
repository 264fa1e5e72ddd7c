import type { DataChange } from '../../ica/data.ts';
import type { RetentionAction, RetentionDecision } from './policy.ts';

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
