import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Measurement, measure, measureAlone } from './measure.ts';
import { rowOf, tableOf } from './report.ts';
import { alone, scenarios } from './scenarios.ts';

/* Measures whole runs of the built program against the simulator: prints a table, and writes bench.json. */

const { values } = parseArgs({
	options: {
		latency: { type: 'string', default: '50' },
		runs: { type: 'string', default: '5' },
		only: { type: 'string', default: '' },
		json: { type: 'string', default: 'bench.json' },
	},
});
const latencyMillis = Number(values.latency);

const measured = [
	{ scenario: alone('node -e 0'), once: () => measureAlone(['-e', '0']) },
	...scenarios
		.filter(({ name }) => name.includes(values.only))
		.map((scenario) => ({ scenario, once: () => measure(scenario, latencyMillis) })),
].map((each) => ({ ...each, runs: [] as Measurement[] }));
// in rounds, so that other work on the machine meets all of them alike
for (let round = 1; round <= Number(values.runs); round++) {
	for (const { scenario, once, runs } of measured) {
		runs.push(await once());
		process.stderr.write(`${round}: ${scenario.name}\n`);
	}
}
const rows = measured.map(({ scenario, runs }) => rowOf(scenario, runs, latencyMillis));
const [cpu] = cpus();
const machine = {
	date: new Date().toISOString().slice(0, 10),
	node: process.version,
	cpu: cpu?.model ?? 'unknown',
	cores: cpus().length,
	latencyMillis,
	runs: Number(values.runs),
};
process.stdout.write(
	`${machine.date}, Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}, latency ${latencyMillis} ms, medians of ${machine.runs} runs:\n\n${tableOf(rows)}`,
);
writeFileSync(values.json, `${JSON.stringify({ ...machine, rows }, undefined, '\t')}\n`);
