import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './client.ts';
import { type Analysis, analysisStatuses, type Project } from './model.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const run = '20240529_LH00619_0013_B22CCFJLT4';
let simulator: Simulator;
let project: Project;

beforeEach(async () => {
	simulator = await startSimulator();
	project = simulator.world.addProject('BSSH AGC', { externallyManaged: true });
});

afterEach(async () => {
	await simulator.close();
});

async function search(body: unknown): Promise<Record<string, unknown>[]> {
	const answer = await call(simulator, 'POST', `/api/projects/${project.id}/analysis:search`, { body });
	expect(answer.status).toBe(200);
	return answer.body['items'] as Record<string, unknown>[];
}

function outputs(analysis: Analysis): ReturnType<typeof call> {
	return call(simulator, 'GET', `/api/projects/${project.id}/analyses/${analysis.id}/outputs`);
}

it('gives an analysis the reference, pipeline, times and output folder of a real one', async () => {
	simulator.world.setNow(new Date('2024-05-31T12:00:00Z'));
	const analysis = simulator.world.addAnalysis(project, { run, files: ['output/a.fastq.gz'] });
	expect(analysis.reference).toMatch(
		/^20240529_LH00619_0013_B22CCFJLT4_[0-9a-f]{6}_[0-9a-f]{6}-BclConvert_v4_1_23_patch1-[0-9a-f-]{36}$/,
	);
	expect(analysis.reference.endsWith(analysis.id)).toBe(true);
	const [item] = await search({});
	expect(item).toMatchObject({
		status: 'SUCCEEDED',
		pipeline: { code: 'BclConvert v4_1_23_patch1' },
		timeCreated: '2024-05-31T09:49:00Z',
		startDate: '2024-05-31T09:50:00Z',
		endDate: '2024-05-31T11:50:00Z',
	});
	expect(analysis.files[0]?.path).toBe(`/ilmn-analyses/${analysis.reference}/output/a.fastq.gz`);
	expect(analysis.files[0]?.id).toMatch(/^fil\.[0-9a-f]{32}$/);
	expect(analysis.outputFolder?.id).toMatch(/^fol\.[0-9a-f]{32}$/);
});

it('finds analyses by status, by reference and by user reference', async () => {
	const { world } = simulator;
	const good = world.addAnalysis(project, { run });
	const failed = world.addAnalysis(project, { run, status: 'FAILED' });
	const queued = world.addAnalysis(project, { run, status: 'QUEUED', userReference: 'mine' });
	const ids = async (body: unknown): Promise<unknown[]> => (await search(body)).map((item) => item['id']);
	expect(await ids({})).toEqual([good.id, failed.id, queued.id]);
	expect(await ids({ status: ['FAILED', 'QUEUED'] })).toEqual([failed.id, queued.id]);
	expect(await ids({ reference: good.reference, status: null })).toEqual([good.id]);
	expect(await ids({ userReference: 'mine' })).toEqual([queued.id]);
});

it('refuses a status that version 4 does not know', async () => {
	const path = `/api/projects/${project.id}/analysis:search`;
	for (const status of [['INPROGRESS'], ['XSUCCEEDED'], 'SUCCEEDED', [null]]) {
		expect(await call(simulator, 'POST', path, { body: { status } })).toMatchObject({ status: 400 });
	}
});

it('moves the status of an analysis with the clock', async () => {
	const { world } = simulator;
	const soon = (seconds: number): Date => new Date(world.now().getTime() + seconds * 1000);
	const analysis = world.addAnalysis(project, {
		run,
		statusTimeline: [
			{ at: soon(200), status: 'SUCCEEDED' },
			{ at: soon(100), status: 'IN_PROGRESS' },
		],
		files: ['a.fastq.gz'],
	});
	const status = async (): Promise<unknown> => (await search({}))[0]?.['status'];
	expect(await status()).toBe('REQUESTED');
	world.advance(101_000);
	expect(await status()).toBe('IN_PROGRESS');
	expect((await outputs(analysis)).body).toEqual({ items: [] });
	world.advance(100_000);
	expect(await status()).toBe('SUCCEEDED');
	expect((await outputs(analysis)).body['items']).toHaveLength(1);
});

it('shows one analysis in both versions, with the statuses of each', async () => {
	const analysis = simulator.world.addAnalysis(project, { run, status: 'PREPARING_INPUTS', startDate: null });
	const path = `/api/projects/${project.id}/analyses/${analysis.id}`;
	const four = await call(simulator, 'GET', path, { version: 4 });
	expect(four.body).toMatchObject({ status: 'PREPARING_INPUTS', owner: {}, startDate: null, endDate: null });
	const three = await call(simulator, 'GET', path, { version: 3 });
	expect(three.body).toMatchObject({ status: 'INPROGRESS', ownerId: expect.any(String) });
	const elsewhere = simulator.world.addProject('other');
	const missing = await call(simulator, 'GET', `/api/projects/${elsewhere.id}/analyses/${analysis.id}`);
	expect(missing.status).toBe(404);
});

it('shows the tags of an analysis, wherever it is shown', async () => {
	const technicalTags = ['bssh.run.id:9000001', `bssh.run.name:${run}`];
	const tags = { technicalTags, userTags: ['lane 1'] };
	const analysis = simulator.world.addAnalysis(project, { run, tags });
	const all = { ...tags, referenceTags: [] };
	expect((await search({}))[0]).toMatchObject({ tags: all });
	const path = `/api/projects/${project.id}/analyses/${analysis.id}`;
	for (const version of [3, 4] as const) {
		expect((await call(simulator, 'GET', path, { version })).body).toMatchObject({ tags: all });
	}
});

it('lists the outputs as a tree, in which what was deleted stays', async () => {
	const { world } = simulator;
	const files = ['output/Samples/Lane_1/M-1/M-1_S1_L001_R1_001.fastq.gz', 'bsshoutput.json'];
	const analysis = world.addAnalysis(project, { run, outputFolder: '/custom/', files });
	const before = (await outputs(analysis)).body;
	expect(before).toMatchObject({
		items: [
			{
				projectId: project.id,
				data: [
					{
						name: 'custom',
						dataType: 'FOLDER',
						children: [
							{
								name: 'output',
								children: [{ name: 'Samples', children: [{ children: [{ children: [{}] }] }] }],
							},
							{ name: 'bsshoutput.json', dataType: 'FILE' },
						],
					},
				],
			},
		],
	});
	if (analysis.outputFolder !== undefined) {
		world.remove(analysis.outputFolder);
	}
	expect(world.dataOf(project)).toEqual([]);
	expect((await outputs(analysis)).body).toEqual(before);
});

it('can have no output at all', async () => {
	const analysis = simulator.world.addAnalysis(project, { run, outputFolder: null });
	expect((await outputs(analysis)).body).toEqual({ items: [] });
});

it('says what an analysis was given, in any status and project, also when that is gone', async () => {
	const { world } = simulator;
	const [old] = world.addAnalysis(project, { run, files: ['a.fastq.gz'] }).files;
	const folder = world.addFolder(project, '/in/');
	const inputs = [old, folder].filter((item) => item !== undefined);
	const downstream = world.addProject('MGI');
	const inputsOf = async ({ id, project: at }: Analysis): Promise<ReturnType<typeof call>> =>
		await call(simulator, 'GET', `/api/projects/${at.id}/analyses/${id}/inputs`);
	const data = inputs.map(({ id, name, type }) => ({ dataId: id, name, dataType: type }));
	const expected = { items: [{ code: 'input', analysisData: data, externalData: null }] };
	for (const status of analysisStatuses) {
		const analysis = world.addAnalysis(downstream, { run, status, inputs, outputFolder: null });
		expect((await inputsOf(analysis)).body).toMatchObject(expected);
	}
	const mine = world.addAnalysis(project, { run, status: 'IN_PROGRESS', inputs });
	world.remove(folder);
	expect((await inputsOf(mine)).body).toMatchObject({
		items: [{ analysisData: [data[0], { dataId: folder.id, dataType: 'FOLDER' }] }],
	});
	expect((await inputsOf(world.addAnalysis(project, { run }))).body).toEqual({ items: [] });
	simulator.addFault({ operation: 'getAnalysisInputs', answer: { kind: 'status', status: 500 } });
	expect((await inputsOf(mine)).status).toBe(500);
});

describe('outputs', () => {
	interface Node {
		readonly dataId: string;
		readonly dataType: string;
		readonly children?: readonly Node[];
	}

	async function listed(analysis: Analysis): Promise<readonly Node[]> {
		const [item] = (await outputs(analysis)).body['items'] as { readonly data: readonly Node[] }[];
		return item?.data ?? [];
	}

	it('say nothing about what is below a folder where the world, or the analysis, wants it so', async () => {
		const { world } = simulator;
		const files = ['output/a.fastq.gz'];
		const usual = world.addAnalysis(project, { run, files });
		const terse = world.addAnalysis(project, { run, files, childrenListed: false });
		const [own] = await listed(terse);
		expect(own).toMatchObject({ dataId: terse.outputFolder?.id, dataType: 'FOLDER' });
		expect(own).not.toHaveProperty('children');
		expect((await listed(usual))[0]?.children).toHaveLength(1);
		world.childrenListed = false;
		expect((await listed(usual))[0]).not.toHaveProperty('children');
		usual.childrenListed = true;
		expect((await listed(usual))[0]?.children).toHaveLength(1);
	});

	it('can be nested thousands of folders deep', async () => {
		const depth = 5000;
		const analysis = simulator.world.addAnalysis(project, { run, files: [`${'d/'.repeat(depth)}a`] });
		let nodes: readonly Node[] | undefined = await listed(analysis);
		let levels = 0;
		while (nodes?.[0]?.children !== undefined) {
			levels += 1;
			nodes = nodes[0].children;
		}
		expect([levels, nodes?.[0]?.dataId]).toEqual([depth + 1, analysis.files[0]?.id]);
	});

	it('list a file as it was put out, wherever it was moved since', async () => {
		const { world } = simulator;
		const analysis = world.addAnalysis(project, { run, outputFolder: '/out/', files: ['x/a.gz'] });
		const before = await listed(analysis);
		for (const file of analysis.files) {
			world.move(file, '/elsewhere/b.gz');
		}
		expect(await listed(analysis)).toEqual(before);
	});

	it('can be more than its own folder, and say what is below that only when asked to', async () => {
		const { world } = simulator;
		const neighbour = world.addAnalysis(project, { run, files: ['x/a.fastq.gz'] });
		const shared = world.addFolder(project, '/ilmn-runs/');
		const file = world.addFile(project, '/report.txt');
		const inner = neighbour.files[0];
		const items = [neighbour.outputFolder, shared, file, inner].filter((item) => item !== undefined);
		const analysis = world.addAnalysis(project, { run, files: ['b'], otherOutputs: items });
		const [own, ...others] = await listed(analysis);
		expect(own?.children).toHaveLength(1);
		expect(others.map(({ dataId }) => dataId)).toEqual(items.map(({ id }) => id));
		expect(others.filter((one) => 'children' in one)).toEqual([]);
		world.addFile(project, '/ilmn-runs/later.txt');
		analysis.childrenListed = true;
		const told = await listed(analysis);
		expect(told.map(({ children }) => children?.length)).toEqual([1, 1, 1, undefined, undefined]);
		expect(told[1]?.children?.[0]?.children?.[0]?.dataId).toBe(inner?.id);
		const none = world.addAnalysis(project, { run, outputFolder: null, otherOutputs: [shared] });
		expect((await listed(none)).map(({ dataId }) => dataId)).toEqual([shared.id]);
	});
});
