import { describe, expect, it } from 'vitest';
import { agedScene } from '../helpers/aged-scene.ts';
import { fastqs } from '../helpers/scene.ts';

/** An answer without the entries of a list that hold a text. */
function without(text: string): (body: unknown) => unknown {
	return (body) =>
		JSON.parse(JSON.stringify(body), (key, value: unknown) =>
			key === 'items' && Array.isArray(value)
				? value.filter((entry) => !JSON.stringify(entry).includes(text))
				: value,
		);
}

describe('of several outputs', () => {
	it("one that was deleted with MGI's FASTQs in it: that they were never delivered is said", async () => {
		const scene = await agedScene();
		const phix = scene.world.addFile(scene.source, '/other/PhiX_S1_L001_R1_001.fastq.gz', {
			timeCreated: scene.ago(2),
		});
		const analysis = scene.aged(2, { files: fastqs('M-1'), otherOutputs: [phix] }, false);
		if (analysis.outputFolder !== undefined) {
			scene.world.remove(analysis.outputFolder);
		}
		const { needsAction } = await scene.pass();
		expect(needsAction).toEqual([expect.stringContaining('never delivered, and the data deleted')]);
	});

	it('one that is there, and missing in a list that lags: nothing is recorded', async () => {
		const scene = await agedScene();
		const folder = scene.world.addFolder(scene.source, '/other/', { timeCreated: scene.ago(2) });
		scene.world.addFile(scene.source, '/other/M-2_S2_L001_R1_001.fastq.gz', { timeCreated: scene.ago(2) });
		scene.aged(2, { files: fastqs('M-1'), otherOutputs: [folder] }, false);
		scene.simulator.addFault({
			operation: 'getProjectDataList',
			where: ({ query }) => query.getAll('id').includes(folder.id),
			answer: { kind: 'rewrite', change: without(folder.id) },
		});
		expect((await scene.pass()).deliveries.delivered).toBe(0);
		expect((await scene.pass()).deliveries.files).toBe(3);
	});
});

it('just after the end, a list without any FASTQ of MGI is not the last word', async () => {
	const scene = await agedScene();
	scene.world.childrenListed = false;
	scene.aged(1 / 24 / 60, { files: fastqs('M-1', 'PhiX') }, false);
	scene.simulator.addFault({
		operation: 'getProjectDataList',
		where: ({ query }) => query.get('type') === 'FILE',
		answer: { kind: 'rewrite', change: without('"name":"M-') },
	});
	await scene.pass();
	expect((await scene.pass()).deliveries.files).toBe(2);
});
