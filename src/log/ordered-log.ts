import type { Log, LogFields } from './log.ts';

/** The log of one piece of work among several that go on at once. */
interface OwnLog extends Log {
	/** The work is done: its lines may be followed by those of others. */
	end(): void;
}

/**
 * Logs for pieces of work that go on at once, whose lines come in the order in which the work was begun: so two looks at
 * the same things have the same lines.
 */
export function inOrder(log: Log): { next(): OwnLog } {
	const queue: Queued[] = [];
	const flush = (): void => {
		for (let first = queue[0]; first !== undefined; first = queue[0]) {
			for (const write of first.lines.splice(0)) {
				write();
			}
			if (!first.isEnded) {
				return;
			}
			queue.shift();
		}
	};
	return {
		next() {
			const own: Queued = { lines: [], isEnded: false };
			queue.push(own);
			const write =
				(level: keyof Log) =>
				(message: string, fields?: LogFields): void => {
					own.lines.push(() => log[level](message, fields));
					flush();
				};
			return {
				error: write('error'),
				warn: write('warn'),
				info: write('info'),
				debug: write('debug'),
				end() {
					own.isEnded = true;
					flush();
				},
			};
		},
	};
}

interface Queued {
	readonly lines: (() => void)[];
	isEnded: boolean;
}
