import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AgedScene, agedScene } from '../../helpers/aged-scene.ts';
import type { Analysis, DataItem } from '../../simulator/model.ts';

const tenMinutes = 10 * 60 * 1000;

/** Handled, and delivered so many days ago; null: no manifest tells of it. */
function handle(scene: AgedScene, analysis: Analysis, delivered: number | null): void {
	const row = `${analysis.id},${analysis.reference}\n`;
	writeFileSync(join(scene.folder, 'analyses_managed_table.txt'), row, { flag: 'a' });
	if (delivered !== null) {
		scene.manifest(analysis, scene.ago(delivered));
	}
}

function outputOf({ outputFolder }: Analysis): DataItem[] {
	return outputFolder === undefined ? [] : [outputFolder];
}

function folderAt({ world, source }: AgedScene, path: string): DataItem[] {
	const folder = world.findByPath(source, path);
	return folder === undefined ? [] : [folder];
}

describe.each([
	['was delivered two days ago', 2],
	['has no proof of its delivery', null],
] as const)('an output elsewhere than in its own folder, and an older analysis that %s', (_, delivered) => {
	it('is left alone when it contains the output of that one', async () => {
		const scene = await agedScene();
		scene.world.childrenListed = false;
		const other = scene.aged(105, { outputFolder: '/results/study/b/' }, false);
		handle(scene, other, delivered);
		scene.aged(100, { pipelineCode: 'DRAGEN', otherOutputs: folderAt(scene, '/results/study/') });
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});

	it('is left alone when it is the output of that one', async () => {
		const scene = await agedScene();
		const other = scene.aged(105, { outputFolder: '/results/study/b/' }, false);
		handle(scene, other, delivered);
		scene.aged(100, { pipelineCode: 'DRAGEN', otherOutputs: outputOf(other) });
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});

	it('is left alone by the passes that do not look at that one again, too', async () => {
		const scene = await agedScene();
		scene.world.childrenListed = false;
		const extra = scene.world.addFile(scene.source, '/results/study/b/report.html', {
			timeCreated: scene.ago(105),
		});
		const other = scene.aged(105, { otherOutputs: [extra] }, false);
		handle(scene, other, delivered);
		await scene.pass();
		scene.world.advance(tenMinutes);
		scene.aged(100, { pipelineCode: 'DRAGEN', otherOutputs: folderAt(scene, '/results/study/') });
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});
});

describe('an output in its own folder', () => {
	it('is left alone when an analysis that ended two days ago lists it as its output', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		scene.aged(2, { otherOutputs: outputOf(old) });
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});

	it('waits while what an undelivered analysis lists cannot be looked up', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		const waiting = scene.aged(
			0.5,
			{ files: [{ path: 'M-1.fastq.gz', status: 'PARTIAL' }], otherOutputs: outputOf(old) },
			false,
		);
		scene.simulator.addFault({
			operation: 'getAnalysisOutputs',
			times: 99,
			where: ({ path }) => path.includes(waiting.id),
			answer: { kind: 'status', status: 500 },
		});
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});

	it.each([
		['ended', { endDate: new Date('0001-01-01T00:00:00Z') }],
		['began', { startDate: new Date('2099-01-01T00:00:00Z'), endDate: null }],
	])(
		'is left alone when one that %s at a time that cannot be has put something into it',
		async (_, dates) => {
			const scene = await agedScene();
			scene.world.childrenListed = false;
			const old = scene.aged(100);
			scene.aged(100, {
				reference: 'another',
				pipelineCode: 'DRAGEN',
				outputFolder: `${old.outputFolder?.path}rerun/`,
				dataTimeCreated: scene.ago(99.9),
				timeCreated: scene.ago(100.2),
				startDate: scene.ago(100.2),
				...dates,
			});
			await scene.pass();
			expect(scene.done()).toEqual([]);
		},
	);
});
