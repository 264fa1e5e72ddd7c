import { expect, it } from 'vitest';
import { bsshScene } from '../../helpers/basespace-scene.ts';

it('a dataset whose analysis was never delivered stays when ICA has lost the output of that analysis', async () => {
	const scene = await bsshScene();
	const project = scene.basespace.addProject('Core');
	const files = [
		{ path: 'M-1_S1_L001_R1_001.fastq.gz', status: 'PARTIAL' as const },
		{ path: 'bsshoutput.json', content: '{"Projects":{"1":{"Name":"Core","Datasets":{}}}}' },
	];
	const analysis = scene.named(95, ['Core'], { files }, false);
	scene.basespace.addDataset(project, { name: 'M-1_L1', dateCreated: scene.ago(95) });
	await scene.pass();
	expect(scene.done()).toEqual([]);
	if (analysis.outputFolder !== undefined) {
		scene.world.remove(analysis.outputFolder);
	}
	expect((await scene.pass()).needsAction).toEqual([expect.stringContaining('never delivered')]);
	scene.world.advance(10 * 60 * 1000);
	scene.named(96, ['Other']);
	await scene.pass();
	expect(scene.done()).toEqual([]);
});
