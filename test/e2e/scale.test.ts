import { describe, expect, it } from 'vitest';
import { startScene } from '../helpers/scene.ts';

const polling = 'getProjectDataLinkingBatch';

describe('a pass over a large project', () => {
	it('delivers 5 new analyses of 2,000 files among 2,000, in at most 60 requests beside the polling', {
		timeout: 60_000,
	}, async () => {
		const scene = await startScene();
		const longAgo = new Date(scene.world.now().getTime() - 200 * 24 * 3_600_000);
		for (let n = 0; n < 1995; n++) {
			scene.analysis({
				files: [],
				pipelineCode: n % 2 === 0 ? 'DRAGEN Germline 4.3.6' : 'BclConvert v4_1_23',
				...(n % 2 === 0 ? {} : { status: 'FAILED', startDate: longAgo, outputFolder: null }),
			});
		}
		const files = Array.from(
			{ length: 2000 },
			(_, n) => `output/Samples/M-${n}/M-${n}_S${n}_L001_R1_001.fastq.gz`,
		);
		const fresh = Array.from({ length: 5 }, () =>
			scene.analysis({ files: [...files, 'output/Reports/Top.csv'] }),
		);
		const installation = scene.install();

		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });

		const requests = scene.operations();
		expect(requests.filter((operation) => operation !== polling).length).toBeLessThanOrEqual(60);
		expect(installation.managedIds().sort()).toEqual(fresh.map(({ id }) => id).sort());
		for (const analysis of fresh) {
			const fastqs = analysis.files.filter(({ name }) => name.startsWith('M-'));
			expect(new Set(fastqs.map((file) => scene.world.timesLinked(file, scene.destination)))).toEqual(
				new Set([1]),
			);
			const path = `/fastq_manifests/${analysis.reference}.download_manifest.csv`;
			const manifest = scene.world.findByPath(scene.destination, path);
			const rows = manifest && scene.world.contentOf(manifest)?.toString().trimEnd().split('\n').slice(1);
			expect(rows?.map((row) => row.split(',')[2]).sort()).toEqual(fastqs.map(({ id }) => id).sort());
		}
		const before = scene.world.dataOf(scene.destination).length;

		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });

		expect(scene.operations().filter((operation) => operation.startsWith('create'))).toEqual([
			'createJwtToken',
		]);
		expect(scene.world.dataOf(scene.destination)).toHaveLength(before);
	});
});
