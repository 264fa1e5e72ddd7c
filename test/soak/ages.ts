export const dayMillis = 86_400_000;
export const hourMillis = 3_600_000;

/** When data is archived and deleted, in days. */
export interface Thresholds {
	/** `Infinity`: never. */
	readonly toArchive: number;
	readonly toDelete: number;
}

/** Those of the options. */
export const usualThresholds: Thresholds = { toArchive: 60, toDelete: 90 };

/** What holds for what is several recipients'. */
export function longest(all: readonly Thresholds[]): Thresholds {
	return {
		toArchive: Math.max(...all.map(({ toArchive }) => toArchive)),
		toDelete: Math.max(...all.map(({ toDelete }) => toDelete)),
	};
}

/** How long after its delivery nothing is archived or deleted. */
export const daysOfNotice = 14;

/** So near to a day on which something is due, either side is right. */
const graceDays = 0.2;
/** ICA reports times in whole seconds. */
const roundingDays = 2 / 86_400;
/** ICA is younger than this. */
const firstPossible = Date.UTC(2012);

export function daysFrom(begin: Date, end: Date): number {
	return (end.getTime() - begin.getTime()) / dayMillis;
}

export function hasReached(age: number, border: number): boolean {
	return age >= border - roundingDays;
}

/** Whether something of this age, in days, may have been handled or not. */
export function isNear(age: number, borders: readonly number[]): boolean {
	return borders.some((border) => Math.abs(age - border) < graceDays);
}

/** Whether something can have happened at this time. */
export function isPossible(time: Date, now: Date): boolean {
	return time.getTime() >= firstPossible && time <= now;
}
