import { plausibleTime } from '../common/dates.ts';

/** The dates of an analysis, as ICA gives them. */
export interface AnalysisDates {
	readonly timeCreated: string;
	/** Its creation where it has no start. */
	readonly startDate: string;
	readonly endDate: string | undefined;
}

/** ICA's statuses of an analysis that will not move any more; every other one, known or not, is under way. */
export const ended: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'FAILED_FINAL', 'ABORTED']);

/**
 * When an analysis came to its end: its end, or start, or creation, whichever ICA reports first.
 * @param now milliseconds since 1970, UTC
 * @returns milliseconds since 1970; undefined when one of its dates cannot be, so that none of them is to be believed
 */
export function endOf({ timeCreated, startDate, endDate }: AnalysisDates, now: number): number | undefined {
	const created = plausibleTime(timeCreated, now);
	const started = startDate === timeCreated ? created : plausibleTime(startDate, now);
	const ending = endDate === undefined ? started : plausibleTime(endDate, now);
	return created === undefined || started === undefined ? undefined : ending;
}

/** Whether an analysis has ended at a time that cannot be, which only a person can make out. */
export function hasImpossibleDates(
	analysis: AnalysisDates & { readonly status: string },
	now: number,
): boolean {
	return ended.has(analysis.status) && endOf(analysis, now) === undefined;
}

/**
 * When an analysis ended; where ICA does not report it, its start or creation. Undefined when none of them can be.
 * @param now milliseconds since 1970, UTC
 */
export function lastTimeOf(
	{ endDate, startDate, timeCreated }: AnalysisDates,
	now: number,
): number | undefined {
	return plausibleTime(endDate, now) ?? beginOf({ startDate, timeCreated }, now);
}

/**
 * When an analysis began; where ICA does not report it, its creation. Undefined when neither can be.
 * @param now milliseconds since 1970, UTC
 */
export function beginOf(
	{ startDate, timeCreated }: Pick<AnalysisDates, 'startDate' | 'timeCreated'>,
	now: number,
): number | undefined {
	return plausibleTime(startDate, now) ?? plausibleTime(timeCreated, now);
}
