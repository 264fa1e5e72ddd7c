import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { programFile, runCommand } from '../helpers/installation.ts';
import { type Scene, startScene } from '../helpers/scene.ts';

const preload = fileURLToPath(new URL('signal-at.mjs', import.meta.url));

/** A pass of the built program that gets SIGTERM at one of its steps. */
async function passSignalledAt(scene: Scene, signalAt: string) {
	const installation = scene.install();
	const summary = ['--summary_file', 'summary.json'];
	const command = [process.execPath, '--import', preload, programFile, ...installation.words(...summary)];
	const { PATH = '' } = process.env;
	const environment = { PATH, AWS_ENDPOINT_URL_S3: scene.simulator.s3Url, SIGNAL_AT: signalAt };
	const outcome = await runCommand(command, installation.folder, environment).ended;
	return { installation, outcome };
}

describe('a pass that gets SIGTERM', () => {
	it.each([
		['as it starts', 'readFileSync package.json'],
		['while it reads the key', 'openSync api_key.txt'],
		['while it opens the lock', 'openSync .lock'],
		['while it writes the monitored file', 'rename analyses_monitored_file.txt'],
		['while it writes a manifest', 'rename .download_manifest.csv'],
		['while it appends to the table', 'openSync analyses_managed_table.txt'],
	])('%s stops with its last words and its summary, and status 143', async (_, signalAt) => {
		const scene = await startScene();
		scene.analysis();
		const { installation, outcome } = await passSignalledAt(scene, signalAt);
		expect(outcome).toMatchObject({
			status: 143,
			signal: null,
			stderr: expect.stringMatching(
				/^Warning: Stopped \(SIGTERM\); the next pass goes on from here\. (?:Nothing was changed|Done before that: .*)\.\n$/,
			),
		});
		const summary: unknown = JSON.parse(readFileSync(join(installation.folder, 'summary.json'), 'utf8'));
		expect(summary).toMatchObject({
			exit_status: 143,
			message: expect.stringContaining('Stopped (SIGTERM)'),
		});

		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
		expect(installation.managedIds()).toHaveLength(1);
	});

	it('in its last write tells what was done', async () => {
		const scene = await startScene();
		scene.analysis({ status: 'IN_PROGRESS' });
		const { installation, outcome } = await passSignalledAt(scene, 'rename analyses_monitored_file.txt');
		expect(outcome).toMatchObject({ status: 143, signal: null });
		expect(outcome.stdout).toContain('Pass done: ');
		const summary: unknown = JSON.parse(readFileSync(join(installation.folder, 'summary.json'), 'utf8'));
		expect(summary).toMatchObject({ exit_status: 143, analyses: { under_way: 1 } });
	});

	it('twice ends at once, with the same status', async () => {
		const scene = await startScene();
		scene.analysis();
		const { child, ended } = scene.install().start();
		let signals = 0;
		// an answer that is never given, to a request that changes something: the first signal waits for it
		scene.simulator.addFault({
			operation: 'createProjectDataLinkingBatch',
			answer: { kind: 'hang' },
			where() {
				const timer = setInterval(() => {
					child.kill('SIGTERM');
					signals++;
				}, 200);
				child.once('exit', () => clearInterval(timer));
				return true;
			},
		});
		expect(await ended).toMatchObject({ status: 143, signal: null });
		expect(signals).toBe(2);
	});
});
