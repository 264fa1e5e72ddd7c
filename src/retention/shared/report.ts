import { count, sentence } from '../../common/text.ts';
import type { Log } from '../../log/log.ts';
import type { Aged } from './changes.ts';
import type { RetentionResult } from './context.ts';

/** Reports why nothing can be aged in this pass. */
export function nothingAged(log: Log, why: string): RetentionResult {
	log.error(`${sentence(why)} Nothing was archived or deleted.`);
	return { totals: undefined, problems: ['old data could not be archived or deleted'] };
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

/** Rounded down, so that what is called 60 days old is 60 days old. */
export function days({ decision: { ageDays = 0 } }: Pick<Aged, 'decision'>): string {
	return `${(Math.floor(ageDays * 10) / 10).toFixed(1)} days`;
}
