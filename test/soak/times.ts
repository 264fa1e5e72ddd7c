import type { AnalysisSpec } from '../simulator/model.ts';
import { dayMillis, hourMillis } from './ages.ts';
import type { Dice } from './dice.ts';

/** When an analysis ran, in truth, and what ICA reports of it. */
export interface Course {
	/** undefined: it is under way. */
	readonly end: Date | undefined;
	readonly spec: Pick<
		AnalysisSpec,
		'timeCreated' | 'startDate' | 'endDate' | 'dataTimeCreated' | 'folderTimeCreated'
	>;
	/** When one of its files was made that was made long after its end, or at a time that cannot be. */
	readonly lastFile: Date | undefined;
}

const never = new Date('0001-01-01T00:00:00Z');
const epoch = new Date(0);
const farAhead = new Date('2090-01-01T00:00:00Z');

/** Draws the times of an analysis that began so many days, and three hours, ago. */
export function courseOf(dice: Dice, now: Date, daysAgo: number, isDone: boolean): Course {
	const start = new Date(now.getTime() - daysAgo * dayMillis - 3 * hourMillis);
	const timeCreated = new Date(start.getTime() - 60_000);
	const dataTimeCreated = new Date(start.getTime() + hourMillis);
	const spec = { timeCreated, startDate: start, endDate: null, dataTimeCreated };
	if (!isDone) {
		return { end: undefined, spec, lastFile: undefined };
	}
	const end = dataTimeCreated;
	const later = (millis: number): Date => new Date(Math.min(end.getTime() + millis, now.getTime()));
	const whole = {
		...spec,
		endDate: end,
		...(dice.happens(0.3) ? { folderTimeCreated: later(dice.from(5, 300) * 60_000) } : {}),
	};
	switch (dice.from(0, 14)) {
		case 0:
			return { end, spec: { ...whole, endDate: dice.oneOf([never, epoch, farAhead]) }, lastFile: undefined };
		case 1:
			return { end, spec: { ...whole, startDate: never, endDate: null }, lastFile: undefined };
		case 2:
			return { end, spec: whole, lastFile: farAhead };
		case 3:
		case 4:
			return { end, spec: whole, lastFile: later(dice.from(1, 240) * hourMillis) };
		default:
			return { end, spec: whole, lastFile: undefined };
	}
}
