import type { BaseSpaceItem } from './basespace/schemas.ts';
import {
	ageInDays,
	dueAtAge,
	type RetentionDecision,
	type RetentionThresholds,
	type Verdict,
	verdictOf,
} from './retention.ts';

/** What is known of a dataset or run beside what BaseSpace says of it. */
export interface ItemCircumstances {
	/** Why it is none of this program's business, whatever its age; undefined: it is. */
	readonly notOurs: string | undefined;
	/** Why it must not be touched before a delivery has been made; undefined: it may. */
	readonly hold: string | undefined;
	/** When an earlier pass asked for it back from the archive, in milliseconds since 1970; undefined: not. */
	readonly restoringSince: number | undefined;
}

/** Illumina's own limit, and some: asked again before that, nothing would be faster. */
const longestRestoreMs = 50 * 60 * 60 * 1000;

/**
 * Decides what is to be done with a dataset or run: the policy for ICA's data, on what BaseSpace says.
 * @param now milliseconds since 1970, UTC
 */
export function decideForItem(
	item: BaseSpaceItem,
	circumstances: ItemCircumstances,
	thresholds: RetentionThresholds,
	now: number,
): RetentionDecision {
	return {
		needsPerson: false,
		...decide(item, circumstances, thresholds, now),
		ageDays: ageInDays(item.dateCreated, now),
	};
}

function decide(
	item: BaseSpaceItem,
	{ notOurs, hold, restoringSince }: ItemCircumstances,
	thresholds: RetentionThresholds,
	now: number,
): Verdict {
	const due = dueAtAge(ageInDays(item.dateCreated, now), thresholds);
	const alone = reasonToLeave(item, notOurs);
	if (due === 'nothing' || alone !== undefined) {
		return { action: 'keep', why: alone ?? 'young' };
	}
	if (item.isArchived && due === 'archive') {
		return { action: 'keep', why: 'archived already' };
	}
	if (hold !== undefined) {
		return { action: 'hold', why: hold };
	}
	if (item.isArchived && restoringSince !== undefined && now - restoringSince < longestRestoreMs) {
		return { action: 'wait', why: 'due for deletion, and on its way back from the archive' };
	}
	return verdictOf(due, [[item.isArchived ? 'ARCHIVED' : 'AVAILABLE', 1]], thresholds);
}

function reasonToLeave(item: BaseSpaceItem, notOurs: string | undefined): string | undefined {
	if (item.isDeleted) {
		return 'in the trash or deleted already';
	}
	if (notOurs !== undefined) {
		return notOurs;
	}
	return item.unfinished === undefined ? undefined : 'unfinished';
}
