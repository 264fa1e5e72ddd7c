import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../common/clock.ts';
import { StoppedError } from '../common/errors.ts';

/** The machine's clock, whose waits end when `stop` is aborted. */
export function systemClock(stop: AbortSignal): Clock {
	return {
		now: () => Date.now(),
		ticks: () => performance.now(),
		async sleep(milliseconds) {
			try {
				await delay(milliseconds, undefined, { signal: stop });
			} catch {
				throw new StoppedError();
			}
		},
	};
}
