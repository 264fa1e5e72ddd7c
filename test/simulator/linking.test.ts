import { beforeEach, expect, it } from 'vitest';
import { allPages, call } from './client.ts';
import { furnished } from './furnished.ts';
import type { DataItem, Project } from './model.ts';
import type { Simulator } from './simulator.ts';
import type { World } from './world.ts';

let simulator: Simulator;
let world: World;
let source: Project;
let destination: Project;

beforeEach(async () => {
	({ simulator, world, project: destination } = await furnished('MGI'));
	world.linkJobMillis = 30_000;
	source = world.addProject('BSSH AGC', { externallyManaged: true });
});

interface Batch {
	readonly id: string;
	readonly job: { readonly status: string };
}

async function link(items: readonly { readonly id: string }[], version: 3 | 4 = 4): Promise<string> {
	const body = { items: items.map((item) => ({ dataId: item.id })) };
	const path = `/api/projects/${destination.id}/dataLinkingBatch`;
	const answer = await call(simulator, 'POST', path, { version, body });
	expect(answer.status).toBe(201);
	return (answer.body as unknown as Batch).id;
}

async function jobStatus(batchId: string): Promise<string> {
	const { body } = await call(
		simulator,
		'GET',
		`/api/projects/${destination.id}/dataLinkingBatch/${batchId}`,
	);
	return (body as unknown as Batch).job.status;
}

async function itemStatuses(batchId: string, version: 3 | 4 = 4): Promise<string[]> {
	const path = `/api/projects/${destination.id}/dataLinkingBatch/${batchId}/items`;
	const { body } = await call(simulator, 'GET', path, { version });
	return (body['items'] as { processing: { status: string } }[]).map((item) => item.processing.status);
}

function files(...names: readonly string[]): DataItem[] {
	return names.map((name) => world.addFile(source, `/x/${name}`));
}

it('takes a job from INITIALIZED over RUNNING to SUCCEEDED, and links when it is carried out', async () => {
	const [a, b] = files('a', 'b');
	const batch = await link([a, b].filter((file) => file !== undefined));
	expect(await jobStatus(batch)).toBe('INITIALIZED');
	expect(await itemStatuses(batch)).toEqual(['INITIALISED', 'INITIALISED']);
	world.advance(15_000);
	expect(await jobStatus(batch)).toBe('RUNNING');
	expect(world.dataOf(destination)).toEqual([]);
	world.advance(15_000);
	expect(await jobStatus(batch)).toBe('SUCCEEDED');
	expect(await itemStatuses(batch)).toEqual(['LINKED', 'LINKED']);
	expect(world.dataOf(destination)).toEqual([a, b]);
});

it('carries out what is due even when nobody has looked for long', async () => {
	const batch = await link(files('a'));
	world.advance(3_600_000);
	expect(world.dataOf(destination)).toHaveLength(1);
	expect(await jobStatus(batch)).toBe('SUCCEEDED');
});

it('links a file once, whichever of two jobs comes first', async () => {
	const [file] = files('a');
	if (file === undefined) {
		throw new Error('no file');
	}
	const [first, second] = [await link([file]), await link([file])];
	world.advance(30_000);
	expect(await itemStatuses(first)).toEqual(['LINKED']);
	expect(await itemStatuses(second)).toEqual(['ALREADY_LINKED']);
	expect(await jobStatus(second)).toBe('SUCCEEDED');
	expect(world.timesLinked(file, destination)).toBe(1);
	world.unlink(file, destination);
	await link([file]);
	world.advance(30_000);
	expect(world.timesLinked(file, destination)).toBe(2);
});

it('fails an item with the reason, and the job in part or as a whole', async () => {
	const closed = world.addProject('closed', { dataSharingEnabled: false });
	const bad = [
		{ id: 'fil.00000000000000000000000000000000' },
		world.addFile(closed, '/a'),
		world.addFile(source, '/partial', { status: 'PARTIAL' }),
		world.addFile(destination, '/own'),
	];
	const good = files('a');
	const [part, whole] = [await link([...bad, ...good]), await link(bad)];
	world.advance(30_000);
	expect(await jobStatus(part)).toBe('PARTIALLY_SUCCEEDED');
	expect(await itemStatuses(part)).toEqual(['FAILED', 'FAILED', 'FAILED', 'FAILED', 'LINKED']);
	expect(await jobStatus(whole)).toBe('FAILED');
	const path = `/api/projects/${destination.id}/dataLinkingBatch/${part}/items`;
	const failed = await call(simulator, 'GET', `${path}?status=FAILED&pageSize=2`, { version: 4 });
	expect(failed.body).toMatchObject({
		remainingRecords: 2,
		items: [
			{ processing: { additionalStatusInformation: expect.stringContaining('not found') } },
			{ processing: { additionalStatusInformation: 'Data sharing is not enabled for project closed.' } },
		],
	});
});

it('gives a link the outcome that a test forces', async () => {
	const [good, bad] = files('a', 'b');
	if (good === undefined || bad === undefined) {
		throw new Error('no files');
	}
	world.forceLinkOutcome(bad.id, 'FAILED', 'Quota exceeded.');
	const batch = await link([good, bad]);
	world.advance(30_000);
	expect(await itemStatuses(batch)).toEqual(['LINKED', 'FAILED']);
	expect(world.dataOf(destination)).toEqual([good]);
	const partial = world.addFile(source, '/x/partial', { status: 'PARTIAL' });
	world.forceLinkOutcome(partial.id, 'LINKED');
	await link([partial]);
	world.advance(30_000);
	expect(world.dataOf(destination)).toEqual([good, partial]);
	world.allowLink(bad.id);
	await link([bad]);
	world.advance(30_000);
	expect(world.dataOf(destination)).toEqual([good, partial, bad]);
});

it('ends jobs as a test forces it', async () => {
	const linked = async (...forced: Parameters<World['forceLinkJobEnd']>): Promise<unknown[]> => {
		world.forceLinkJobEnd(...forced);
		const wanted = files(`${forced}1`, `${forced}2`);
		const batch = await link(wanted);
		world.forceLinkJobEnd(undefined);
		world.advance(30_000);
		const there = wanted.filter((file) => world.dataOf(destination).includes(file));
		return [await jobStatus(batch), await itemStatuses(batch), there.length];
	};
	expect(await linked('FAILED')).toEqual(['FAILED', ['FAILED', 'FAILED'], 0]);
	expect(await linked('STOPPED', 1)).toEqual(['STOPPED', ['LINKED', 'INITIALISED'], 1]);
	expect(await linked('PARTIALLY_SUCCEEDED')).toEqual(['PARTIALLY_SUCCEEDED', ['LINKED', 'LINKED'], 2]);
	expect(await linked('never')).toEqual(['RUNNING', ['RUNNING', 'RUNNING'], 0]);
	expect(await linked(undefined)).toEqual(['SUCCEEDED', ['LINKED', 'LINKED'], 2]);
});

it('links a folder as one item in version 4, and everything in it one by one in version 3', async () => {
	const folder = world.addFolder(source, '/x/');
	const [good, bad] = files('good', 'bad');
	world.forceLinkOutcome(bad?.id ?? '', 'FAILED', 'no');
	const four = await link([folder]);
	world.advance(30_000);
	expect(await itemStatuses(four)).toEqual(['PARTIALLY_LINKED']);
	expect(await itemStatuses(four, 3)).toEqual(['FAILED']);
	expect(await jobStatus(four)).toBe('PARTIALLY_SUCCEEDED');
	expect(world.dataOf(destination)).toEqual([folder, good]);
	world.unlink(folder, destination);
	const three = await link([folder], 3);
	world.advance(30_000);
	expect(await itemStatuses(three, 3)).toEqual(['LINKED', 'FAILED', 'FAILED']);
	expect(good && world.timesLinked(good, destination)).toBe(2);
});

it('refuses to link into an externally managed project, and to show a batch of another project', async () => {
	const [file] = files('a');
	const body = { items: [{ dataId: file?.id }] };
	const into = `/api/projects/${source.id}/dataLinkingBatch`;
	expect(await call(simulator, 'POST', into, { version: 4, body })).toMatchObject({ status: 403 });
	const batch = await link(files('b'));
	expect(await call(simulator, 'GET', `${into}/${batch}`)).toMatchObject({ status: 404 });
	expect(await call(simulator, 'GET', `${into}/none`)).toMatchObject({ status: 400 });
});

it('pages through the items of a batch', async () => {
	const wanted = files(...Array.from({ length: 7 }, (_, index) => `${index}`));
	const batch = await link(wanted);
	world.advance(30_000);
	const path = `/api/projects/${destination.id}/dataLinkingBatch/${batch}/items?pageSize=3`;
	const { items, pages } = await allPages(simulator, 'GET', path);
	expect(pages).toBe(3);
	expect(items.map((item) => (item['request'] as { dataId: string }).dataId)).toEqual(
		wanted.map((file) => file.id),
	);
	expect(items[0]).toMatchObject({ createdProjectData: { projectId: destination.id } });
});
