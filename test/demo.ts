import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitStatus } from '../src/cli/exit-status.ts';
import { Installation } from './helpers/installation.ts';
import type { Analysis, Project } from './simulator/model.ts';
import { type Simulator, startSimulator } from './simulator/simulator.ts';
import type { World } from './simulator/world.ts';

/*
 * Shows the program at work without an ICA account: a simulated ICA with a believable project that BaseSpace Sequence
 * Hub made, and a simulated BaseSpace; a dry run, a pass, and a second pass that finds nothing to do. What they leave behind stays in the folder `demo` to look at.
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

/** What BaseSpace Sequence Hub leaves in each output: the names of the projects that hold the same data. */
const bsshOutput = {
	path: 'bsshoutput.json',
	content: JSON.stringify({ Projects: { '0': { Name: 'Core 2026' } } }),
};

const day = 24 * 3_600_000;

/** Runs of two and three months ago, in ICA and in BaseSpace; the table and their manifests say that they were delivered. */
function furnishPast(world: World, core: Project, mgi: Project): Analysis[] {
	const { basespace } = world;
	const project = basespace.addProject('Core 2026');
	return [
		[62, '0029_B22CCAAAT3', 'M-190-7'],
		[93, '0021_A22CBBBBT3', 'M-181-2'],
	].map(([days, flowcell, sample]) => {
		const dateCreated = new Date(world.now().getTime() - Number(days) * day);
		const run = `${dateCreated.toISOString().slice(0, 10).replaceAll('-', '')}_LH00619_${flowcell}`;
		const analysis = world.addAnalysis(core, {
			run,
			startDate: dateCreated,
			files: [...fastqs(2, String(sample), 'PhiX'), bsshOutput],
		});
		world.addFile(mgi, `/fastq_manifests/${analysis.reference}.download_manifest.csv`, {
			content: 'file_name,file_path,data_id,project_id\n',
			timeCreated: new Date(dateCreated.getTime() + day / 4),
		});
		basespace.addRun([project], { name: run, dateCreated, bytes: 880_000_000_000 });
		for (const name of [sample, 'PhiX']) {
			basespace.addDataset(project, { name: `${name}_L1`, dateCreated, bytes: 13_600_000_000 });
		}
		return analysis;
	});
}

function furnish(world: World): Analysis[] {
	const core = world.addProject('BSSH core', { externallyManaged: true });
	const mgi = world.addProject('MGI');
	const size = 3_400_000_000;
	const sized = (paths: readonly string[]): { path: string; size: number }[] =>
		paths.map((path) => ({ path, size }));
	world.addAnalysis(core, {
		run: '20260518_LH00619_0041_A22CCFJLT4',
		files: [
			...sized(fastqs(8, 'M-204-1131', 'M-204-1132', 'M_204_1140', 'PhiX')),
			'output/Reports/Demultiplex_Stats.csv',
			bsshOutput,
		],
	});
	world.addAnalysis(core, {
		run: '20260519_VH00154_0527_2222NMTNX',
		files: [...sized(fastqs(2, 'M-207-9', 'Mouse7', 'Undetermined')), bsshOutput],
	});
	world.addAnalysis(core, {
		run: '20260519_LH00619_0042_B22CCGKLT3',
		files: [...sized(fastqs(2, 'CGW-11', 'CGW-12')), bsshOutput],
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
	const past = furnishPast(world, core, mgi);
	for (const { run } of world.analyses.of(core).values()) {
		const { basespace } = world;
		if (!basespace.items.some(({ name }) => name === run)) {
			basespace.addRun(basespace.projects, { name: run, bytes: 880_000_000_000 });
		}
	}
	return past;
}

/** The table of an installation that has been at work for months, and the token as the BaseSpace CLI writes it. */
function writeFiles(delivered: readonly Analysis[], { basespaceUrl, basespaceToken }: Simulator): void {
	const rows = delivered.map(({ id, reference }) => `${id},${reference}\n`);
	writeFileSync(join(folder, 'analyses_managed_table.txt'), `analysis_id_managed,run_id\n${rows.join('')}`);
	writeFileSync(
		join(folder, 'basespace.cfg'),
		`apiServer   = ${basespaceUrl}\naccessToken = ${basespaceToken}\n`,
		{ mode: 0o600 },
	);
}

async function show(installation: Installation, expected: number, ...more: readonly string[]): Promise<void> {
	const command = [
		'umich-orchestrator --api_key_file api_key.txt',
		'--source_project_name "BSSH core" --destination_project_name MGI',
		'--basespace_access_token_file basespace.cfg',
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
	writeFiles(furnish(simulator.world), simulator);
	const installation = new Installation(folder, simulator, [
		'--source_project_name',
		'BSSH core',
		'--destination_project_name',
		'MGI',
		'--basespace_access_token_file',
		'basespace.cfg',
	]);
	say('A simulated ICA and BaseSpace are running; each command also has --server_url with its address.');
	// the failed analysis is reported once, and until then needs action
	await show(installation, exitStatus.needsAction, '--dry_run');
	await show(installation, exitStatus.needsAction);
	await show(installation, exitStatus.done);
	const left = installation.files().filter((name) => !['api_key.txt', 'basespace.cfg'].includes(name));
	say(`\nTo look at, in ${relative(process.cwd(), folder)}:\n${left.map((name) => `  ${name}`).join('\n')}`);
} finally {
	await simulator.close();
}
