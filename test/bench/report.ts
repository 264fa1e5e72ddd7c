import type { Measurement } from './measure.ts';
import type { Scenario } from './scenarios.ts';

/** The medians of several runs of a scenario. */
export interface Row extends Measurement {
	readonly name: string;
	/** Whatever the program did: the waiting for servers that no order of requests avoids. */
	readonly unavoidableMillis: number;
}

/** As many as the program sends side by side, by its contract. */
const requestsAtOnce = 8;

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const [low = Number.NaN, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return (low + high) / 2;
}

/** Adds up the runs of a scenario. */
export function rowOf(scenario: Scenario, runs: readonly Measurement[], latencyMillis: number): Row {
	const requests = median(runs.map((run) => run.requests));
	const turns = Math.max(scenario.chain, Math.ceil(requests / requestsAtOnce));
	return {
		name: scenario.name,
		wallMillis: median(runs.map((run) => run.wallMillis)),
		requests,
		peakBytes: median(runs.map((run) => run.peakBytes)),
		unavoidableMillis: turns * latencyMillis + scenario.jobMillis,
	};
}

/** The rows as a table in Markdown. */
export function tableOf(rows: readonly Row[]): string {
	const lines = rows.map(({ name, wallMillis, requests, unavoidableMillis, peakBytes }) =>
		[
			name,
			`${(wallMillis / 1000).toFixed(2)} s`,
			String(requests),
			unavoidableMillis === 0 ? '' : `${Math.round((100 * unavoidableMillis) / wallMillis)} %`,
			`${Math.round(peakBytes / 1e6)} MB`,
		].join(' | '),
	);
	const head = ['what', 'wall time', 'requests', 'of it unavoidable', 'peak memory'];
	return [head.join(' | '), head.map(() => '---').join(' | '), ...lines]
		.map((line) => `| ${line} |\n`)
		.join('');
}
