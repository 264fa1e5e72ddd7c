import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../src/state/lock.ts';
import { type Scene, startScene } from '../helpers/scene.ts';

const usual = ['--source_project_name', 'bssh_core', '--destination_project_name', 'MGI'];

function install(scene: Scene) {
	const installation = scene.install([...usual, '--summary_file', 'summary.json']);
	const summary = (): unknown => JSON.parse(installation.read('summary.json') ?? 'null');
	return { installation, summary };
}

const unknown = {
	requests: null,
	source_project: null,
	destination_project: null,
	recipients: null,
	analyses: null,
	deliveries: null,
	old_data: null,
	old_data_in_basespace: null,
};

describe('the summary file', () => {
	it('has everything that the summary counts, and replaces the one before', async () => {
		const scene = await startScene();
		const lucky = scene.analysis();
		const unlucky = scene.analysis();
		const failed = scene.analysis({ status: 'FAILED' });
		scene.world.forceLinkOutcome(unlucky.files[0]?.id ?? '', 'FAILED', 'no right');
		const { installation, summary } = install(scene);
		const older = { version: '0.0.1', ended: '2026-01-01T00:00:00.000Z', exit_status: 0 };
		writeFileSync(join(installation.folder, 'summary.json'), JSON.stringify(older));

		const { status, stdout } = await installation.pass();

		expect(status).toBe(1);
		const told = summary();
		expect(told).toEqual({
			version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
			started: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			ended: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			exit_status: 1,
			message: expect.stringMatching(/^Pass done: 1 analysis delivered .* 1 failed; old data: nothing due; /),
			needs_person: [
				`1 BCLConvert analysis failed: ${failed.reference}`,
				`1 analysis could not be delivered: ${unlucky.reference}`,
			],
			requests: expect.any(Number),
			source_project: { name: 'bssh_core', id: scene.source.id },
			destination_project: { name: 'MGI', id: scene.destination.id },
			recipients: [
				{
					name: 'MGI',
					project: { name: 'MGI', id: scene.destination.id },
					delivered: 1,
					files: 2,
					bytes: 2_097_152,
				},
			],
			analyses: { under_way: 0, succeeded: 2, new: 2, failed: 1 },
			deliveries: {
				delivered: 1,
				files: 2,
				bytes: 2_097_152,
				linked: 2,
				already_linked: 0,
				nothing_to_deliver: 0,
				waiting: 0,
				failed: 1,
			},
			old_data: {
				deleted: { count: 0, bytes: 0 },
				unarchived_for_deletion: { count: 0, bytes: 0 },
				archived: { count: 0, bytes: 0 },
				waiting: { count: 0, bytes: 0 },
				held: { count: 0, bytes: 0 },
				due_not_done: { count: 0, bytes: 0 },
			},
			old_data_in_basespace: null,
		});
		expect(stdout).toContain((told as { message: string }).message);
		expect(installation.managedIds()).toEqual([lucky.id]);
	});

	it('is left to the pass that is at work, by one that meets it and by one that could not even begin', async () => {
		const scene = await startScene();
		const { installation, summary } = install(scene);
		const release = acquireLock(
			join(installation.folder, 'analyses_managed_table.txt'),
			Date.now(),
			'another pass',
		);
		expect(await installation.pass()).toMatchObject({ status: 75 });
		expect(summary()).toBe(null);
		writeFileSync(join(installation.folder, 'api_key.txt'), '');
		expect(await installation.pass()).toMatchObject({ status: 2 });
		expect(summary()).toBe(null);
		release();
		expect(await installation.pass()).toMatchObject({ status: 2 });
		expect(summary()).toMatchObject({ exit_status: 2 });
	});

	it('tells of a pass that could not begin: wrong setup, no key', async () => {
		const scene = await startScene();
		const { installation, summary } = install(scene);
		Object.assign(scene.destination, { name: 'elsewhere' });
		await installation.pass();
		const message = expect.stringContaining('destination project named "MGI"');
		expect(summary()).toMatchObject({ ...unknown, exit_status: 2, message, needs_person: [message] });

		writeFileSync(join(installation.folder, 'api_key.txt'), '');
		expect(await installation.pass()).toMatchObject({ status: 2, stderr: expect.stringMatching(/^Error: /) });
		expect(summary()).toMatchObject({
			exit_status: 2,
			message: expect.stringContaining('api_key.txt is empty'),
		});
	});

	it('tells of a pass that a signal stopped', async () => {
		const scene = await startScene();
		scene.analysis();
		scene.world.linkJobMillis = 60_000;
		const { installation, summary } = install(scene);
		const { child, ended } = installation.start();
		child.stdout?.on('data', (text: Buffer) => {
			if (text.includes('Linking')) {
				child.kill('SIGTERM');
			}
		});
		expect(await ended).toMatchObject({ status: 143 });
		expect(summary()).toMatchObject({ exit_status: 143, message: expect.stringContaining('SIGTERM') });
	});

	it.each([
		['what,until\nrun_1,2026-12-31\n', 'text that is no JSON'],
		['{"reference":"run_1","body":{}}', 'JSON that is no summary'],
		['[]', 'JSON that is no summary'],
	])('never replaces what is none, and says so before anything is done: %j', async (content, what) => {
		const scene = await startScene();
		const { installation } = install(scene);
		writeFileSync(join(installation.folder, 'summary.json'), content);
		const { status, stderr } = await installation.pass();
		expect(status).toBe(2);
		expect(stderr).toBe(
			`Error: summary.json would be replaced by the summary, and holds ${what}: give --summary_file a file of its own. Nothing was changed. Exit status 2.\n`,
		);
		writeFileSync(join(installation.folder, 'api_key.txt'), '');
		expect(await installation.pass()).toMatchObject({ status: 2 });
		expect(installation.read('summary.json')).toBe(content);
		expect(scene.operations()).toEqual([]);
	});

	it('may be an empty file, as an administrator makes it', async () => {
		const scene = await startScene();
		const { installation, summary } = install(scene);
		writeFileSync(join(installation.folder, 'summary.json'), '', { mode: 0o640 });
		expect(await installation.pass()).toMatchObject({ status: 0 });
		expect(summary()).toMatchObject({ exit_status: 0 });
		expect(statSync(join(installation.folder, 'summary.json')).mode & 0o777).toBe(0o640);
	});

	it('is not touched by a dry run', async () => {
		const scene = await startScene();
		const { installation } = install(scene);
		expect(await installation.pass('--dry_run')).toMatchObject({ status: 0 });
		expect(installation.read('summary.json')).toBeUndefined();
	});

	it.each([
		['nowhere/summary.json', /The summary file nowhere\/summary\.json cannot be written: ENOENT/],
		['folder', /The summary file folder cannot be written: it is a folder, where a file is expected/],
		['pipe', /The summary file pipe cannot be written: it is a pipe, where a file is expected/],
		['orchestrator.log', /--summary_file and --log_file both name/],
	])('is found out to be unwritable before anything is changed: %s', async (file, complaint) => {
		const scene = await startScene();
		scene.analysis();
		const installation = scene.install([...usual, '--summary_file', file]);
		mkdirSync(join(installation.folder, 'folder'));
		execFileSync('mkfifo', [join(installation.folder, 'pipe')]);
		expect(await installation.pass()).toMatchObject({ status: 2, stderr: expect.stringMatching(complaint) });
		expect(scene.operations()).toEqual([]);
	});
});

describe('the log as JSON', () => {
	it('is one object a line, on the console, too', async () => {
		const scene = await startScene();
		const { id, reference } = scene.analysis();
		const installation = scene.install([...usual, '--log_format', 'json', '--log_level', 'debug']);
		const { status, stdout } = await installation.pass();
		expect(status).toBe(0);
		const lines = readFileSync(join(installation.folder, 'orchestrator.log'), 'utf8').trimEnd().split('\n');
		const parsed: unknown[] = lines.map((line) => JSON.parse(line));
		for (const line of parsed) {
			expect(line).toMatchObject({
				time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
				level: expect.stringMatching(/^(info|debug)$/),
				pid: expect.any(Number),
				message: expect.any(String),
			});
		}
		expect(stdout.trimEnd().split('\n')).toEqual(lines);
		expect(parsed).toContainEqual(
			expect.objectContaining({
				message: expect.stringMatching(/^#1 ICA POST \/api\/tokens: status 200 in /),
			}),
		);
		const events = parsed.filter((line) => Object.keys(line as object).length > 4);
		expect(events).toEqual([
			expect.objectContaining({ event: 'begin' }),
			expect.objectContaining({
				message: expect.stringMatching(/^Delivered /),
				event: 'delivered',
				analysis_id: id,
				run_id: reference,
				bytes: 2_097_152,
			}),
			expect.objectContaining({ event: 'summary' }),
		]);
	});
});
