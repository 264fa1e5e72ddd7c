import { expect, it } from 'vitest';
import { allPages } from './client.ts';
import { startSimulator } from './simulator.ts';
import { World } from './world.ts';

it('builds and pages through ten thousand analyses and their data in seconds', async () => {
	const begin = performance.now();
	const world = new World();
	const project = world.addProject('BSSH AGC');
	for (let index = 0; index < 10_000; index += 1) {
		world.addAnalysis(project, { run: `20240529_LH00619_${index}_B22CCFJLT4`, files: ['a.fastq.gz'] });
	}
	const simulator = await startSimulator({ world });
	const analyses = await allPages(simulator, 'POST', `/api/projects/${project.id}/analysis:search`, {});
	const data = await allPages(
		simulator,
		'GET',
		`/api/projects/${project.id}/data?filePath=/ilmn-analyses/&type=FILE`,
	);
	await simulator.close();
	expect([analyses.items.length, analyses.pages]).toEqual([10_000, 10]);
	expect([data.items.length, data.pages]).toEqual([10_000, 10]);
	expect(performance.now() - begin).toBeLessThan(15_000);
});
