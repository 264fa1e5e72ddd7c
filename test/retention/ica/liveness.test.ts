import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AgedScene, agedScene } from '../../helpers/aged-scene.ts';
import { fastqs } from '../../helpers/scene.ts';

const tenMinutes = 10 * 60 * 1000;

/** What the next pass, ten minutes later, asks for. */
async function costOfNext(scene: AgedScene): Promise<number> {
	await scene.pass();
	scene.world.advance(tenMinutes);
	scene.operations();
	await scene.pass();
	return scene.operations().length;
}

/** What is asked of a person in a month of daily passes. */
async function askedInMonth(scene: AgedScene): Promise<Set<string>> {
	const asked = new Set<string>();
	for (let today = 0; today < 30; today++) {
		for (const each of (await scene.pass()).needsAction) {
			asked.add(each);
		}
		scene.world.advanceDays(1);
	}
	return asked;
}

describe('the cost of a pass', () => {
	it('does not grow with the files of what is held', async () => {
		const costs: number[] = [];
		for (const many of [2, 5000]) {
			const scene = await agedScene();
			scene.aged(70, { dataStatus: 'ARCHIVED' });
			const files = Array.from({ length: many }, (_, n) => `M-1_S1_L001_R1_${n}.fastq.gz`);
			const held = scene.aged(100, { files }, false);
			const row = `${held.id},${held.reference}\n`;
			writeFileSync(join(scene.folder, 'analyses_managed_table.txt'), row, { flag: 'a' });
			costs.push(await costOfNext(scene));
		}
		expect(costs[1]).toBe(costs[0]);
	});

	it('does not grow with what cannot be looked at', async () => {
		const scene = await agedScene();
		for (let n = 0; n < 20; n++) {
			scene.aged(100 + n);
		}
		scene.simulator.addFault({
			operation: 'getProjectDataList',
			times: 9999,
			where: ({ query }) => query.has('id'),
			answer: {
				kind: 'rewrite',
				change: (body) =>
					JSON.parse(JSON.stringify(body), (key, value: unknown) =>
						key === 'folderDetails' || (key === 'data' && typeof value === 'object' && value !== null)
							? { ...(value ?? {}), ...(key === 'data' ? { folderDetails: { nonIndexed: true } } : {}) }
							: value,
					),
			},
		});
		expect(await costOfNext(scene)).toBeLessThan(20);
	});
});

describe('what is due and never goes', () => {
	it('is said to a person: an output in which no file is its own', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		for (const file of old.files) {
			scene.world.remove(file);
		}
		scene.world.addFile(scene.source, `${old.outputFolder?.path}copy.bam`, { timeCreated: scene.ago(98) });
		expect([...(await askedInMonth(scene))]).not.toEqual([]);
	});

	it('is said to a person: one with a bsshoutput.json in it that another project owns', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		const lab = scene.world.addProject('theirs');
		const theirs = scene.world.addFile(lab, `${old.outputFolder?.path}bsshoutput.json`);
		scene.world.link(theirs, scene.source);
		expect([...(await askedInMonth(scene))]).not.toEqual([]);
	});
});

describe('the own files of an analysis', () => {
	it('are also those in its folder that it lists beside it', async () => {
		const scene = await agedScene();
		const report = scene.world.addFile(scene.source, '/ilmn-analyses/one/report.html', {
			timeCreated: scene.ago(100),
		});
		scene.aged(100, { reference: 'one', outputFolder: '/ilmn-analyses/one/', otherOutputs: [report] });
		expect((await scene.pass()).needsAction).toEqual([]);
		expect(scene.done()).toContain('delete one');
	});

	it('are told by their time in a folder of which ICA does not say what is in it', async () => {
		const scene = await agedScene();
		const old = scene.aged(100, { files: ['report.html', ...fastqs('M-1')] });
		let depth = 0;
		const withoutGrandchildren = (key: string, value: unknown): unknown => {
			const isNested =
				key === 'children' && Array.isArray(value) && !JSON.stringify(value).includes('report.html');
			depth += isNested ? 1 : 0;
			return isNested ? undefined : value;
		};
		scene.simulator.addFault({
			operation: 'getAnalysisOutputs',
			times: 9999,
			answer: {
				kind: 'rewrite',
				change: (body) => JSON.parse(JSON.stringify(body, withoutGrandchildren)),
			},
		});
		await scene.pass();
		expect(depth).toBeGreaterThan(0);
		expect(scene.done()).toEqual([`delete ${old.reference}`]);
	});
});

it('an entry of the destination that cannot be read, and has ended, stops nothing', async () => {
	const scene = await agedScene();
	const old = scene.aged(100);
	scene.world.addAnalysis(scene.destination, { run: 'theirs', files: [] });
	scene.simulator.addFault({
		operation: 'searchAnalyses',
		times: 9999,
		where: ({ path }) => path.includes(scene.destination.id),
		answer: {
			kind: 'rewrite',
			change: (body) =>
				JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'pipeline' ? undefined : value))),
		},
	});
	await scene.pass();
	expect(scene.done()).toEqual([`delete ${old.reference}`]);
});

describe('what an earlier pass has put off', () => {
	it('is looked at when other thresholds make it due, as the dry run says', async () => {
		const scene = await agedScene();
		const files = [...fastqs('PhiX'), { path: 'late.txt', timeCreated: scene.ago(50) }];
		const old = scene.aged(70, { files });
		await scene.pass();
		const dry = await scene.pass({ days_to_archive: '40', dry_run: true });
		expect(dry.lines.join('\n')).toContain(`Would archive ${old.reference}`);
		await scene.pass({ days_to_archive: '40' });
		expect(scene.done()).toEqual([`archive ${old.reference}`]);
	});

	it('is the same for a dry run, which ends as the real pass would', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		scene.world.addFile(scene.source, `${old.outputFolder?.path}x.txt`, { timeCreated: scene.ago(90.5) });
		await scene.pass();
		scene.world.advance(tenMinutes);
		const dry = await scene.pass({ dry_run: true });
		expect(dry.needsAction).toEqual((await scene.pass()).needsAction);
	});
});
