import type { Clock } from '../common/clock.ts';
import { count, formatDuration } from '../common/text.ts';
import type { Console } from '../log/log.ts';

/** What a person at a terminal sees while a pass waits for servers. */
export interface Progress {
	delivered(done: number, total: number): void;
	end(): void;
}

const everyMs = 250;

/** Begins to show how long a pass has been at work, and what it has got done; without a terminal, nothing is shown. */
export function startProgress({ progress }: Console, clock: Clock, requestsSent: () => number): Progress {
	if (progress === undefined) {
		return { delivered: () => undefined, end: () => undefined };
	}
	const begun = clock.ticks();
	let deliveries = '';
	const timer = setInterval(() => {
		const sent = count(requestsSent(), 'request');
		progress(`Working: ${formatDuration(clock.ticks() - begun)}, ${sent}${deliveries}`);
	}, everyMs);
	return {
		delivered(done, total) {
			deliveries = `, ${done} of ${count(total, 'analysis', 'analyses')} looked at`;
		},
		end() {
			clearInterval(timer);
			progress('');
		},
	};
}
