import type { BaseSpaceItem } from '../../basespace/schemas.ts';
import { plausibleTime } from '../../common/dates.ts';
import { dueAtAge, type RetentionThresholds } from '../shared/due.ts';
import { type RetentionDecision, type Verdict, verdictOf } from '../shared/policy.ts';

/** What is known of a dataset or run beside what BaseSpace reports of it. */
export interface ItemCircumstances {
	/** Why it is none of this program's business, whatever its age; undefined: it is. */
	readonly notOurs: string | undefined;
	/** Why it must not be touched before a delivery has been made; undefined: it may. */
	readonly hold: string | undefined;
	/** When an earlier pass asked for it to be unarchived, in milliseconds since 1970; undefined: not. */
	readonly restoringSince: number | undefined;
}

/** Illumina's own limit, and some: asked again before that, nothing would be faster. */
const maxRestoreMs = 50 * 60 * 60 * 1000;

/**
 * Decides what is to be done with a dataset or run: the policy for ICA's data, on what BaseSpace reports.
 * @param now milliseconds since 1970, UTC
 */
export function decideForItem(
	item: BaseSpaceItem,
	circumstances: ItemCircumstances,
	thresholds: RetentionThresholds,
	now: number,
): RetentionDecision {
	return {
		needsAction: false,
		...decide(item, circumstances, thresholds, now),
		ageDays: ageOf(item, now),
	};
}

const dayMs = 24 * 60 * 60 * 1000;
const impossibleDate = 'without a date that can be, so that their age is not known';
const unarchivable = 'in a state in which BaseSpace does not archive';

/** Days of 24 hours; undefined where BaseSpace gives none, as in `0001-01-01T00:00:00.0000000Z`. */
function ageOf({ dateCreated }: BaseSpaceItem, now: number): number | undefined {
	const created = plausibleTime(dateCreated, now);
	return created === undefined ? undefined : (now - created) / dayMs;
}

function decide(
	item: BaseSpaceItem,
	{ notOurs, hold, restoringSince }: ItemCircumstances,
	thresholds: RetentionThresholds,
	now: number,
): Verdict {
	const age = ageOf(item, now);
	const due = dueAtAge(age, thresholds);
	const alone = reasonToLeave(item, notOurs) ?? (age === undefined ? impossibleDate : undefined);
	const stays = alone ?? (due === 'archive' ? reasonNotToArchive(item) : undefined);
	if (due === 'nothing' || stays !== undefined) {
		return { action: 'keep', why: stays ?? 'young' };
	}
	if (hold !== undefined) {
		return { action: 'hold', why: hold };
	}
	if (item.isArchived && restoringSince !== undefined && now - restoringSince < maxRestoreMs) {
		return { action: 'wait', why: 'due for deletion, and being unarchived' };
	}
	return verdictOf(due, [[item.isArchived ? 'ARCHIVED' : 'AVAILABLE', 1]], thresholds);
}

function reasonNotToArchive({ isArchived, unarchivable: state }: BaseSpaceItem): string | undefined {
	if (isArchived) {
		return 'archived already';
	}
	return state === undefined ? undefined : unarchivable;
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
