import { describe, expect, it } from 'vitest';
import { type AgedScene, agedScene, day, hour } from '../../helpers/aged-scene.ts';
import { fastqs } from '../../helpers/scene.ts';
import type { Analysis, AnalysisSpec, DataItem } from '../../simulator/model.ts';

const lastSlash = /[^/]+\/$/;

/** What a pass says of an analysis, and whether it asked for somebody. */
async function look(
	scene: AgedScene,
	analysis: Analysis,
): Promise<{ said: string; needs: readonly string[] }> {
	const { lines, needsAction } = await scene.pass();
	return { said: lines.filter((line) => line.includes(analysis.reference)).join('\n'), needs: needsAction };
}

function folderOf({ outputFolder }: Analysis): DataItem {
	if (outputFolder === undefined) {
		throw new Error('it has no output');
	}
	return outputFolder;
}

const heldForPerson = ['1 analysis due, and held until somebody acts'];
const neighbours: [string, number, Partial<AnalysisSpec>, boolean][] = [
	['is under way', 1, { status: 'IN_PROGRESS', endDate: null }, false],
	['waits for its delivery', 0.5, { files: [{ path: 'M-1.fastq.gz', status: 'PARTIAL' }] }, false],
	['ended two days ago', 2, {}, true],
];

describe.each([true, false])('an old output, where ICA lists what is below folders: %s', (childrenListed) => {
	async function scene(): Promise<AgedScene> {
		const made = await agedScene();
		made.world.childrenListed = childrenListed;
		return made;
	}

	it.each(neighbours)(
		'is left alone when it contains the output of an analysis that %s',
		async (_, days, spec, delivered) => {
			const made = await scene();
			const old = made.aged(100);
			made.aged(days, { outputFolder: `${folderOf(old).path}rerun/`, ...spec }, delivered);
			const { said, needs } = await look(made, old);
			expect([made.done(), needs]).toEqual([[], heldForPerson]);
			expect(said).toMatch(
				/warn: Holding .*: (?:.* is, contains or lies in the output of|\d files? in it that)/,
			);
		},
	);

	it.each(neighbours)(
		'is left alone when it is the output of an analysis that %s',
		async (_, days, spec, delivered) => {
			const made = await scene();
			const neighbour = made.aged(days, spec, delivered);
			const old = made.aged(100, { otherOutputs: [folderOf(neighbour)] });
			const { said, needs } = await look(made, old);
			expect([made.done(), needs]).toEqual([[], heldForPerson]);
			expect(said).toContain(
				`${folderOf(neighbour).path} is, contains or lies in the output of ${neighbour.reference}.`,
			);
		},
	);

	it.each(neighbours)(
		'is left alone when it lies in the output of an analysis that %s, or contains it, wherever that is',
		async (_, days, spec, delivered) => {
			const made = await scene();
			made.aged(days, { outputFolder: '/results/study/', ...spec }, delivered);
			const inside = made.world.addFile(made.source, '/results/study/of/old.bam', {
				timeCreated: made.ago(100),
			});
			const around = made.world.findByPath(made.source, '/results/');
			const old = [
				made.aged(100, { otherOutputs: [inside] }),
				made.aged(101, { otherOutputs: around === undefined ? [] : [around] }),
			];
			const { needsAction, lines } = await made.pass();
			expect(made.done()).toEqual([]);
			expect(needsAction).toEqual(['2 analyses due, and held until somebody acts']);
			expect(lines.join('\n')).toContain('/results/study/of/old.bam is, contains or lies in the output of ');
			expect(lines.filter((line) => old.some(({ reference }) => line.includes(reference)))).toHaveLength(2);
		},
	);

	it('is left alone with a file in it that a person put there later', async () => {
		const made = await scene();
		const old = made.aged(100);
		made.world.addFile(made.source, `${folderOf(old).path}notes.txt`, { timeCreated: made.ago(98) });
		const { said, needs } = await look(made, old);
		expect([made.done(), needs]).toEqual([[], heldForPerson]);
		expect(said).toContain('1 file in it that the analysis did not put out (notes.txt): move them first');
	});

	it('goes at its age when nothing of others is in it, near it or at work with it', async () => {
		const made = await scene();
		const old = made.aged(100);
		made.aged(1, {
			status: 'IN_PROGRESS',
			endDate: null,
			inputs: [made.world.addFile(made.source, '/other.bam')],
		});
		made.aged(1, { outputFolder: folderOf(old).path.replace(lastSlash, 'elsewhere/') });
		expect((await look(made, old)).needs).toEqual([]);
		expect(made.done()).toEqual([`delete ${old.reference}`]);
	});
});

describe('shared folders', () => {
	it.each([
		'/',
		'/datasets/',
		'/ilmn-runs/',
		'/ilmn-analyses/',
		'/scratch/',
		'/ilmn-runs/230101_A01_0001_X/',
	])('%s, listed as an output, is never touched', async (path) => {
		const scene = await agedScene();
		const folder = scene.world.addFolder(scene.source, path === '/' ? '/x/' : path);
		if (path === '/') {
			Object.assign(folder, { path, name: '' });
		}
		const old = scene.aged(100, { otherOutputs: [folder] });
		const { said, needs } = await look(scene, old);
		expect([scene.done(), needs, folder.gone]).toEqual([[], heldForPerson, false]);
		expect(said).toContain(`it lists ${path} as its output`);
	});

	it('that a young analysis lists protect nothing but themselves', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		const shared = scene.world.findByPath(scene.source, '/ilmn-analyses/');
		scene.aged(1, {
			status: 'IN_PROGRESS',
			endDate: null,
			otherOutputs: shared === undefined ? [] : [shared],
		});
		expect((await look(scene, old)).needs).toEqual([]);
		expect(scene.done()).toEqual([`delete ${old.reference}`]);
	});
});

describe('an old output that is in use', () => {
	const underWay = { status: 'IN_PROGRESS', endDate: null, files: [] } as const;

	it.each([
		['a file of it', (old: Analysis) => old.files.slice(0, 1)],
		['its folder', (old: Analysis) => [folderOf(old)]],
	])('waits while an analysis under way has %s for its input, and goes after that', async (_, inputsOf) => {
		const scene = await agedScene();
		const old = scene.aged(100);
		const user = scene.aged(1, { ...underWay, inputs: inputsOf(old) });
		const { said, needs } = await look(scene, old);
		expect([scene.done(), needs]).toEqual([[], []]);
		expect(said).toMatch(
			new RegExp(`info: Waiting with .*: due, and an input of ${user.reference} in bssh_core\\.`),
		);
		scene.world.setAnalysisStatus(user, 'SUCCEEDED');
		await scene.pass();
		expect(scene.done()).toEqual([`delete ${old.reference}`]);
	});

	it('waits while it lies in a folder that is an input', async () => {
		const scene = await agedScene();
		const old = scene.aged(100);
		const around = scene.world.findByPath(scene.source, '/ilmn-analyses/');
		scene.aged(1, { ...underWay, inputs: around === undefined ? [] : [around] });
		expect((await look(scene, old)).needs).toEqual([]);
		expect(scene.done()).toEqual([]);
	});

	it.each(['the file', 'a folder of theirs with a link of it'])(
		'waits while the group at work with it in its own project has %s for an input',
		async (what) => {
			const scene = await agedScene();
			const { world, destination } = scene;
			const old = scene.aged(100);
			const [file] = old.files;
			if (file === undefined) {
				throw new Error('it has no files');
			}
			world.link(file, destination);
			const folder = world.addFolder(destination, file.path.slice(0, file.path.lastIndexOf('/') + 1));
			const user = world.addAnalysis(destination, {
				run: '20260501_theirs',
				...underWay,
				inputs: [what === 'the file' ? file : folder],
			});
			const { said } = await look(scene, old);
			expect(said).toContain(`an input of ${user.reference} in MGI.`);
			expect(scene.done()).toEqual([]);
		},
	);

	it.each([
		['the inputs of an analysis', 'getAnalysisInputs'],
		["the recipient's analyses", 'searchAnalyses'],
	])('is unknown when %s cannot be looked up: then the pass acts on nothing', async (_, operation) => {
		const scene = await agedScene();
		scene.aged(100);
		scene.aged(65);
		scene.aged(1, underWay);
		scene.simulator.addFault({
			operation,
			skip: operation === 'searchAnalyses' ? 2 : 0,
			times: 20,
			answer: { kind: 'status', status: 403 },
		});
		const { needsAction, lines } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(needsAction).toEqual(['old data could not be archived or deleted']);
		expect(lines.join('\n')).toContain('Nothing is archived or deleted while that is not known.');
		scene.simulator.clearFaults();
		expect((await scene.pass()).needsAction).toEqual([]);
		expect(scene.done()).toHaveLength(2);
	});

	it('costs a quiet pass nothing', async () => {
		const scene = await agedScene();
		scene.aged(59);
		scene.aged(1, underWay);
		scene.operations();
		await scene.pass();
		expect(scene.operations()).not.toContain('getAnalysisInputs');
	});
});

describe('one analysis that cannot be looked at', () => {
	it('is reported, and keeps no other: one whose output cannot be listed, or is nested without end', async () => {
		const scene = await agedScene();
		const broken = scene.aged(98);
		const deep = scene.aged(97, { files: [`${'d/'.repeat(5000)}M-1.fastq.gz`] });
		const good = scene.aged(96);
		scene.simulator.addFault({
			operation: 'getAnalysisOutputs',
			where: ({ path }) => path.includes(broken.id),
			times: 9,
			answer: { kind: 'status', status: 500 },
		});
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual(['1 analysis could not be looked at for ageing']);
		expect(lines.join('\n')).toContain(`error: Could not look at the output of ${broken.reference}`);
		expect(scene.done().sort()).toEqual([deep, good].map((each) => `delete ${each.reference}`).sort());
	});

	it('is one with a date that cannot be, for which a person is asked once a day', async () => {
		const scene = await agedScene();
		const created = scene.ago(2);
		const strange = scene.aged(0, {
			startDate: new Date('0001-01-01T00:00:00Z'),
			endDate: null,
			timeCreated: created,
		});
		const { said, needs } = await look(scene, strange);
		expect([scene.done(), needs]).toEqual([[], heldForPerson]);
		expect(said).toContain(
			'its age is not known, since a date of it or of its files is missing or cannot be',
		);
		scene.world.advance(hour);
		const quiet = await scene.pass();
		expect(quiet.needsAction).toEqual([]);
		expect(quiet.summary).toContain('old data: 1 held (4.2 MB)');
		scene.world.advance(day);
		expect((await scene.pass()).needsAction).toEqual(heldForPerson);
	});

	it('is found again although its folder was made minutes after the last end', async () => {
		const scene = await agedScene();
		const ended = scene.ago(91);
		const late = scene.aged(91, {
			folderTimeCreated: new Date(ended.getTime() + 5 * 60_000),
			dataTimeCreated: new Date(ended.getTime() + 5 * 60_000),
		});
		await scene.pass();
		expect(scene.done()).toEqual([`delete ${late.reference}`]);
	});

	it('is one hour old when it ended an hour ago, though it started a hundred days ago', async () => {
		const scene = await agedScene();
		scene.aged(0, { startDate: scene.ago(100), timeCreated: scene.ago(100), endDate: scene.ago(1 / 24) });
		expect((await scene.pass()).needsAction).toEqual([]);
		expect(scene.done()).toEqual([]);
	});

	it('is as young as the newest file of its own, and is not looked at before that is due', async () => {
		const scene = await agedScene();
		const old = scene.aged(100, {
			files: [...fastqs('M-1'), { path: 'output/late.csv', timeCreated: scene.ago(30) }],
		});
		expect((await scene.pass()).needsAction).toEqual([]);
		scene.operations();
		await scene.pass();
		expect(scene.operations()).not.toContain('getAnalysisOutputs');
		for (let today = 0; today < 62; today++) {
			scene.world.advanceDays(1);
			await scene.pass();
		}
		expect(scene.done()).toEqual([
			`archive ${old.reference}`,
			`unarchive ${old.reference}`,
			`delete ${old.reference}`,
		]);
	});
});
