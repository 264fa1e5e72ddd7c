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

async function several(once: () => Promise<Measurement>): Promise<Measurement[]> {
	const runs: Measurement[] = [];
	for (let run = 0; run < Number(values.runs); run++) {
		runs.push(await once());
	}
	return runs;
}

const node = alone('node -e 0');
const rows = [rowOf(node, await several(() => measureAlone(['-e', '0'])), latencyMillis)];
for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
	rows.push(rowOf(scenario, await several(() => measure(scenario, latencyMillis)), latencyMillis));
	process.stderr.write(`${scenario.name}\n`);
}
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
