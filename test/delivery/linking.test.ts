import { describe, expect, it } from 'vitest';
import { judgeItems, linkFiles, newLinkingPace } from '../../src/delivery/linking.ts';
import { listFilesBelow } from '../../src/ica/data.ts';
import type { Data, LinkingItem } from '../../src/ica/schemas.ts';
import { fileData } from '../helpers/file-data.ts';
import { connect, fastqs, type Scene, startScene } from '../helpers/scene.ts';

interface Attempt {
	readonly scene: Scene;
	readonly files: readonly Data[];
	readonly waits: (readonly [string, number])[];
	readonly sleeps: readonly number[];
	link(timeoutMinutes?: number): Promise<{ linked: number; alreadyLinked: number }>;
}

async function attempt(samples: readonly string[] = ['M-1-2'], filesPerJob = 1000): Promise<Attempt> {
	const scene = await startScene();
	const analysis = scene.analysis({ files: fastqs(...samples) });
	const { ica, clock, sleeps } = connect(scene);
	const files = await listFilesBelow(ica, scene.source.id, analysis.outputFolder?.path ?? '');
	const waits: (readonly [string, number])[] = [];
	const pace = newLinkingPace();
	return {
		scene,
		files,
		waits,
		sleeps,
		link: (timeoutMinutes = 30) =>
			linkFiles(ica, scene.destination, files, {
				clock,
				timeoutMs: timeoutMinutes * 60_000,
				filesPerJob,
				pace,
				onWait: (status, elapsed) => waits.push([status, elapsed]),
			}),
	};
}

describe('linking files', () => {
	it('waits for the job, with growing intervals that have a limit, and tells while it waits', async () => {
		const { scene, link, sleeps, waits } = await attempt();
		scene.world.linkJobMillis = 300_000;
		expect(await link()).toEqual({ linked: 2, alreadyLinked: 0 });
		expect(sleeps).toEqual(sleeps.toSorted((a, b) => a - b));
		expect(sleeps[0]).toBe(250);
		expect(sleeps.at(-1)).toBe(20_000);
		expect(waits.map(([status]) => status)).toContain('RUNNING');
		expect(waits).toHaveLength(sleeps.length);
	});

	it('looks at a job when the fastest one before had come to its end, and after five seconds at the latest', async () => {
		const { scene, link, sleeps } = await attempt();
		scene.world.linkJobMillis = 600;
		await link();
		await link();
		expect(sleeps.slice(0, 2)).toEqual([250, 375]);
		expect(sleeps).toHaveLength(3);
		expect(sleeps[2]).toBeGreaterThanOrEqual(625);
		expect(sleeps[2]).toBeLessThan(1000);
		const pace = newLinkingPace();
		const waits = [900, 625, 800, 100, 600].map((milliseconds) => {
			pace.took(milliseconds);
			return pace.firstWaitMs();
		});
		expect(waits).toEqual([900, 625, 625, 250, 250]);
		const slow = newLinkingPace();
		slow.took(60_000);
		expect(slow.firstWaitMs()).toBe(5000);
	});

	it('counts what was linked before', async () => {
		const { scene, link, files } = await attempt();
		expect(await link()).toEqual({ linked: 2, alreadyLinked: 0 });
		expect(await link()).toEqual({ linked: 0, alreadyLinked: 2 });
		expect(files).toHaveLength(2);
		expect(scene.world.dataOf(scene.destination)).toHaveLength(2);
	});

	it.each(['FAILED', 'STOPPED'] as const)(
		'fails when the job ends %s, naming every file that is not linked',
		async (end) => {
			const { scene, link } = await attempt();
			scene.world.forceLinkJobEnd(end);
			await expect(link()).rejects.toThrow(
				new RegExp(
					`ended ${end}.*not linked: 2 of 2 files: .* \\(M-1-2_S1_L001_R1_001\\.fastq\\.gz, M-1-2_S1_L001_R2`,
				),
			);
		},
	);

	it('fails when the job ends PARTIALLY_SUCCEEDED, even if every item looks well', async () => {
		const { scene, link } = await attempt();
		scene.world.forceLinkJobEnd('PARTIALLY_SUCCEEDED');
		await expect(link()).rejects.toThrow(
			/ended PARTIALLY_SUCCEEDED .*, though no file is reported as failed\.$/,
		);
	});

	it('gives up a job that does not end in time', async () => {
		const { scene, link, sleeps } = await attempt();
		scene.world.forceLinkJobEnd('never');
		await expect(link(5)).rejects.toThrow(/did not end within 5 min \(it is RUNNING\)/);
		expect(sleeps.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(299_000);
		expect(sleeps.reduce((sum, each) => sum + each, 0)).toBeLessThan(301_000);
	});

	it('keeps waiting when a job has a status that did not exist last year', async () => {
		const { scene, link, waits } = await attempt();
		scene.world.linkJobMillis = 5000;
		scene.simulator.addFault({
			operation: 'getProjectDataLinkingBatch',
			times: 3,
			answer: {
				kind: 'rewrite',
				change: (body) =>
					JSON.parse(JSON.stringify(body).replace(/"(?:INITIALIZED|RUNNING)"/, '"PONDERING"')),
			},
		});
		expect(await link()).toEqual({ linked: 2, alreadyLinked: 0 });
		expect(waits.map(([status]) => status)).toContain('PONDERING');
	});

	it('links in several jobs what is too much for one, and reports the failures of all of them', async () => {
		const { scene, link, files } = await attempt(['M-1', 'M-2', 'M-3'], 2);
		expect(await link()).toEqual({ linked: 6, alreadyLinked: 0 });
		expect(
			scene.operations().filter((operation) => operation === 'createProjectDataLinkingBatch'),
		).toHaveLength(3);
		expect(files.map((file) => scene.world.findByPath(scene.destination, file.path)?.id)).toEqual(
			files.map(({ id }) => id),
		);
		for (const file of [files[2], files[5]]) {
			scene.world.forceLinkOutcome(file?.id ?? '', 'FAILED', 'no right');
		}
		await expect(link()).rejects.toThrow(
			/FAILED, no right \(M-2_S2_L001_R1_001\.fastq\.gz\)\. .*FAILED, no right \(M-3_S3_L001_R2_001\.fastq\.gz\)\.$/,
		);
	});

	it('says how the job ended also when its items cannot be listed', async () => {
		const { scene, link } = await attempt();
		scene.world.forceLinkJobEnd('FAILED');
		scene.simulator.addFault({
			operation: 'getProjectDataLinkingBatchItems',
			answer: { kind: 'status', status: 500 },
		});
		await expect(link()).rejects.toThrow(
			/ended FAILED\. Could not list the items of linking job .*: status 500/,
		);
	});
});

describe('judging the items of a job', () => {
	const file = (id: string): Data => fileData(`/${id}.fastq.gz`, { id });
	const item = (dataId: string, status: string, reason?: string): LinkingItem => ({ dataId, status, reason });

	it('takes only LINKED and ALREADY_LINKED for linked', () => {
		const statuses = ['LINKED', 'ALREADY_LINKED', 'FAILED', 'PARTIALLY_LINKED', 'RUNNING', 'NEW_IN_2027'];
		const files = statuses.map((_, index) => file(`f${index}`));
		const items = statuses.map((status, index) =>
			item(`f${index}`, status, status === 'FAILED' ? 'no right' : undefined),
		);
		expect(judgeItems(files, items)).toEqual({
			linked: 1,
			alreadyLinked: 1,
			failures: new Map([
				['FAILED, no right', ['f2.fastq.gz']],
				['PARTIALLY_LINKED, no reason given', ['f3.fastq.gz']],
				['RUNNING, no reason given', ['f4.fastq.gz']],
				['NEW_IN_2027, no reason given', ['f5.fastq.gz']],
			]),
		});
	});

	it('does not take a file for linked of which the job says nothing', () => {
		expect(judgeItems([file('a'), file('b')], [item('a', 'LINKED'), item('x', 'LINKED')])).toEqual({
			linked: 1,
			alreadyLinked: 0,
			failures: new Map([['the job reports nothing of them', ['b.fastq.gz']]]),
		});
	});
});
