import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../src/state/lock.ts';
import { runProgram } from '../helpers/installation.ts';
import { addOriginal, type Kind, kinds } from '../helpers/originals.ts';
import { lookingOperations, type Scene, startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { Analysis, AnalysisSpec } from '../simulator/model.ts';

const [nextflow] = kinds as readonly [Kind];
const hour = 3_600_000;

function original(scene: Scene, spec: Partial<AnalysisSpec> = {}): Analysis {
	return addOriginal(scene, nextflow, scene.destination, spec);
}

function launched(scene: Scene): Analysis[] {
	return [...scene.world.analyses.of(scene.destination).values()];
}

function run(...args: string[]) {
	return runProgram(temporaryFolder(), {}, ['requeue', ...args]).ended;
}

const refusing =
	'bssh_core belongs to BaseSpace, and externally managed projects refuse launches: ' +
	'umich-orchestrator requeue with --project_name makes templates for another project.';

describe('the requeue command', () => {
	it('prints and saves both templates, and starts nothing', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		const installation = scene.install();

		const outcome = await installation.requeue('--analysis_id', id.toUpperCase());

		expect(outcome.status).toBe(0);
		expect(outcome.stderr).toBe(`Warning: ${refusing}\n`);
		const templates = installation.files().filter((file) => file.startsWith('requeue_templates/'));
		expect(templates).toHaveLength(2);
		for (const file of templates) {
			expect(outcome.stdout).toContain(`Written: ${file}`);
			expect(outcome.stdout).toContain(installation.read(file));
		}
		expect(scene.operations().filter((operation) => operation.startsWith('create'))).toEqual([
			'createJwtToken',
		]);
		expect(
			installation.files().filter((file) => file.includes('table') || file.includes('monitored')),
		).toEqual([]);
	});

	it('starts the analysis in the project that it is told, and says its id and status', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		const outcome = await scene
			.install()
			.requeue('--analysis_id', id, '--project_id', scene.destination.id, '--launch');
		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		const [started] = launched(scene);
		expect(outcome.stdout).toMatch(
			new RegExp(`Started in MGI: .*\\(analysis ${started?.id}\\), status REQUESTED\\.`),
		);
	});

	it('starts it once when the answer was lost on the way', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		scene.simulator.addFault({
			operation: nextflow.operation,
			answer: { kind: 'reset' },
			afterEffect: true,
		});
		const outcome = await scene.install().requeue('--analysis_id', id, '--project_name', 'MGI', '--launch');
		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		expect(scene.operations().filter((operation) => operation === nextflow.operation)).toHaveLength(2);
		expect(launched(scene)).toHaveLength(1);
	});

	it('says that it may have been started when no answer came that tells', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		scene.simulator.addFault({ operation: nextflow.operation, answer: { kind: 'html' }, afterEffect: true });
		const outcome = await scene.install().requeue('--analysis_id', id, '--project_name', 'MGI', '--launch');
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toMatch(
			/Could not start analysis .* It may have been started all the same: look for \S+-requeue in MGI before you try again\. Exit status 1\.\n$/,
		);
		expect(launched(scene)).toHaveLength(1);
	});

	it('says in a dry run what it would write and send, and does neither', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		const installation = scene.install();
		const flags = ['--analysis_id', id, '--project_name', 'MGI', '--launch', '--dry_run'];

		const outcome = await installation.requeue(...flags);

		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		expect(outcome.stdout).toContain('Would write requeue_templates/');
		expect(outcome.stdout).toContain(
			`Would send POST /ica/rest/api/projects/${scene.destination.id}/analysis:nextflow with the body`,
		);
		expect(outcome.stdout).toContain('"userReference"');
		expect(installation.files()).toEqual(['api_key.txt', 'orchestrator.log']);
		expect(launched(scene)).toEqual([]);
		const looking = /^(?:get|find)/;
		expect(
			scene
				.operations()
				.filter((operation) => !(lookingOperations.has(operation) || looking.test(operation))),
		).toEqual([]);
	});

	it('explains why an externally managed project refuses, with the templates written all the same', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		const installation = scene.install();
		const outcome = await installation.requeue('--analysis_id', id, '--launch');
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toMatch(
			/\nError: Could not start analysis .* in bssh_core: status 403, .* Externally managed projects refuse launches, .* choose another project to launch in by --project_name or --project_id\. Exit status 1\.\n$/,
		);
		expect(installation.files().filter((file) => file.startsWith('requeue_'))).toHaveLength(2);
	});

	it('takes the newest analysis of a user reference, and says when there are several', async () => {
		const scene = await startScene();
		const now = scene.world.now().getTime();
		const [older, newer] = [3, 2].map((hours) =>
			original(scene, { userReference: 'my run', startDate: new Date(now - hours * hour), run: `r${hours}` }),
		);
		original(scene, { userReference: 'my run 2', run: 'r1' });
		const one = await scene.install().requeue('--user_reference', 'my run 2', '--dry_run');
		expect(one.stdout).not.toContain('have this user reference');
		const outcome = await scene.install().requeue('--user_reference', 'my run', '--project_name', 'MGI');
		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		expect(outcome.stdout).toContain(
			`2 analyses have this user reference: the newest is taken, ${newer?.id}`,
		);
		expect(outcome.stdout).toContain(`by --analysis_id: ${older?.id} of 20`);
		expect(outcome.stdout).toContain(`Templates from ${newer?.reference}, which is FAILED`);
	});

	it('takes the newest of a pipeline that succeeded, by code or id, as a template for new work', async () => {
		const scene = await startScene();
		const now = scene.world.now().getTime();
		const at = (hours: number) => ({ startDate: new Date(now - hours * hour), run: `r${hours}` });
		original(scene, { status: 'SUCCEEDED', ...at(9) });
		const newest = original(scene, { status: 'SUCCEEDED', ...at(8) });
		original(scene, { status: 'FAILED', ...at(7) });
		for (const pipeline of [nextflow.code, newest.pipeline.id]) {
			const outcome = await scene.install().requeue('--pipeline', pipeline, '--project_name', 'MGI');
			expect(outcome).toMatchObject({ status: 0, stderr: '' });
			expect(outcome.stdout).toContain(`Templates from ${newest.reference}, which succeeded`);
			expect(outcome.stdout).toContain('-from_template"');
		}
	});

	it('does not start what has a secret field, which ICA does not hand out', async () => {
		const scene = await startScene();
		scene.world.pipelines.set('form', { inputFormType: 'JSON' });
		const form = [{ id: 'token', sensitive: true, values: ['hidden'] }];
		const { id } = scene.analysis({ pipelineCode: 'form', launched: { form } });
		const outcome = await scene.install().requeue('--analysis_id', id, '--project_name', 'MGI', '--launch');
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain(
			'Warning: Left out, since a template holds no secrets: fill in token yourself.',
		);
		expect(outcome.stderr).toContain('Not started: ICA does not hand out what is in token.');
		expect(launched(scene)).toEqual([]);
	});

	it('leaves the activation code to ICA where none can be found, and says so', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		scene.world.pipelines.set(nextflow.code, { ...nextflow.pipeline, activationCode: undefined });
		const outcome = await scene.install().requeue('--analysis_id', id, '--project_name', 'MGI', '--launch');
		expect(outcome.status).toBe(0);
		expect(outcome.stderr).toContain(
			'Warning: No activation code is named, so ICA chooses one. Could not find',
		);
		expect(launched(scene)[0]?.launched.activationCode).toBeUndefined();
	});

	it('runs beside a pass, and touches neither its lock nor its table', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		const installation = scene.install();
		const table = join(installation.folder, 'analyses_managed_table.txt');
		writeFileSync(table, 'no table at all');
		const release = acquireLock(table, Date.now(), 'another pass');
		const outcome = await installation.requeue('--analysis_id', id, '--project_name', 'MGI');
		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		release();
		expect(installation.read('analyses_managed_table.txt')).toBe('no table at all');
	});

	it('keeps secrets out of all that it prints, writes and logs, and no other user can read what it writes', async () => {
		const scene = await startScene();
		const configurations = [{ name: 'key', multiValue: false, values: [scene.simulator.apiKey] }];
		const { id } = original(scene, { launched: { configurations } });
		const installation = scene.install();
		const outcome = await installation.requeue('--analysis_id', id, '--log_level', 'debug');
		const files = installation.files().filter((file) => file !== 'api_key.txt');
		const said = [outcome.stdout, outcome.stderr, ...files.map((file) => installation.read(file))].join('\n');
		expect(said).toContain('[secret]');
		for (const secret of scene.simulator.secrets) {
			expect(said).not.toContain(secret);
		}
		const modes = execFileSync('find', ['requeue_templates', '-perm', '/077'], { cwd: installation.folder });
		expect(modes.toString()).toBe('');
	});

	it('refuses what is not there, with exit status 2 and nothing done', async () => {
		const scene = await startScene();
		original(scene, { status: 'SUCCEEDED' });
		const nowhere = '00000000-0000-4000-8000-000000000000';
		for (const [flags, message] of [
			[['--analysis_id', nowhere], `There is no analysis ${nowhere} in bssh_core. Nothing was changed.`],
			[['--user_reference', 'nobody'], 'no analysis with user reference "nobody"'],
			[
				['--pipeline', 'x'],
				`No analysis of pipeline "x" succeeded in bssh_core. There are those of ${nextflow.code}.`,
			],
			[['--pipeline', 'x', '--project_name', 'MGY'], 'ICA shows this key no launch project named "MGY"'],
		] as const) {
			const installation = scene.install();
			const outcome = await installation.requeue(...flags);
			expect(outcome.status).toBe(2);
			expect(outcome.stderr).toContain(message);
			expect(installation.files()).toEqual(['api_key.txt', 'orchestrator.log']);
		}
	});

	it('says why nothing can be written, and then starts nothing', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		const installation = scene.install();
		writeFileSync(join(installation.folder, 'requeue_templates'), '');
		const outcome = await installation.requeue('--analysis_id', id, '--project_name', 'MGI', '--launch');
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain('The requeue templates in requeue_templates cannot be written');
		expect(launched(scene)).toEqual([]);
	});

	it('stops when a signal asks it to', async () => {
		const scene = await startScene();
		const { id } = original(scene);
		const { folder } = scene.install();
		const flags = ['--api_key_file', 'api_key.txt', '--server_url', scene.simulator.url];
		const chosen = ['--source_project_name', 'bssh_core', '--analysis_id', id];
		const { child, ended } = runProgram(folder, {}, ['requeue', ...flags, ...chosen]);
		scene.simulator.addFault({ operation: 'getAnalysisInputs', answer: { kind: 'hang' } });
		scene.simulator.onRequest = ({ operation }) => {
			if (operation === 'getAnalysisInputs') {
				child.kill('SIGTERM');
			}
		};
		expect(await ended).toMatchObject({ status: 143, stderr: 'Warning: Stopped (SIGTERM).\n' });
	});
});

describe('the command line of a requeue', () => {
	const id = 'c78835ab-a488-4b97-848d-e606b0f31772';
	it('helps, beside that of the pass', async () => {
		const { status, stdout, stderr } = await run('--help');
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		for (const text of [
			'Usage: umich-orchestrator requeue',
			'--analysis_id <id>',
			'--launch',
			'--project_name',
		]) {
			expect(stdout).toContain(text);
		}
		const pass = await runProgram(temporaryFolder(), {}, ['--help']).ended;
		expect(pass.stdout).toContain('umich-orchestrator requeue --help');
	});

	const project = ['--source_project_name', 'x'];
	it.each([
		[[], "required option '--api_key_file <path>' not specified"],
		[['--api_key_file', 'k', ...project], 'Which analysis? Give one of --analysis_id'],
		[['--api_key_file', 'k', ...project, '--pipeline', 'a', '--user_reference', 'b'], 'Which analysis?'],
		[
			['--api_key_file', 'k', ...project, '--analysis_id', '7'],
			'--analysis_id is "7": expected an id such as',
		],
		[['--api_key_file', 'k', '--pipeline', 'a'], 'Which source project?'],
		[
			['--api_key_file', 'k', ...project, '--pipeline', 'a', '--project_id', 'b'],
			'--project_id is "b": expected an id',
		],
		[
			['--api_key_file', 'k', ...project, '--pipeline', 'a', '--project_id', id, '--project_name', 'c'],
			'Give --project_name or --project_id, not both.',
		],
		[['--api_key_file', 'k', ...project, '--pipeline', '--launch'], '--pipeline got "--launch" as its value'],
		[['--api_key_file', 'k', ...project, '--pipeline', 'a', 'b'], '"b" belongs to no option'],
		[['--api_key_file', 'k', ...project, '--pipeline', 'a', '--log_file', 'k'], 'both name k'],
		[['--api_key_file', 'k', ...project, '--pipeline', 'a', '--days_to_archive', '3'], 'unknown option'],
		[['--api_key_file', 'k', ...project, '--pipeline', 'a'], '--api_key_file cannot be read (ENOENT)'],
	])('refuses %j with exit status 2', async (args, message) => {
		const outcome = await run(...args);
		expect(outcome).toMatchObject({ status: 2, stdout: '' });
		expect(outcome.stderr).toContain(message);
	});
});
