import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import {
	chownSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Running, runCommand } from '../helpers/installation.ts';
import { blocksOf } from '../helpers/readme.ts';
import { fastqs } from '../helpers/scene.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { type Container, type Engine, findEngine } from './container-engine.ts';
import { needs } from './skip.ts';

/*
 * Builds the image, and runs README's docker command against the simulator as a user that is not root, with the key and
 * the state mounted: a pass that delivers, and one that SIGTERM stops.
 */

const userId = 4321;
const checkout = fileURLToPath(new URL('../..', import.meta.url));
const words = /"[^"]*"|\S+/g;

needs({ root: process.getuid?.() === 0 });
const found = findEngine(checkout);
needs({ 'a container engine': found !== undefined });
if (found !== undefined) {
	await check(found);
}

async function check(engine: Engine): Promise<void> {
	engine.build();
	const root = mkdtempSync(join(tmpdir(), 'umich-orchestrator-image-'));
	const simulator = await startSimulator();
	try {
		await deliver(engine, root, simulator);
		await stop(engine, root, simulator);
		process.stdout.write(
			`By ${engine.name}: the image delivered a run as user ${userId}, and SIGTERM stopped it between two steps.\n`,
		);
	} finally {
		engine.cleanUp();
		await simulator.close();
		rmSync(root, { recursive: true, force: true });
	}
}

async function deliver(engine: Engine, root: string, simulator: Simulator): Promise<void> {
	const { world } = simulator;
	const source = world.addProject('BSSH core', { externallyManaged: true });
	world.addProject('MGI');
	const run = '20260518_LH00619_0041_A22CCFJLT4';
	const { id, reference } = world.addAnalysis(source, { run, files: fastqs('M-1-2') });
	writeFileSync(join(root, 'api_key.txt'), simulator.apiKey, { mode: 0o400 });
	chownSync(join(root, 'api_key.txt'), userId, userId);
	mkdirSync(join(root, 'state'));
	chownSync(join(root, 'state'), userId, userId);

	const { status, stdout, stderr } = await start(engine, root, simulator).ended;

	deepStrictEqual({ status, stderr }, { status: 0, stderr: '' });
	match(stdout, /pass begins in \/state\.\n/);
	const table = join(root, 'state/analyses_managed_table.txt');
	ok(readFileSync(table, 'utf8').includes(`${id},${reference}`));
	strictEqual(statSync(table).uid, userId);
	deepStrictEqual(readdirSync(join(root, 'state')).sort(), [
		'analyses_managed_table.txt',
		'analyses_managed_table.txt.lock',
		'analyses_monitored_file.txt',
		'fastq_manifests',
		'orchestrator.log',
	]);
	world.addAnalysis(source, { run: '20260519_LH00619_0042_A22CCFJLT4', files: fastqs('M-3-4') });
}

async function stop(engine: Engine, root: string, simulator: Simulator): Promise<void> {
	simulator.world.linkJobMillis = 60_000;
	const { child, ended } = start(engine, root, simulator);
	child.stdout?.on('data', (text: Buffer) => {
		if (text.includes('Linking ')) {
			terminate();
		}
	});
	const { status, stderr } = await ended;
	match(stderr, /Warning: Stopped \(SIGTERM\); the next pass goes on from here\./);
	strictEqual(status, 143);
}

function start(engine: Engine, root: string, simulator: Simulator): Running {
	const { options, words: own } = readmeCommand(root);
	const environment = {
		AWS_ENDPOINT_URL_S3: simulator.s3Url,
		UMICH_ORCHESTRATOR_SERVER_URL: simulator.url,
	};
	const variables = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
	const command = engine.command({ options: [...options, ...variables], words: own });
	return runCommand(command, root, { PATH: process.env['PATH'] ?? '', HOME: root });
}

/** The docker command as README has it, for our folders and user. */
function readmeCommand(root: string): Container {
	const block = blocksOf('sh').find((each) => each.includes('docker run')) ?? '';
	const text = block
		.slice(block.indexOf('docker run --rm ') + 'docker run --rm '.length)
		.replaceAll('\\\n', ' ')
		.replace('$(id -u umich-orchestrator):$(id -g umich-orchestrator)', `${userId}:${userId}`)
		.replace('/etc/umich-orchestrator/', `${root}/`)
		.replace('/var/lib/umich-orchestrator:', `${root}/state:`);
	const all = [...text.matchAll(words)].map(([word]) => word.replaceAll('"', ''));
	const image = all.indexOf('umich-orchestrator');
	ok(image > 0, "README's docker command names the image");
	return { options: all.slice(0, image), words: all.slice(image + 1) };
}

/** Whatever the engine, the program is a process of this machine. */
function terminate(): void {
	const processes = readdirSync('/proc').filter((name) => Number(name) > 0);
	const ours = processes.filter((pid) => {
		try {
			const [command, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
			return (
				command?.endsWith('node') && script === '/app/dist/cli.js' && statSync(`/proc/${pid}`).uid === userId
			);
		} catch {
			// it has ended meanwhile
			return false;
		}
	});
	strictEqual(ours.length, 1);
	process.kill(Number(ours[0]), 'SIGTERM');
}
