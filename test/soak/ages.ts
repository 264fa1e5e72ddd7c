const dayMillis = 86_400_000;

export const daysToArchive = 60;
export const daysToDelete = 90;

/** So near to a day on which something is due, either side is right. */
const graceDays = 0.2;

export function daysFrom(begin: Date, end: Date): number {
	return (end.getTime() - begin.getTime()) / dayMillis;
}

/** Whether something of this age, in days, may have been handled or not. */
export function isNear(age: number): boolean {
	return [daysToArchive, daysToDelete].some((border) => Math.abs(age - border) < graceDays);
}
