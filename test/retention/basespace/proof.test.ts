import { describe, expect, it } from 'vitest';
import { bsshScene } from '../../helpers/basespace-scene.ts';

describe('in BaseSpace', () => {
	it('a dataset that was made long after the only analysis which names its project needs that one’s proof', async () => {
		const scene = await bsshScene();
		const project = scene.basespace.addProject('Core');
		scene.named(110, ['Core'], {}, 'handled');
		scene.basespace.addDataset(project, { name: 'M-1_L1', dateCreated: scene.ago(100) });
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});

	it('an analysis with dates that cannot be is one for a person', async () => {
		const scene = await bsshScene();
		scene.basespace.addProject('Core');
		scene.named(95, ['Core'], { startDate: new Date('0001-01-01T00:00:00Z') });
		expect((await scene.pass()).needsAction).not.toEqual([]);
	});

	it('a run whose analysis was delivered yesterday is left alone', async () => {
		const scene = await bsshScene();
		const project = scene.basespace.addProject('Core');
		scene.named(95, ['Core']);
		const run = '250710_A01052_0268_BHFK3GDSXF';
		scene.basespace.addRun([project], { name: run, dateCreated: scene.ago(95) });
		scene.named(3, ['Core'], { run }, scene.ago(1));
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});
});
