import { describe, expect, it } from 'vitest';
import { type BsshScene, bsshScene, day } from '../../helpers/basespace-scene.ts';
import { fastqs } from '../../helpers/scene.ts';
import type { BaseSpaceProject } from '../../simulator/basespace/model.ts';

/** A project named by an old, delivered analysis. */
async function sceneWithProject(): Promise<{ scene: BsshScene; project: BaseSpaceProject }> {
	const scene = await bsshScene();
	const project = scene.basespace.addProject('Core');
	scene.named(95, ['Core']);
	return { scene, project };
}

/** An analysis that began an hour ago, of this run by the sample sheet's name. */
function underWay(scene: BsshScene, run: string, spec: object = {}): ReturnType<BsshScene['analysis']> {
	const startDate = scene.ago(1 / 24);
	return scene.analysis({ run, status: 'IN_PROGRESS', startDate, endDate: null, files: [], ...spec });
}

/** Runs so old that they are to be deleted, of these names and experiment names. */
function oldRuns(
	{ basespace, ago }: BsshScene,
	project: BaseSpaceProject,
	names: Readonly<Record<string, string | null>>,
): void {
	for (const [name, experimentName] of Object.entries(names)) {
		basespace.addRun([project], { name, experimentName, dateCreated: ago(95) });
	}
}

describe('a run of which an analysis is under way', () => {
	it('is held by its experiment name, which the sample sheet and not the instrument has given', async () => {
		const { scene, project } = await sceneWithProject();
		oldRuns(scene, project, {
			'250710_A01052_0268_BHFK3GDSXF': 'Tsqn250707-RNA_10Jul25',
			'250711_A01052_0269_AHFK3GDSXF': 'Tsqn250707-RNA_10Jul2',
			'250712_A01052_0270_AHFK3GDSXF': null,
		});
		const analysis = underWay(scene, 'TSQN250707-RNA_10Jul25');
		const { lines } = await scene.pass();
		expect(scene.done().sort()).toEqual([
			'delete 250711_A01052_0269_AHFK3GDSXF',
			'delete 250712_A01052_0270_AHFK3GDSXF',
		]);
		expect(lines.filter((line) => line.includes('Holding'))).toEqual([
			expect.stringMatching(
				`Holding run 250710_A01052_0268_BHFK3GDSXF .*: ${analysis.reference} is under way\\.$`,
			),
		]);
	});

	it('is held with every other run that the analysis could be of, and none that is only called alike', async () => {
		const { scene, project } = await sceneWithProject();
		oldRuns(scene, project, {
			'Run 7': 'Lab',
			Run: 'x1',
			'Run 7 b': 'x2',
			'Run 70': 'x3',
			'7': 'x4',
			other: 'r',
		});
		underWay(scene, 'RUN 7 b');
		await scene.pass();
		expect(scene.done().sort()).toEqual(['delete 7', 'delete Run 70', 'delete other']);
	});

	it.each(['9000077', 'Run 250710 of lane 2'])('is held by a tag of the analysis alone: %s', async (tag) => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		const dateCreated = ago(95);
		basespace.addRun([project], { name: 'Run 250710', v1Id: '9000077', dateCreated });
		basespace.addRun([project], { name: 'Something else', dateCreated });
		underWay(scene, 'Something else', { tags: { technicalTags: [tag] } });
		await scene.pass();
		expect(scene.done()).toEqual([]);
	});

	it('is held with all runs when the analysis is of none that BaseSpace knows', async () => {
		const { scene, project } = await sceneWithProject();
		oldRuns(scene, project, { 'run one': 'e1', 'run two': 'e2' });
		scene.basespace.addDataset(project, { name: 'dataset', dateCreated: scene.ago(95) });
		const analysis = underWay(scene, 'renamed by hand');
		const { lines } = await scene.pass();
		expect(scene.done()).toEqual(['delete dataset']);
		expect(lines.join('\n')).toContain(`${analysis.reference} is under way, and its run is not known`);
		scene.world.setAnalysisStatus(analysis, 'ABORTED');
		await scene.pass();
		expect(scene.done()).toHaveLength(3);
	});

	it('is held for as long as that takes, and a person is told when that is more than a week', async () => {
		const { scene, project } = await sceneWithProject();
		oldRuns(scene, project, { 'run one': 'e1' });
		const analysis = underWay(scene, 'run one');
		const warnings = async (): Promise<string[]> =>
			(await scene.pass()).lines.filter((line) => line.startsWith('warn: '));
		expect(await warnings()).toEqual([]);
		scene.world.advanceDays(8);
		expect(await warnings()).toEqual([
			expect.stringMatching(`under way for more than a week: ${analysis.reference}\\. Abort what is stuck`),
		]);
		expect(scene.done()).toEqual([]);
	});

	it('is the only one that is held, also when it is of a project that is not looked into', async () => {
		const { scene, project } = await sceneWithProject();
		oldRuns(scene, project, { 'run one': 'e1', 'run two': 'e2' });
		scene.basespace.addRun([], { name: '20260529_LH00619_0099_A', dateCreated: scene.ago(1) });
		underWay(scene, '20260529_LH00619_0099_A');
		await scene.pass();
		expect(scene.done().sort()).toEqual(['delete run one', 'delete run two']);
	});
});

describe('a young analysis that waits for its delivery', () => {
	it('holds the projects that it names, with all their runs, and no others', async () => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		const other = basespace.addProject('Other');
		scene.named(95, ['Other']);
		basespace.addDataset(project, { name: 'held', dateCreated: ago(95) });
		basespace.addRun([other, project], { name: 'run of both', dateCreated: ago(95) });
		basespace.addDataset(other, { name: 'free', dateCreated: ago(95) });
		scene.named(2, ['Core'], {}, false);
		await scene.pass();
		expect(scene.done()).toEqual(['delete free']);
		scene.world.advanceDays(14);
		await scene.pass();
		expect(scene.done().sort()).toEqual(['delete free', 'delete held', 'delete run of both']);
	});

	it('has its bsshoutput.json downloaded once', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		scene.world.forceLinkJobEnd('FAILED');
		scene.named(2, ['Core'], {}, false);
		await scene.pass();
		await scene.pass();
		expect(scene.simulator.s3Exchanges.filter(({ operation }) => operation === 'GetObject')).toHaveLength(2);
	});

	it.each([{}, { days_to_archive: '80', days_to_delete: '60' }])(
		'of 55 days holds the 61-day-old dataset of the project that it names, with %j',
		async (options) => {
			const { scene, project } = await sceneWithProject();
			scene.basespace.addDataset(project, { name: 'held', dateCreated: scene.ago(61) });
			scene.named(55, ['Core'], {}, false);
			const { lines } = await scene.pass(options);
			expect(scene.done()).toEqual([]);
			expect(lines.join('\n')).toMatch(/Holding dataset held .*which names its project, was not delivered/);
		},
	);

	it('names a project that is not aged by the next pass, either', async () => {
		const { scene } = await sceneWithProject();
		const later = scene.basespace.addProject('Later');
		scene.basespace.addDataset(later, { name: 'of later', dateCreated: scene.ago(200) });
		scene.named(58, ['Later'], {}, false);
		await scene.pass();
		await scene.pass();
		expect(scene.done()).toEqual([]);
		scene.world.advanceDays(15);
		await scene.pass();
		expect(scene.done()).toEqual(['delete of later']);
	});

	it('holds everything when BaseSpace shows no project of the name that it names', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		scene.named(2, ['Renamed since'], {}, false);
		const { needsAction } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(needsAction).toEqual([
			expect.stringMatching(
				/^nothing is aged in BaseSpace: .* BaseSpace shows no project of that name: Renamed since$/,
			),
		]);
	});

	it('holds everything, with attention, when its bsshoutput.json is archived and was never read', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		const files = [...fastqs('M-1'), { path: 'bsshoutput.json', content: 'x', status: 'ARCHIVED' as const }];
		scene.named(5, [], { files }, false);
		const { needsAction } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(needsAction).toEqual([
			expect.stringMatching(
				/^nothing is aged in BaseSpace: .* was not delivered when the pass began, and which projects it names is not known$/,
			),
		]);
	});
});

describe('what was delivered a short time ago, or not for certain', () => {
	it('is left alone for two weeks, with its run; what is older in the same project is not', async () => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		scene.named(92, ['Core'], { run: 'late' }, ago(3));
		basespace.addDataset(project, { name: 'of the late one', dateCreated: ago(91) });
		basespace.addRun([project], { name: 'late', dateCreated: ago(93) });
		basespace.addDataset(project, { name: 'older', dateCreated: ago(94) });
		basespace.addRun([project], { name: 'earlier', dateCreated: ago(96) });
		const { lines, needsAction } = await scene.pass();
		expect(scene.done().sort()).toEqual(['delete earlier', 'delete older']);
		expect(needsAction).toEqual([]);
		expect(lines.join('\n')).toMatch(
			/Waiting with dataset of the late one .*: delivered 2026-05-26T12:00Z, so it is aged from 2026-06-09T12:00Z on/,
		);
		scene.world.advanceDays(11);
		await scene.pass();
		expect(scene.done()).toHaveLength(4);
	});

	it.each([
		['by its name', '20260201_LH00619_0001_A', { '20260201_LH00619_0001_A': 'RNA' }, []],
		[
			'by a tag that holds its name',
			{
				run: 'TX-153',
				tags: { technicalTags: ['bssh.run.name:20260201_LH00619_0001_A'], userTags: [], referenceTags: [] },
			},
			{ '20260201_LH00619_0001_A': 'RNA' },
			[],
		],
		['by an experiment name of its own', 'RNA-seq 5', { '20260201_LH00619_0001_A': 'RNA-seq 5' }, []],
		[
			'and not by an experiment name that others have, too',
			'RNA-seq',
			{ '20260201_LH00619_0001_A': 'RNA-seq', '20260202_LH00619_0002_B': 'RNA-seq' },
			['delete 20260201_LH00619_0001_A', 'delete 20260202_LH00619_0002_B'],
		],
	])('keeps a run that was analysed again long after, %s', async (_, run, names, done) => {
		const { scene, project } = await sceneWithProject();
		oldRuns(scene, project, names);
		scene.named(10, ['Core'], typeof run === 'string' ? { run } : run, scene.ago(3));
		await scene.pass();
		expect(scene.done().sort()).toEqual(done);
		scene.world.advanceDays(11);
		await scene.pass();
		expect(scene.done()).toHaveLength(Object.keys(names).length);
	});

	it('waits for a person when a row of the table is all that says so, and is asked about once a day', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'unproven', dateCreated: scene.ago(91) });
		scene.named(91, ['Core'], {}, 'handled');
		const attention = ['1 dataset in BaseSpace due, and held until somebody acts'];
		expect((await scene.pass()).needsAction).toEqual(attention);
		scene.world.advance(day / 2);
		expect((await scene.pass()).needsAction).toEqual([]);
		scene.world.advance(0.6 * day);
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual(attention);
		expect(lines.join('\n')).toMatch(/warn: Holding dataset unproven .*there is no manifest of them/);
		expect(scene.done()).toEqual([]);
	});

	it('costs a pass nothing that has nothing to change', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(91) });
		scene.named(91, ['Core'], {}, scene.ago(3));
		await scene.pass();
		scene.operations();
		const { lines } = await scene.pass();
		expect(lines.join('\n')).toContain('waiting for a date or for somebody to act, as reported before');
		expect(scene.operations().filter((operation) => operation === 'searchAnalyses')).toHaveLength(1);
	});
});

describe('what is in use', () => {
	it('by an analysis under way of the group is left alone, with its run', async () => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago, world } = scene;
		const old = scene.named(93, ['Core'], { run: 'used' });
		basespace.addDataset(project, { name: 'used dataset', dateCreated: ago(92.9) });
		basespace.addRun([project], { name: 'used', dateCreated: ago(94) });
		const [fastq] = old.files;
		const user = world.addAnalysis(scene.destination, {
			run: 'germline',
			status: 'IN_PROGRESS',
			endDate: null,
			inputs: fastq === undefined ? [] : [fastq],
		});
		const { lines } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(lines.join('\n')).toMatch(
			new RegExp(`Waiting with dataset used dataset .*due, and an input of ${user.reference}`),
		);
		world.setAnalysisStatus(user, 'SUCCEEDED');
		await scene.pass();
		expect(scene.done().sort()).toEqual(['delete used', 'delete used dataset']);
	});

	it('cannot be looked up: nothing is changed in BaseSpace', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		underWay(scene, 'any');
		scene.simulator.addFault({
			operation: 'getAnalysisInputs',
			times: 9,
			answer: { kind: 'status', status: 400 },
		});
		const { needsAction } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(needsAction).toEqual(['old data could not be archived or deleted in BaseSpace']);
	});
});
