import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { documentForCore } from '../../src/notify/documents.ts';
import { type Installation, installCommand, runCommand } from '../helpers/installation.ts';
import { blocksOf, notifications } from '../helpers/readme.ts';
import { fastqs, type Scene, startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const scriptName = /^# \/etc\/umich-orchestrator\/(\S+)$/m;
const etc = /\/etc\/umich-orchestrator/g;
const keeping = (name: string): string =>
	`#!/bin/sh\nprintf '%s\\n' "$@" > "$KEPT/${name}.words"\ncat > "$KEPT/${name}"\n`;
const tools = ['jq', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0);

/** A machine with the page's scripts, and stand-ins for what sends. */
function machine(standIns: readonly string[]) {
	const root = temporaryFolder();
	const bin = join(root, 'bin');
	mkdirSync(bin);
	writeFileSync(join(root, 'events.jq'), blocksOf('jq', notifications)[0] ?? '');
	const executable = (path: string, text: string): void => {
		writeFileSync(path, text);
		chmodSync(path, 0o755);
	};
	for (const name of standIns) {
		executable(join(bin, name), keeping(name).replaceAll('$KEPT', root));
	}
	for (const block of blocksOf('sh', notifications)) {
		const name = scriptName.exec(block)?.[1] ?? 'nothing';
		executable(
			join(root, name),
			block.replaceAll(etc, root).replace('/usr/sbin/sendmail', join(bin, 'sendmail')),
		);
	}
	return {
		root,
		bin,
		path: `${bin}:${process.env['PATH']}`,
		read: (name: string): string => readFileSync(join(root, name), 'utf8'),
	};
}

/** A pass that delivers one analysis, and reports a failed one. */
async function passWith(script: string, { root, path }: ReturnType<typeof machine>): Promise<Scene> {
	const scene = await startScene();
	scene.analysis({ run: 'R<1>' });
	scene.analysis({ status: 'FAILED' });
	const installation = scene.install();
	const words = installation.words('--notify_command', join(root, script));
	const outcome = await passIn(installation, scene, path, words);
	expect(outcome.stderr).not.toContain('notify_command');
	return scene;
}

function passIn(installation: Installation, scene: Scene, path: string, words: readonly string[]) {
	const environment = { PATH: path, AWS_ENDPOINT_URL_S3: scene.simulator.s3Url };
	return runCommand(['umich-orchestrator', ...words], installation.folder, environment).ended;
}

describe.skipIf(!tools)(
	'the scripts of the page on notifications (skipped where jq or curl is missing)',
	() => {
		it('mail a line for each event', async () => {
			const host = machine(['sendmail']);
			installCommand(host.bin);
			await passWith('notify-mail', host);
			expect(host.read('sendmail.words')).toBe('-t\n');
			const [head = '', body = ''] = host.read('sendmail').split('\n\n');
			expect(head).toContain('Subject: umich-orchestrator: attention, delivered, failed_analysis\n');
			const lines = body.trimEnd().split('\n');
			expect(lines).toHaveLength(3);
			expect(lines[0]).toMatch(/^delivered: R<1>\S*: MGI$/);
			expect(lines[1]).toMatch(/^failed_analysis: \S+: Analysis .* ended FAILED/);
		});

		it('post to Slack, with what it takes for its own marks escaped', async () => {
			const host = machine(['curl']);
			installCommand(host.bin);
			await passWith('notify-slack', host);
			expect(host.read('curl.words')).toContain(`--config\n${host.root}/slack.curl\n`);
			const { text } = JSON.parse(host.read('curl')) as { text: string };
			expect(text).toMatch(/^delivered: R&lt;1&gt;\S*: MGI\nfailed_analysis: /);
		});

		it('post to Teams', async () => {
			const host = machine(['curl']);
			installCommand(host.bin);
			await passWith('notify-teams', host);
			expect(JSON.parse(host.read('curl'))).toMatchObject({
				type: 'message',
				attachments: [
					{
						content: {
							body: [{ text: expect.stringMatching(/^delivered: R<1>\S*: MGI\n\nfailed_analysis: /) }],
						},
					},
				],
			});
		});

		it('start the next pipeline with what was delivered, once', async () => {
			const host = machine([]);
			const scene = await startScene();
			const { world, destination, simulator } = scene;
			world.pipelines.set('MGI QC 2.1', { language: 'NEXTFLOW', inputFormType: 'XML' });
			const old = world.addFile(destination, '/old.fastq.gz');
			world.addAnalysis(destination, {
				run: 'earlier',
				pipelineCode: 'MGI QC 2.1',
				launched: { inputs: [{ code: 'fastqs', data: [{ dataId: old.id }] }] },
			});
			const { files } = scene.analysis({ files: fastqs('M-1,2') });
			// the command finds no option in its environment, so that the simulator's address is put into its words
			const program = join(temporaryFolder(), 'program');
			mkdirSync(program);
			installCommand(program);
			writeFileSync(
				join(host.bin, 'umich-orchestrator'),
				`#!/bin/sh\nexec ${program}/umich-orchestrator "$@" --server_url ${simulator.url}\n`,
			);
			chmodSync(join(host.bin, 'umich-orchestrator'), 0o755);
			writeFileSync(join(host.root, 'api_key.txt'), simulator.apiKey, { mode: 0o600 });
			const installation = scene.install();
			const words = installation.words('--notify_command', `${host.root}/notify-pipeline`);
			expect(await passIn(installation, scene, host.path, words)).toMatchObject({ status: 0, stderr: '' });
			const started = (): string[] =>
				[...world.analyses.of(destination).values()]
					.filter(({ userReference }) => userReference.startsWith('QC of'))
					.flatMap(({ launched }) => launched.inputs.flatMap(({ data }) => data.map(({ dataId }) => dataId)));
			const marker = join(installation.folder, 'pipeline.started');
			for (let tries = 0; tries < 100 && !existsSync(marker); tries++) {
				await sleep(100);
			}
			expect(started().toSorted()).toEqual(files.map(({ id }) => id).toSorted());
			expect(installation.read('pipeline.started')).toMatch(/^delivered-[0-9a-f]{16}\n$/);
		});
	},
);

describe("README's dead-man's switch", () => {
	it.each([
		[0, 'https://hc-ping.com/<your uuid>/0\n'],
		[2, 'https://hc-ping.com/<your uuid>/2\n'],
		[75, undefined],
	])('is told of exit status %i: %s', async (status, address) => {
		const host = machine(['curl']);
		writeFileSync(join(host.bin, 'umich-orchestrator'), `#!/bin/sh\nexit ${status}\n`, { mode: 0o755 });
		const line = blocksOf('sh').find((block) => block.includes('hc-ping.com')) ?? '';
		await runCommand(['sh', '-c', line.replace(' … ', ' ')], host.root, { PATH: host.path }).ended;
		const words = existsSync(join(host.root, 'curl.words')) ? host.read('curl.words') : undefined;
		expect(words?.endsWith(address ?? '')).toBe(address === undefined ? undefined : true);
	});
});

describe('the page on notifications', () => {
	it('has every key of a document, in its example and in its table', () => {
		const [example = ''] = blocksOf('json', notifications);
		const document = documentForCore([
			{
				id: 'x',
				base: 'x',
				event: 'delivered',
				time: '',
				analysis_id: null,
				run_id: null,
				recipients: [],
				place: null,
				item: null,
				files: null,
				bytes: null,
				reason: null,
				channels: [],
				isOpen: false,
			},
		]);
		const keys = Object.keys(document.events[0] ?? {}).toSorted();
		const shown = JSON.parse(example) as { events: object[] };
		expect(Object.keys(shown.events[0] ?? {}).toSorted()).toEqual(keys);
		const rows = notifications.split('\n').filter((line) => line.startsWith('| `'));
		const named = rows.flatMap((row) =>
			[...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key),
		);
		expect(named.toSorted()).toEqual(keys);
	});
});
