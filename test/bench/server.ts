import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '../simulator/simulator.ts';
import { scenarios } from './scenarios.ts';

/*
 * The simulator in a process of its own, so that its work is not counted as the program's: started with a scenario's
 * name, a latency and the folder of the installation; tells where it is, and, when asked, how many requests it got.
 */

const [name, latencyMillis, folder = '.'] = process.argv.slice(2);
const scenario = scenarios.find((each) => each.name === name);
if (scenario === undefined) {
	throw new Error(`there is no scenario ${name}`);
}
const simulator = await startSimulator({ latencyMillis: Number(latencyMillis) });
const source = simulator.world.addProject('BSSH core');
const [first = 'MGI', ...others] = scenario.recipients;
const managed = scenario.furnish(simulator.world, source, [
	simulator.world.addProject(first),
	...others.map((each) => simulator.world.addProject(each)),
]);
const recipients = scenario.recipients.map((each) => `${each},^${each[0]}-,${each}\n`);
writeFileSync(join(folder, 'recipients.csv'), `name,pattern,project\n${recipients.join('')}`);
const rows = managed.map(({ id, reference }) => `${id},${reference}\n`);
writeFileSync(join(folder, 'analyses_managed_table.txt'), `analysis_id_managed,run_id\n${rows.join('')}`);
writeFileSync(join(folder, 'api_key.txt'), simulator.apiKey, { mode: 0o600 });
process.send?.({ url: simulator.url, s3Url: simulator.s3Url });
process.on('message', () => {
	process.send?.({ requests: simulator.exchanges.length + simulator.s3Exchanges.length });
});
