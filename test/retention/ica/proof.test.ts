import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AgedScene, agedScene } from '../../helpers/aged-scene.ts';
import { fastqs } from '../../helpers/scene.ts';

function withoutRows({ folder }: AgedScene): void {
	writeFileSync(join(folder, 'analyses_managed_table.txt'), 'analysis_id_managed,run_id\n');
}

describe('a manifest whose content is of today, in a file that is old', () => {
	it.each([
		['since it had other content', { content: 'file_name,file_path,data_id,project_id\n' }],
		['since it never got its content', { status: 'PARTIAL' as const, size: 0 }],
	])('is a delivery of today, %s', async (_, options) => {
		const scene = await agedScene();
		const old = scene.aged(100, {}, false);
		scene.world.addFile(scene.destination, `/fastq_manifests/${old.reference}.download_manifest.csv`, {
			timeCreated: scene.ago(99),
			...options,
		});
		expect((await scene.pass()).deliveries.delivered).toBe(1);
		scene.world.advance(10 * 60 * 1000);
		await scene.pass();
		expect(scene.done().filter((act) => act.includes(old.reference))).toEqual([]);
	});

	it('keeps what a wider pattern brings to the group for fourteen days', async () => {
		const scene = await agedScene();
		const old = scene.aged(75, { files: fastqs('M-1', 'N-2') }, false);
		await scene.pass();
		scene.world.advanceDays(20);
		withoutRows(scene);
		const changes = { mgi_pattern: '^[MN][-_]' };
		expect((await scene.pass(changes)).deliveries.files).toBe(4);
		for (let today = 0; today < 15; today++) {
			await scene.pass(changes);
			expect(scene.done().filter((act) => act.includes(old.reference))).toEqual(
				today < 14 ? [] : [`delete ${old.reference}`],
			);
			scene.world.advanceDays(1);
		}
	});
});
