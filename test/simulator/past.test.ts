import { beforeEach, describe, expect, it } from 'vitest';
import { call } from './client.ts';
import { furnished } from './furnished.ts';
import type { Analysis, DataItem, Project } from './model.ts';
import type { Simulator } from './simulator.ts';
import type { World } from './world.ts';

const run = '20240529_LH00619_0013_B22CCFJLT4';
const noon = new Date('2024-05-31T12:00:00Z');
let simulator: Simulator;
let world: World;
let project: Project;

beforeEach(async () => {
	({ simulator, world, project } = await furnished('core'));
	world.setNow(noon);
});

function times(analysis: Analysis): (string | undefined)[] {
	return [analysis.timeCreated, analysis.startDate, analysis.endDate].map((time) => time?.toISOString());
}

function made(analysis: Analysis): Set<string> {
	const items = [analysis.outputFolder, ...analysis.output].filter((item) => item !== undefined);
	return new Set(items.map((item) => item.timeCreated.toISOString()));
}

/** The paths in the outputs that the service lists for an analysis. */
async function outputs(analysis: Analysis): Promise<string[]> {
	interface Node {
		readonly name: string;
		readonly children?: readonly Node[];
	}
	const path = `/api/projects/${analysis.project.id}/analyses/${analysis.id}/outputs`;
	const { body } = await call(simulator, 'GET', path);
	const named = (node: Node, above: string): string[] => [
		above + node.name,
		...(node.children ?? []).flatMap((child) => named(child, `${above}${node.name}/`)),
	];
	const items = body['items'] as { data: Node[] }[];
	return items.flatMap(({ data }) => data.flatMap((node) => named(node, '')));
}

describe('an analysis of the past', () => {
	it('has made its data when it ended, two hours after its start unless the test says otherwise', () => {
		const add = (spec: object): Analysis => world.addAnalysis(project, { run, files: ['a/b'], ...spec });
		const start = new Date('2024-03-01T08:00:00Z');
		const end = new Date('2024-03-01T18:00:00Z');
		const started = add({ startDate: start });
		expect(times(started).slice(1)).toEqual(['2024-03-01T08:00:00.000Z', '2024-03-01T10:00:00.000Z']);
		expect(made(started)).toEqual(new Set(['2024-03-01T10:00:00.000Z']));
		const ended = add({ endDate: end });
		expect(times(ended).slice(1)).toEqual(['2024-03-01T16:00:00.000Z', '2024-03-01T18:00:00.000Z']);
		expect(made(ended)).toEqual(new Set(['2024-03-01T18:00:00.000Z']));
		const created = add({ timeCreated: start, startDate: null, endDate: null });
		expect(times(created)).toEqual(['2024-03-01T08:00:00.000Z', undefined, undefined]);
		expect(made(created)).toEqual(new Set(['2024-03-01T10:00:00.000Z']));
		expect(made(add({ startDate: start, dataTimeCreated: end }))).toEqual(new Set([end.toISOString()]));
	});

	it('never has data of the future, unless it starts there', () => {
		const hourAgo = new Date(noon.getTime() - 3_600_000);
		const later = new Date(noon.getTime() + 3_600_000);
		const statusTimeline = [{ at: later, status: 'SUCCEEDED' }] as const;
		for (const spec of [{}, { status: 'IN_PROGRESS' }, { statusTimeline }] as const) {
			const { outputFolder } = world.addAnalysis(project, { run, startDate: hourAgo, ...spec });
			expect(outputFolder?.timeCreated.getTime()).toBeLessThanOrEqual(world.now().getTime());
		}
		const ahead = world.addAnalysis(project, { run, startDate: later });
		expect(times(ahead)[2]).toBe('2024-05-31T15:00:00.000Z');
	});

	it('can have times that cannot be, which are shown, and from which nothing follows', async () => {
		const shown = async ({ id }: Analysis): Promise<unknown[]> => {
			const path = `/api/projects/${project.id}/analyses/${id}`;
			const { body } = await call(simulator, 'GET', path, { version: 4 });
			return ['timeCreated', 'startDate', 'endDate'].map((name) => body[name]);
		};
		const [never, epoch, ahead] = ['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '2031-01-01T00:00:00Z'];
		const created = new Date('2024-05-29T12:00:00Z');
		for (const time of [never, epoch]) {
			const impossible = new Date(time ?? '');
			const analysis = world.addAnalysis(project, { run, startDate: impossible, timeCreated: created });
			expect(await shown(analysis)).toEqual(['2024-05-29T12:00:00Z', time, '2024-05-29T14:00:00Z']);
			expect(made(analysis)).toEqual(new Set(['2024-05-29T14:00:00.000Z']));
			const all = { timeCreated: impossible, startDate: impossible, endDate: impossible };
			const nothing = world.addAnalysis(project, { run, ...all });
			expect(await shown(nothing)).toEqual([time, time, time]);
			expect(nothing.outputFolder?.timeCreated.toISOString()).toMatch(/^2024-05-31T11:50:0/);
		}
		const future = world.addAnalysis(project, { run, startDate: created, endDate: new Date(ahead ?? '') });
		expect(await shown(future)).toEqual(['2024-05-29T11:59:00Z', '2024-05-29T12:00:00Z', ahead]);
		expect(made(future)).toEqual(new Set(['2024-05-29T14:00:00.000Z']));
		const file = world.addFile(project, '/old', { timeCreated: new Date(never ?? '') });
		const { body } = await call(simulator, 'GET', `/api/projects/${project.id}/data/${file.id}`);
		expect(body['data']).toMatchObject({ details: { timeCreated: never } });
	});

	it('can have folders that were made after its end, and after the files in them', () => {
		const endDate = new Date('2024-03-01T18:00:00Z');
		const folderTimeCreated = new Date('2024-03-01T18:05:00Z');
		const outputFolder = '/late/';
		const spec = { run, outputFolder, endDate, folderTimeCreated, files: ['x/a'] };
		const { output, outputFolder: folder } = world.addAnalysis(project, spec);
		expect([folder, ...output].map((item) => item?.timeCreated)).toEqual([
			folderTimeCreated,
			folderTimeCreated,
			endDate,
		]);
	});

	it('can have the status of its files said once, and of some on their own', () => {
		const files = ['x/a', { path: 'x/b', status: 'AVAILABLE' as const }];
		const { output } = world.addAnalysis(project, { run, files, dataStatus: 'ARCHIVED' });
		expect([...output].map((item) => item.status)).toEqual(['AVAILABLE', 'ARCHIVED', 'AVAILABLE']);
		const deleting = world.addAnalysis(project, { run, files: ['x/a'], dataStatus: 'DELETING' });
		const all = [deleting.outputFolder, ...deleting.output];
		expect(all.map((item) => item?.status)).toEqual(['DELETING', 'DELETING', 'DELETING']);
	});

	it('still lists its output when that was deleted long ago, which nothing else does', async () => {
		const spec = { run, outputFolder: '/ilmn-analyses/r/', files: ['x/a', 'x/y/b', 'c'] };
		const deleted = world.addAnalysis(project, { ...spec, deleted: true });
		expect(world.dataOf(project).map((item) => item.path)).toEqual(['/ilmn-analyses/']);
		const [file] = deleted.files;
		expect(file).toMatchObject({ path: '/ilmn-analyses/r/x/a', gone: true, sizeInBytes: 1_048_576 });
		for (const item of [file, deleted.outputFolder]) {
			const path = `/api/projects/${project.id}/data/${item?.id}`;
			expect(await call(simulator, 'GET', path)).toMatchObject({ status: 404 });
			expect(await call(simulator, 'POST', `${path}:delete`)).toMatchObject({ status: 404 });
		}
		const live = world.addAnalysis(project, spec);
		expect(await outputs(deleted)).toEqual(['r', 'r/x', 'r/x/a', 'r/x/y', 'r/x/y/b', 'r/c']);
		expect(await outputs(live)).toEqual(await outputs(deleted));
		expect(deleted.outputFolder).not.toBe(live.outputFolder);
	});

	it('lists nothing as its own that others have put into its output folder, before or after', async () => {
		world.addFile(project, '/shared/before');
		world.addFile(project, '/shared/x/before');
		const spec = { run, outputFolder: '/shared/', files: ['x/a'] };
		const [first, second] = [
			world.addAnalysis(project, spec),
			world.addAnalysis(project, { ...spec, files: ['x/b'] }),
		];
		world.addFile(project, '/shared/x/after');
		world.addFile(project, '/shared/z/after');
		expect(await outputs(first)).toEqual(['shared', 'shared/x', 'shared/x/a']);
		expect(await outputs(second)).toEqual(['shared', 'shared/x', 'shared/x/b']);
		expect([...first.output].map((item) => item.path)).toEqual(['/shared/x/', '/shared/x/a']);
	});
});

it('gives a file the size and the ETag of its content, unless they are given or a key encrypts it', () => {
	const kms = world.addProject('kms', { storage: { encryption: { algorithm: 'aws:kms' } } });
	const facts = ({ sizeInBytes, eTag }: DataItem): unknown[] => [sizeInBytes, eTag];
	const md5 = '900150983cd24fb0d6963f7d28e17f72';
	const content = 'abc';
	expect(facts(world.addFile(project, '/a', { content }))).toEqual([3, md5]);
	expect(facts(world.addFile(project, '/b', { content, size: 7, eTag: 'e' }))).toEqual([7, 'e']);
	const encrypted = facts(world.addFile(kms, '/a', { content }));
	expect(encrypted).toEqual([3, expect.stringMatching(/^[0-9a-f]{32}$/)]);
	expect(encrypted).not.toContain(md5);
	const big = world.addFile(project, '/big', { content, parts: 12 });
	expect(facts(big)).toEqual([3, expect.stringMatching(/^[0-9a-f]{32}-12$/)]);
	const partial = world.addFile(project, '/c', { content, status: 'PARTIAL' });
	expect(facts(partial)).toEqual([3, undefined]);
	world.setStatus(partial, 'AVAILABLE');
	expect(facts(partial)).toEqual([3, md5]);
	expect(facts(world.addFile(project, '/d'))).toEqual([0, expect.stringMatching(/^[0-9a-f]{32}$/)]);
});
