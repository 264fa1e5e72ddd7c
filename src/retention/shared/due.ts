import { type AnalysisDates, ended, endOf } from '../../analyses/times.ts';

/** Thresholds, in days of 24 hours; both at least 1, `Infinity` for never. */
export interface RetentionThresholds {
	readonly daysToArchive: number;
	readonly daysToDelete: number;
}

/** The shortest of some thresholds: what is younger is due by none. */
export function shortest(some: readonly RetentionThresholds[]): RetentionThresholds {
	return combined(some, Math.min);
}

/** The longest of some thresholds: what is due by them is due by all. */
export function longest(some: readonly RetentionThresholds[]): RetentionThresholds {
	return combined(some, Math.max);
}

function combined(
	some: readonly RetentionThresholds[],
	choose: (...days: readonly number[]) => number,
): RetentionThresholds {
	return {
		daysToArchive: choose(...some.map(({ daysToArchive }) => daysToArchive)),
		daysToDelete: choose(...some.map(({ daysToDelete }) => daysToDelete)),
	};
}

const dayMs = 24 * 60 * 60 * 1000;

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
 * Decides by the analysis's own dates what is due: nothing, archiving or deletion. What is in its output can only make
 * that later.
 * @param now milliseconds since 1970, UTC
 */
export function dueByAge(
	analysis: AnalysisDates & { readonly status: string },
	thresholds: RetentionThresholds,
	now: number,
): Due {
	const end = ended.has(analysis.status) ? endOf(analysis, now) : undefined;
	return end === undefined ? 'nothing' : dueAtAge((now - end) / dayMs, thresholds);
}
