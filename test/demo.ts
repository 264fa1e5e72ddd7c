import { mkdirSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitStatus } from '../src/exit-status.ts';
import { Installation } from './installation.ts';
import { startSimulator } from './simulator/simulator.ts';
import type { World } from './simulator/world.ts';

/*
 * Shows the program at work without an ICA account: a simulated ICA with a believable project, a dry run, a pass, and
 * a second pass that finds nothing to do. What they leave behind stays in the folder `demo` to look at.
 */

const folder = fileURLToPath(new URL('../demo/', import.meta.url));

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function fastqs(lanes: number, ...samples: readonly string[]): string[] {
	return Array.from({ length: lanes }, (_, lane) => lane + 1).flatMap((lane) =>
		samples.flatMap((sample, index) =>
			['R1', 'R2'].map(
				(read) =>
					`output/Samples/Lane_${lane}/${sample}/${sample}_S${index + 1}_L00${lane}_${read}_001.fastq.gz`,
			),
		),
	);
}

function furnish(world: World): void {
	const core = world.addProject('BSSH core', { externallyManaged: true });
	world.addProject('MGI');
	const size = 3_400_000_000;
	const sized = (paths: readonly string[]): { path: string; size: number }[] =>
		paths.map((path) => ({ path, size }));
	world.addAnalysis(core, {
		run: '20260518_LH00619_0041_A22CCFJLT4',
		files: [
			...sized(fastqs(8, 'M-204-1131', 'M-204-1132', 'M_204_1140', 'PhiX')),
			'output/Reports/Demultiplex_Stats.csv',
		],
	});
	world.addAnalysis(core, {
		run: '20260519_VH00154_0527_2222NMTNX',
		files: sized(fastqs(2, 'M-207-9', 'Mouse7', 'Undetermined')),
	});
	world.addAnalysis(core, {
		run: '20260519_LH00619_0042_B22CCGKLT3',
		files: sized(fastqs(2, 'CGW-11', 'CGW-12')),
	});
	world.addAnalysis(core, { run: '20260520_LH00619_0043_A22CCHLLT3', status: 'IN_PROGRESS' });
	world.addAnalysis(core, {
		run: '20260520_VH00154_0528_2222NMTNX',
		status: 'FAILED',
		summary: 'The samples of lane 1 have the same index',
		launched: { steps: [{ name: 'bcl_convert', status: 'FAILED', exitCode: 1 }] },
	});
	world.addAnalysis(core, {
		run: '20260520_LH00619_0040_A22CCEJLT4',
		pipelineCode: 'DRAGEN Germline Whole Genome 4-3-6',
	});
	world.linkJobMillis = 6000;
}

async function show(installation: Installation, expected: number, ...more: readonly string[]): Promise<void> {
	const command = [
		'umich-orchestrator --api_key_file api_key.txt',
		'--source_project_name "BSSH core" --destination_project_name MGI',
		...more,
	];
	say(`\n$ ${command.join(' ')}`);
	const { child, ended } = installation.start(...more);
	child.stdout?.pipe(process.stdout);
	child.stderr?.pipe(process.stderr);
	const { status } = await ended;
	if (status !== expected) {
		throw new Error(`the program ended with status ${status}`);
	}
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const simulator = await startSimulator();
try {
	furnish(simulator.world);
	const installation = new Installation(folder, simulator, [
		'--source_project_name',
		'BSSH core',
		'--destination_project_name',
		'MGI',
	]);
	say('A simulated ICA is running; each command also has --server_url with its address.');
	// the failed analysis is reported once, and until then needs a person
	await show(installation, exitStatus.needsPerson, '--dry_run');
	await show(installation, exitStatus.needsPerson);
	await show(installation, exitStatus.done);
	const left = installation.files().filter((name) => name !== 'api_key.txt');
	say(`\nTo look at, in ${relative(process.cwd(), folder)}:\n${left.map((name) => `  ${name}`).join('\n')}`);
} finally {
	await simulator.close();
}
