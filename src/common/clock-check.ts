import { formatDuration } from './text.ts';

const maxClockDifferenceMs = 60 * 60 * 1000;

/** The time by a service's clock. */
export interface ServiceTime {
	/** Milliseconds since 1970, UTC; by this machine's clock where the service's is not known. */
	readonly now: number;
	/** Why nothing final may be decided by it; undefined: it may. */
	readonly trouble: string | undefined;
}

/**
 * The time by a service's clock, which alone decides what is final. Where this machine's differs much, one of them is
 * wrong, and nobody knows which.
 * @param machineNow milliseconds since 1970, UTC
 * @param differenceMs by how much the service's clock is ahead of this machine's; undefined when it is not known
 */
export function serviceTime(
	machineNow: number,
	differenceMs: number | undefined,
	service: string,
): ServiceTime {
	return {
		now: machineNow + (differenceMs ?? 0),
		trouble: describeWrongClock(differenceMs, service),
	};
}

/**
 * A wrong clock here would take a year of data for old.
 * @param differenceMs by how much the service's clock is ahead of this machine's
 * @returns what is wrong, or undefined
 */
export function describeWrongClock(differenceMs: number | undefined, service: string): string | undefined {
	if (differenceMs === undefined) {
		return `${service} does not report its time, so this machine's clock cannot be checked.`;
	}
	if (Math.abs(differenceMs) <= maxClockDifferenceMs) {
		return undefined;
	}
	const direction = differenceMs > 0 ? 'behind' : 'ahead of';
	return `This machine's clock is ${formatDuration(Math.abs(differenceMs))} ${direction} ${service}'s: set it right.`;
}
