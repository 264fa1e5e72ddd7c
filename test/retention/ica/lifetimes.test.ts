import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AgedScene, agedScene, hour } from '../../helpers/aged-scene.ts';
import { fastqs } from '../../helpers/scene.ts';
import type { Analysis } from '../../simulator/model.ts';

function record(scene: AgedScene, analysis: Analysis, note: string): void {
	writeFileSync(join(scene.folder, 'analyses_managed_table.txt'), `${analysis.id},${note}\n`, { flag: 'a' });
}

describe('the proof of a delivery', () => {
	it('is the manifest: a row in the table, whoever wrote it, releases no data', async () => {
		const scene = await agedScene();
		const old = scene.aged(100, {}, false);
		record(scene, old, 'leave this one alone');
		const { needsAction, lines } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(needsAction).toEqual(['1 analysis due, and held until somebody acts']);
		expect(lines.join('\n')).toContain(
			'it has FASTQs to be delivered, and there is no manifest of them: delete its row in the managed table, and it is delivered anew',
		);
	});

	it('comes with the row deleted: delivered anew, and aged fourteen days later', async () => {
		const scene = await agedScene();
		const old = scene.aged(100, {}, false);
		record(scene, old, old.reference);
		await scene.pass();
		writeFileSync(join(scene.folder, 'analyses_managed_table.txt'), 'analysis_id_managed,run_id\n');
		await scene.pass();
		for (let today = 0; today < 16; today++) {
			scene.world.advanceDays(1);
			expect((await scene.pass()).needsAction).toEqual([]);
			expect(scene.done()).toEqual(today < 13 ? [] : [`delete ${old.reference}`]);
		}
	});

	it.each([
		['a manifest that never got its content', { status: 'PARTIAL', size: 0 }],
		['an empty one', { content: '' }],
		['one made at a time that cannot be', { timeCreated: new Date('0001-01-01T00:00:00Z') }],
	] as const)('is not %s', async (_, options) => {
		const scene = await agedScene();
		const old = scene.aged(100, {}, false);
		record(scene, old, old.reference);
		scene.world.addFile(scene.destination, `/fastq_manifests/${old.reference}.download_manifest.csv`, {
			content: 'x',
			timeCreated: scene.ago(95),
			...options,
		});
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});

	it('is not another manifest of nearly the same name, nor one that another project owns', async () => {
		const scene = await agedScene();
		const old = scene.aged(100, {}, false);
		record(scene, old, old.reference);
		const path = `/fastq_manifests/${old.reference}.download_manifest.csv`;
		scene.world.addFile(scene.destination, path.replace('B22CC', 'b22cc'), {
			content: 'x',
			timeCreated: scene.ago(95),
		});
		const foreign = scene.world.addFile(scene.world.addProject('theirs'), path, {
			content: 'x',
			timeCreated: scene.ago(95),
		});
		scene.world.link(foreign, scene.destination);
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});

	it('is not asked for where nothing is owed: other pipelines, failures, and no FASTQs of the recipient', async () => {
		const scene = await agedScene();
		const free = [
			scene.aged(100, { pipelineCode: 'DRAGEN Germline 4.3.6' }, false),
			scene.aged(101, { status: 'FAILED_FINAL' }, false),
			scene.aged(102, { files: fastqs('CGW-1') }),
		];
		expect((await scene.pass()).needsAction).toEqual([]);
		expect(scene.done().sort()).toEqual(free.map(({ reference }) => `delete ${reference}`).sort());
	});

	it('keeps from the archive, too, and the dry run says until when', async () => {
		const scene = await agedScene();
		const ripe = scene.aged(70, {}, false);
		record(scene, ripe, ripe.reference);
		scene.manifest(ripe, scene.ago(13));
		const dry = await scene.pass({ dry_run: true });
		expect(dry.lines.join('\n')).toContain(
			'delivered 2026-05-16T12:00Z, so it is aged from 2026-05-30T12:00Z on.',
		);
		await scene.pass();
		expect(scene.done()).toEqual([]);
		scene.world.advanceDays(1);
		await scene.pass();
		expect(scene.done()).toEqual([`archive ${ripe.reference}`]);
	});
});

describe('a deletion whose answer is lost', () => {
	it.each([
		['the connection is cut', { kind: 'reset' }],
		['a gateway gives up', { kind: 'status', status: 504 }],
	] as const)('is no failure: %s, and the next try finds nothing', async (_, answer) => {
		const scene = await agedScene();
		const old = scene.aged(100);
		scene.world.deleteMillis = 0;
		scene.simulator.addFault({ operation: 'deleteData', answer, afterEffect: true });
		const { needsAction, lines, summary } = await scene.pass();
		expect(needsAction).toEqual([]);
		expect(lines.filter((line) => line.startsWith(`info: Deleting ${old.reference}`))).toHaveLength(1);
		expect(summary).toContain('old data: 1 deleted');
		expect(summary).not.toContain('due and not done');
	});

	it('is found by looking, when no try gets an answer', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		scene.world.deleteMillis = 10 * hour;
		scene.simulator.addFault({
			operation: 'deleteData',
			answer: { kind: 'reset' },
			afterEffect: true,
			times: 99,
		});
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual([]);
		expect(lines.filter((line) => line.startsWith(`info: Deleting ${old.reference}`))).toHaveLength(1);
	});

	it('is a failure when ICA did not get it', async () => {
		const scene = await agedScene();
		scene.aged(100);
		scene.simulator.addFault({ operation: 'deleteData', answer: { kind: 'reset' }, times: 99 });
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual(['1 analysis could not be archived or deleted']);
		expect(lines.join('\n')).not.toContain('Deleting ');
	});

	it('is none of this program when the output vanished by itself: no line of a deletion, and nobody is asked', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		scene.simulator.onRequest = ({ operation }) => {
			if (operation === 'deleteData' && old.outputFolder !== undefined) {
				scene.world.remove(old.outputFolder);
			}
		};
		const { needsAction, lines, summary } = await scene.pass();
		expect(needsAction).toEqual([]);
		expect(lines.join('\n')).not.toContain('Deleting ');
		expect(lines.join('\n')).toContain('is gone already.');
		expect(summary).not.toContain('due and not done');
	});
});

describe('of the outputs of an analysis', () => {
	it('only those that the source project owns are touched', async () => {
		const scene = await agedScene();
		const theirs = scene.world.addFile(scene.world.addProject('theirs'), '/theirs.bam');
		scene.world.link(theirs, scene.source);
		const old = scene.aged(100, { otherOutputs: [theirs] });
		expect((await scene.pass()).needsAction).toEqual([]);
		expect([scene.done(), theirs.gone]).toEqual([[`delete ${old.reference}`], false]);
	});

	it('what lies in the folder of the reference in the root is archived and deleted', async () => {
		const scene = await agedScene();
		const reference = 'NovaSeqX-Demo_3664cd_3a7062-BclConvert v4_2_7-0ff58e03-6a51-4e0c-a0b2-6f0f7f4a1f11';
		const ripe = scene.aged(60, { reference, outputFolder: `/${reference}/` });
		await scene.pass();
		for (let today = 0; today < 31; today++) {
			scene.world.advanceDays(1);
			await scene.pass();
		}
		expect(scene.done()).toEqual(
			['archive', 'unarchive', 'delete'].map((action) => `${action} ${ripe.reference}`),
		);
	});
});

describe('a signal', () => {
	it('in the middle of ageing ends the pass, which tells what it had done', async () => {
		const scene = await agedScene();
		const now = Date.now();
		scene.world.setNow(new Date(now));
		for (let n = 0; n < 12; n++) {
			const old = scene.aged(100 + n, {}, false);
			scene.manifest(old, scene.ago(99));
		}
		const installation = scene.install();
		const rows = scene.world.analyses.of(scene.source).values();
		writeFileSync(
			join(installation.folder, 'analyses_managed_table.txt'),
			[...rows].map(({ id, reference }) => `${id},${reference}\n`).join(''),
		);
		const { child, ended } = installation.start();
		let isSent = false;
		scene.simulator.onEffect = ({ operation }) => {
			if (operation === 'deleteData' && !isSent) {
				isSent = true;
				child.kill('SIGTERM');
			}
		};
		const outcome = await ended;
		expect(outcome.status).toBe(143);
		expect(outcome.stderr).toContain(
			'Warning: Stopped (SIGTERM); the next pass goes on from here. Done before that: ',
		);
		expect(scene.done().length).toBeLessThan(12);
		scene.simulator.onEffect = undefined;
		expect((await installation.pass()).status).toBe(0);
		expect(scene.done().sort()).toEqual([...new Set(scene.done())].sort());
		expect(scene.done()).toHaveLength(12);
	});
});
