import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fastqs, lookingOperations, startScene } from '../helpers/scene.ts';
import type { Arrival } from '../simulator/exchange.ts';

function manifestOf(reference: string): string {
	return `${reference}.download_manifest.csv`;
}

/** An installation that has delivered one analysis. */
async function sceneAfterDelivery() {
	const scene = await startScene();
	scene.analysis();
	const installation = scene.install();
	await installation.pass();
	const table = installation.read('analyses_managed_table.txt');
	scene.operations();
	return { scene, installation, table };
}

describe('a pass', () => {
	it('links the MGI FASTQs of a new analysis, uploads their manifest, and records it', async () => {
		const scene = await startScene();
		const done = scene.analysis({
			files: [...fastqs('M-123-345', 'PhiX', 'Undetermined'), 'output/Reports/Top.csv'],
		});
		const running = scene.analysis({ status: 'IN_PROGRESS' });
		scene.analysis({ pipelineCode: 'DRAGEN Germline 4.3.6' });
		const installation = scene.install();

		const outcome = await installation.pass();

		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		const files = done.files.filter((file) => file.name.startsWith('M-'));
		expect(files).toHaveLength(2);
		const linked = scene.world.dataOf(scene.destination).filter((item) => item.project === scene.source);
		expect(linked).toEqual(files);

		const rows = files.map((file) => `${file.name},${file.path},${file.id},${scene.destination.id}\n`);
		const csv = `file_name,file_path,data_id,project_id\n${rows.join('')}`;
		const name = manifestOf(done.reference);
		const manifest = scene.world.findByPath(scene.destination, `/fastq_manifests/${name}`);
		expect(manifest && scene.world.contentOf(manifest)?.toString()).toBe(csv);
		expect(installation.read(`fastq_manifests/${name}`)).toBe(csv);

		expect(installation.read('analyses_managed_table.txt')).toBe(
			`analysis_id_managed,run_id\n${done.id},${done.reference}\n`,
		);
		expect(installation.read('analyses_monitored_file.txt')).toBe(`${running.id}\n`);
		expect(outcome.stdout).toContain(
			'BCLConvert in bssh_core: 1 under way, 1 analysis done, 1 of these new, 0 failed.',
		);
		expect(outcome.stdout).toContain(`Delivered ${done.reference}: 2 of 4 FASTQs, 2.1 MB`);
		expect(outcome.stdout).toMatch(
			/Pass done: 1 analysis delivered \(2 files, 2\.1 MB; 2 linked, 0 already linked\)/,
		);
	});

	it('finds nothing to do the second time, and changes nothing', async () => {
		const { scene, installation, table } = await sceneAfterDelivery();

		const outcome = await installation.pass();

		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		expect(scene.operations().sort()).toEqual([
			'createJwtToken',
			'getProjects',
			'getProjects',
			'searchAnalyses',
		]);
		expect(installation.read('analyses_managed_table.txt')).toBe(table);
	});

	it('looks at everything and changes nothing in a dry run, which says what the real pass then does', async () => {
		const scene = await startScene();
		const done = scene.analysis();
		scene.analysis({ files: fastqs('CGW-7') });
		const [first] = done.files;
		if (first !== undefined) {
			scene.world.link(first, scene.destination);
		}
		const before = scene.world.dataOf(scene.destination);
		const installation = scene.install();

		const dry = await installation.pass('--dry_run');

		expect(dry).toMatchObject({ status: 0, stderr: '' });
		expect(scene.operations().filter((operation) => !lookingOperations.has(operation))).toEqual([]);
		expect(scene.world.dataOf(scene.destination)).toEqual(before);
		expect(installation.files()).toEqual(['api_key.txt', 'orchestrator.log']);

		const real = await installation.pass();
		const counts = /: (\d+ anal.*delivered .*); old data/;
		expect(counts.exec(dry.stdout)?.[1]).toContain('(2 files, 2.1 MB; 1 linked, 1 already linked)');
		expect(counts.exec(real.stdout)?.[1]).toBe(counts.exec(dry.stdout)?.[1]);
	});

	it('delivers only what is below the output folder, at any depth, and what its owner put there', async () => {
		const scene = await startScene();
		const deep = 'output/a/b/c/d/M-1-2_S1_L001_R1_001.fastq.ora';
		const done = scene.analysis({ files: [...fastqs('M_123_4325'), deep] });
		const folder = done.outputFolder?.path ?? '';
		scene.world.addFile(scene.source, `${folder.slice(0, -1)}_rerun/M-9-9_S1_L001_R1_001.fastq.gz`);
		scene.world.addFile(scene.source, `${folder.toUpperCase()}M-8-8_S1_L001_R1_001.fastq.gz`);
		const stranger = scene.world.addProject('somebody else');
		const foreign = scene.world.addFile(stranger, `${folder}output/M-7-7_S1_L001_R1_001.fastq.gz`);
		scene.world.link(foreign, scene.source);

		expect(await scene.install().pass()).toMatchObject({ status: 0 });

		const linked = scene.world.dataOf(scene.destination).filter((item) => item.project !== scene.destination);
		expect(linked.map((item) => item.path).sort()).toEqual(done.files.map((file) => file.path).sort());
	});

	it('waits for a FASTQ that is still being written, and delivers when it is there', async () => {
		const scene = await startScene();
		const [whole = '', half = ''] = fastqs('M-1-2');
		const done = scene.analysis({ files: [whole, { path: half, status: 'PARTIAL' }] });
		const installation = scene.install();

		const first = await installation.pass();
		expect(first).toMatchObject({ status: 0, stderr: '' });
		expect(first.stdout).toContain('1 MGI FASTQ still being written');
		expect(installation.managedIds()).toEqual([]);
		expect(scene.world.dataOf(scene.destination)).toEqual([]);

		const partial = done.files.find((file) => file.status === 'PARTIAL');
		if (partial !== undefined) {
			scene.world.setStatus(partial, 'AVAILABLE');
		}
		await installation.pass();
		expect(installation.managedIds()).toEqual([done.id]);
	});

	it('records an analysis without MGI FASTQs, after naming those it has, and one whose output was deleted', async () => {
		const scene = await startScene();
		const others = scene.analysis({ files: fastqs('Mouse7', 'm-1-2') });
		const deleted = scene.analysis();
		if (deleted.outputFolder !== undefined) {
			scene.world.remove(deleted.outputFolder);
		}
		const installation = scene.install();

		const outcome = await installation.pass();

		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain(
			`Warning: ${others.reference}: 4 FASTQs nearly match MGI's pattern, and are not taken for MGI's; samples: Mouse7, m-1-2. See --mgi_pattern.`,
		);
		expect(outcome.stdout).toContain("none of its 4 FASTQs is MGI's; samples: Mouse7, m-1-2");
		expect(outcome.stderr).toContain(
			`Warning: ${deleted.reference} was never delivered: its output has been deleted.`,
		);
		expect(outcome.stderr).toContain(
			`Error: Action needed: 1 analysis never delivered, and the data deleted: ${deleted.reference}.`,
		);
		expect(installation.managedIds().sort()).toEqual([others.id, deleted.id].sort());
		expect(scene.world.dataOf(scene.destination)).toEqual([]);
	});

	it('says which right is missing when ICA forbids linking', async () => {
		const scene = await startScene();
		scene.analysis();
		scene.simulator.addFault({
			operation: 'createProjectDataLinkingBatch',
			answer: { kind: 'status', status: 403 },
		});
		const { status, stderr } = await scene.install().pass();
		expect(status).toBe(1);
		expect(stderr).toContain(
			"Is the key's owner allowed to link and upload data in MGI, and is data sharing enabled in bssh_core?",
		);
	});

	it('does not take an output that cannot be listed for one that was deleted, and goes on with the others', async () => {
		const scene = await startScene();
		const unlucky = scene.analysis();
		const lucky = scene.analysis();
		const folder = unlucky.outputFolder?.path ?? '';
		scene.simulator.addFault({
			operation: 'getProjectDataList',
			where: ({ query }) => query.get('filePath') === folder,
			answer: { kind: 'status', status: 403 },
		});
		const installation = scene.install();

		const outcome = await installation.pass();

		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain(`Could not deliver ${unlucky.reference}`);
		expect(outcome.stderr).toContain(`Could not list the files in ${folder}: status 403`);
		expect(outcome.stderr.trimEnd().split('\n').at(-1)).toContain('Action needed: 1 analysis could not');
		expect(installation.managedIds()).toEqual([lucky.id]);

		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
		expect(installation.managedIds()).toEqual([lucky.id, unlucky.id]);
	});

	it.each([
		['the output folder', ({ query }: Arrival) => query.has('id')],
		['some of its files', ({ query }: Arrival) => query.get('type') === 'FILE'],
	])('does not take a list that lags behind, and lacks %s, for the whole truth', async (_, where) => {
		const scene = await startScene();
		scene.analysis();
		const endOfList = (body: unknown): unknown => ({ ...(body as object), items: [] });
		scene.simulator.addFault({
			operation: 'getProjectDataList',
			where,
			answer: { kind: 'rewrite', change: endOfList },
		});
		const installation = scene.install();
		const outcome = await installation.pass();
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toMatch(
			/ICA's list of (?:data lacks an output|the files in \S+ lacks files) that (?:is|are) there/,
		);
		expect(installation.managedIds()).toEqual([]);
	});

	it('asks for a person when a FASTQ is still being written a day after the end', async () => {
		const scene = await startScene();
		const [path = ''] = fastqs('M-1-2');
		const startDate = new Date(Date.now() - 2 * 86_400_000);
		scene.analysis({ startDate, endDate: startDate, files: [{ path, status: 'PARTIAL' }] });
		const outcome = await scene.install().pass();
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain(
			'It did not end within the last day. A row for it in the managed table stops the attempts; its data is not aged then.',
		);
	});

	it('never replaces the managed table by the monitored file, when their options are mixed up', async () => {
		const { scene, installation, table } = await sceneAfterDelivery();
		const outcome = await installation.pass(
			'--analyses_managed_table',
			'analyses_monitored_file.txt',
			'--analyses_monitored_file',
			'analyses_managed_table.txt',
		);
		expect(outcome.status).toBe(2);
		expect(outcome.stderr).toContain(
			'holds something else: give --analyses_monitored_file a file of its own',
		);
		expect(installation.read('analyses_managed_table.txt')).toBe(table);
		expect(scene.operations()).not.toContain('createProjectDataLinkingBatch');
	});

	it('reports an analysis that lists no output at all, and does not record it', async () => {
		const scene = await startScene();
		scene.analysis({ outputFolder: null, files: [] });
		const installation = scene.install();
		const outcome = await installation.pass();
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain('ICA lists no output for it, not even a deleted one.');
		expect(installation.managedIds()).toEqual([]);
	});

	it('refuses to take a folder that many analyses share for the output of one', async () => {
		const scene = await startScene();
		scene.analysis({ outputFolder: '/ilmn-analyses/' });
		const installation = scene.install();
		const outcome = await installation.pass();
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain(
			'ICA lists the folder "/ilmn-analyses/" as its output, which is not its own.',
		);
	});

	it('reports what a linking job did not link, with reasons, does not record it, and finishes it the next time', async () => {
		const scene = await startScene();
		const unlucky = scene.analysis({ files: fastqs('M-1-2') });
		const lucky = scene.analysis();
		const [bad] = unlucky.files;
		const badId = bad?.id ?? '';
		scene.world.forceLinkOutcome(badId, 'FAILED', 'Data sharing is disabled');
		const installation = scene.install();

		const outcome = await installation.pass();

		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toMatch(
			/ended PARTIALLY_SUCCEEDED.*not linked: 1 of 2 files: FAILED, Data sharing is disabled \(M-1-2_S1_L001_R1_001\.fastq\.gz\)/,
		);
		expect(installation.managedIds()).toEqual([lucky.id]);

		scene.world.allowLink(badId);
		const next = await installation.pass();
		expect(next).toMatchObject({ status: 0, stderr: '' });
		expect(next.stdout).toContain('1 linked, 1 already linked');
		expect(unlucky.files.map((file) => scene.world.timesLinked(file, scene.destination))).toEqual([1, 1]);
	});

	it('needs no linking when the destination is the source project', async () => {
		const scene = await startScene();
		const own = scene.world.addProject('core');
		const done = scene.world.addAnalysis(own, { run: '20260101_LH00619_0001_A', files: fastqs('M-1-2') });
		const installation = scene.install(['--source_project_id', own.id]);

		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });

		expect(scene.operations()).not.toContain('createProjectDataLinkingBatch');
		expect(scene.world.findByPath(own, `/fastq_manifests/${manifestOf(done.reference)}`)).toBeDefined();
		expect(installation.managedIds()).toEqual([done.id]);
	});

	it('leaves alone what a person added to the table, and keeps the table as the person wrote it', async () => {
		const scene = await startScene();
		const left = scene.analysis();
		const done = scene.analysis();
		const installation = scene.install();
		const table = `\ufeffanalysis_id_managed,run_id\r\n${left.id},left alone`;
		writeFileSync(join(installation.folder, 'analyses_managed_table.txt'), table);

		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });

		expect(installation.read('analyses_managed_table.txt')).toBe(
			`${table}\r\n${done.id},${done.reference}\r\n`,
		);
	});

	it('warns of a row that it cannot read, with its line, and goes on', async () => {
		const scene = await startScene();
		scene.analysis();
		const installation = scene.install();
		await installation.pass();
		appendFileSync(join(installation.folder, 'analyses_managed_table.txt'), 'rubbish\n');
		const outcome = await installation.pass();
		expect(outcome.status).toBe(0);
		expect(outcome.stderr).toContain('Warning: analyses_managed_table.txt, line 3 cannot be read: "rubbish"');
	});

	it('takes its own patterns for MGI file names and for BCLConvert pipelines', async () => {
		const scene = await startScene();
		const done = scene.analysis({ pipelineCode: 'Demux 2', files: fastqs('CGW-1', 'M-1-2') });
		scene.analysis();
		const installation = scene.install();
		await installation.pass('--mgi_pattern', '^CGW-', '--pipeline_pattern', '^demux');
		expect(installation.managedIds()).toEqual([done.id]);
		expect(scene.world.dataOf(scene.destination).map(({ name }) => name)).toContain(
			'CGW-1_S1_L001_R1_001.fastq.gz',
		);
	});

	it('writes to the log what it tells the console, with times, and debug lines when asked', async () => {
		const scene = await startScene();
		scene.analysis();
		const installation = scene.install();
		const outcome = await installation.pass('--log_level', 'debug', '--log_file', 'pass.log');
		const log = readFileSync(join(installation.folder, 'pass.log'), 'utf8').trimEnd().split('\n');
		const plain = log.map(
			(line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:INFO |DEBUG) \[\d+\] (.*)$/.exec(line)?.[1],
		);
		expect(plain.join('\n')).toBe(outcome.stdout.trimEnd());
		expect(outcome.stdout).toContain('ICA POST /api/tokens: status 200 in ');
	});

	it('mails what goes on once a day, and not from each pass; the log and the status have it each time', async () => {
		const scene = await startScene();
		const unlucky = scene.analysis();
		scene.world.forceLinkOutcome(unlucky.files[0]?.id ?? '', 'FAILED', 'no right');
		const installation = scene.install();
		chmodSync(join(installation.folder, 'api_key.txt'), 0o644);
		const [first, second] = [await installation.pass(), await installation.pass()];
		for (const words of ['can be read by other users', 'no right', 'Action needed: 1 analysis']) {
			expect(first.stderr).toContain(words);
			expect(second.stdout).toContain(words);
			expect(installation.read('orchestrator.log')?.split(words)).toHaveLength(3);
		}
		expect([first.status, second.status, second.stderr]).toEqual([1, 1, '']);
		expect((await installation.pass('--dry_run')).stderr).toContain('can be read by other users');

		scene.world.allowLink(unlucky.files[0]?.id ?? '');
		const mended = await installation.pass();
		expect([mended.status, mended.stderr]).toEqual([0, '']);
	});
});
