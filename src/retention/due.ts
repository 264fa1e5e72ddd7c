import { plausibleTime } from '../common/dates.ts';

/** Thresholds, in days of 24 hours; both at least 1. */
export interface RetentionThresholds {
	readonly daysToArchive: number;
	readonly daysToDelete: number;
}

interface WithStatus {
	/** ICA's status of the analysis. */
	readonly status: string;
}

/** The dates of an analysis, as ICA gives them. */
export interface AnalysisDates {
	readonly timeCreated: string;
	/** Its creation where it has no start. */
	readonly startDate: string;
	readonly endDate: string | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;
/** ICA's statuses of an analysis that will not move any more. */
export const ended: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'FAILED_FINAL', 'ABORTED']);

/** What age alone asks for. */
export type Due = 'nothing' | 'archive' | 'delete';

/** @param age days of 24 hours; undefined when it is not known: then nothing is due */
export function dueAtAge(age: number | undefined, { daysToArchive, daysToDelete }: RetentionThresholds): Due {
	if (age === undefined) {
		return 'nothing';
	}
	if (age >= daysToDelete) {
		return 'delete';
	}
	return age >= daysToArchive ? 'archive' : 'nothing';
}

/**
 * When an analysis came to its end: its end, or start, or creation, whichever ICA tells first.
 * @param now milliseconds since 1970, UTC
 * @returns milliseconds since 1970; undefined when one of its dates cannot be, so that none of them is to be believed
 */
export function endOf({ timeCreated, startDate, endDate }: AnalysisDates, now: number): number | undefined {
	const created = plausibleTime(timeCreated, now);
	const started = startDate === timeCreated ? created : plausibleTime(startDate, now);
	const ending = endDate === undefined ? started : plausibleTime(endDate, now);
	return created === undefined || started === undefined ? undefined : ending;
}

/**
 * Decides by the analysis's own dates what is due: nothing, archiving or deletion. What is in its output can only make
 * that later.
 * @param now milliseconds since 1970, UTC
 */
export function dueByAge(
	analysis: AnalysisDates & WithStatus,
	thresholds: RetentionThresholds,
	now: number,
): Due {
	const end = ended.has(analysis.status) ? endOf(analysis, now) : undefined;
	return end === undefined ? 'nothing' : dueAtAge((now - end) / dayMs, thresholds);
}

/** Whether an analysis has ended at a time that cannot be, which only a person can make out. */
export function hasImpossibleDates(analysis: AnalysisDates & WithStatus, now: number): boolean {
	return ended.has(analysis.status) && endOf(analysis, now) === undefined;
}
