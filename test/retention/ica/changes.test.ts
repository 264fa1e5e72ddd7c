import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type AgedScene, agedScene } from '../../helpers/aged-scene.ts';
import type { Installation } from '../../helpers/installation.ts';
import { startScene } from '../../helpers/scene.ts';

/** So many analyses that are to be deleted, by this machine's clock. */
async function manyOld(many: number): Promise<{ scene: AgedScene; installation: Installation }> {
	const scene = await agedScene();
	scene.world.setNow(new Date(Date.now()));
	const installation = scene.install();
	const rows = Array.from({ length: many }, (_, n) => {
		const old = scene.aged(100 + n, {}, false);
		scene.manifest(old, scene.ago(99));
		return `${old.id},${old.reference}\n`;
	});
	writeFileSync(join(installation.folder, 'analyses_managed_table.txt'), rows.join(''));
	return { scene, installation };
}

it('a signal between deletions: each has its line, before the last words', async () => {
	const { scene, installation } = await manyOld(24);
	const { child, ended } = installation.start();
	let deleted = 0;
	scene.simulator.addFault({ operation: 'deleteData', times: 99, answer: { kind: 'delay', millis: 30 } });
	scene.simulator.onEffect = ({ operation }) => {
		deleted += operation === 'deleteData' ? 1 : 0;
		if (deleted === 5) {
			child.kill('SIGTERM');
		}
	};
	expect((await ended).status).toBe(143);
	const lines = (installation.read('orchestrator.log') ?? '').trimEnd().split('\n');
	expect(lines.at(-1)).toContain('Stopped (SIGTERM)');
	expect(lines.filter((line) => line.includes('Deleting '))).toHaveLength(scene.done().length);
});

it('a key that is revoked between deletions: the summary tells what was deleted', async () => {
	const { scene, installation } = await manyOld(12);
	let deleted = 0;
	scene.simulator.onEffect = ({ operation }) => {
		deleted += operation === 'deleteData' ? 1 : 0;
		if (deleted === 3) {
			scene.simulator.addFault({ answer: { kind: 'status', status: 401 }, times: 9999 });
		}
	};
	const { status, stderr } = await installation.pass('--summary_file', 'summary.json');
	expect(status).toBe(1);
	expect(stderr).toMatch(/Done before that: .*old data: \d+ deleted/);
	expect(JSON.parse(installation.read('summary.json') ?? '')).toMatchObject({
		old_data: { deleted: { count: scene.done().length } },
	});
});

it('nothing was changed is said only when nothing was', async () => {
	const scene = await startScene();
	const installation = scene.install();
	writeFileSync(join(installation.folder, 'fastq_manifests'), 'a file');
	const { status, stderr } = await installation.pass();
	expect([status, stderr]).toEqual([2, expect.stringContaining('Nothing was changed.')]);
	expect(installation.read('analyses_managed_table.txt')).toBeUndefined();
});
