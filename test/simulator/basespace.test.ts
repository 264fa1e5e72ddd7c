import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { BaseSpaceProject } from './basespace/model.ts';
import type { BaseSpaceStore } from './basespace/store.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;
let store: BaseSpaceStore;
let project: BaseSpaceProject;

beforeEach(async () => {
	simulator = await startSimulator();
	onTestFinished(() => simulator.close());
	store = simulator.world.basespace;
	project = store.addProject('P');
});

async function call(
	method: string,
	path: string,
	{ token = simulator.basespaceToken, body }: { token?: string; body?: object } = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
	const response = await fetch(simulator.basespaceUrl + path, {
		method,
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		...(body && { body: JSON.stringify(body) }),
	});
	return { status: response.status, body: await response.json() };
}

describe('the simulated BaseSpace', () => {
	it('lists datasets by pages, with their dates in seven decimals and their owner', async () => {
		const dateCreated = new Date('2025-06-13T12:11:20Z');
		for (let n = 0; n < 11; n++) {
			store.addDataset(project, { dateCreated });
		}
		const path = `/v2/projects/${project.id}/datasets`;
		expect(await call('GET', path)).toMatchObject({
			status: 200,
			body: {
				Items: expect.arrayContaining([
					expect.objectContaining({
						DateCreated: '2025-06-13T12:11:20.0000000Z',
						UserOwnedBy: expect.objectContaining({ Id: store.me.id }),
					}),
				]),
				Paging: { TotalCount: 11, DisplayedCount: 10, Offset: 0, Limit: 10 },
			},
		});
		expect(await call('GET', `${path}?limit=200&offset=10`)).toMatchObject({
			body: { Paging: { DisplayedCount: 1 } },
		});
		expect((await call('GET', `${path}?limit=201`)).status).toBe(400);
	});

	it('lists the runs of some projects, or all', async () => {
		const dateCreated = new Date('2025-06-13T12:11:20Z');
		const [one, other] = [store.addRun([project], { dateCreated }), store.addRun([])];
		const listed = async (query: string): Promise<unknown> => (await call('GET', `/v2/runs${query}`)).body;
		expect(await listed(`?output.projects=${project.id},5`)).toMatchObject({
			Items: [{ Id: one.id }],
			Paging: { TotalCount: 1 },
		});
		expect(await listed('')).toMatchObject({ Items: [{ Id: other.id }, { Id: one.id }] });
	});

	it('archives at once, restores later, and deletes nothing that is archived', async () => {
		const item = store.addDataset(project);
		const body = { DatasetIds: [item.id] };
		await call('POST', '/v2/archive', { body });
		expect(item.isArchived).toBe(true);
		expect((await call('DELETE', `/v2/datasets/${item.id}`)).status).toBe(409);
		await call('POST', '/v2/restore', { body });
		simulator.world.advance(store.restoreMillis - 1000);
		expect((await call('DELETE', `/v2/datasets/${item.id}`)).status).toBe(409);
		simulator.world.advance(1000);
		expect((await call('DELETE', `/v2/datasets/${item.id}`)).status).toBe(200);
		expect(item.state).toBe('in the trash');
		expect(await call('GET', '/v2/trash')).toMatchObject({ body: { Items: [{ Dataset: { Id: item.id } }] } });
	});

	it('writes what BaseSpace writes now and then: no count, dates that cannot be, several names and ids', async () => {
		store.areListsCounted = false;
		const dateWritten = '0001-01-01T00:00:00.0000000Z';
		store.addRun([project], { name: 'r', experimentName: 'sheet', v1Id: '31', dateWritten });
		const other = store.addProject('Q');
		store.addDataset(project, { name: 'M-181-2_L1', listedIn: [other], untold: ['owner'] });
		const runs = (await call('GET', '/v2/runs')).body;
		expect(runs).toMatchObject({
			Items: [{ Name: 'r', ExperimentName: 'sheet', V1Pre3Id: '31', DateCreated: dateWritten }],
			Paging: { DisplayedCount: 1 },
		});
		expect(JSON.stringify(runs)).not.toContain('TotalCount');
		const { body } = await call('GET', `/v2/projects/${other.id}/datasets`);
		expect(body).toMatchObject({ Items: [{ Name: 'M-181-2_L1', Project: { Id: project.id } }] });
		expect(JSON.stringify(body)).not.toContain('UserOwnedBy');
	});

	it('archives nothing in a state in which BaseSpace does not, and deletes it', async () => {
		const run = store.addRun([project], { status: 'NeedsAttention' });
		expect((await call('POST', '/v2/archive', { body: { RunIds: [run.id] } })).status).toBe(400);
		expect((await call('DELETE', `/v2/runs/${run.id}`)).status).toBe(200);
	});

	it('empties the trash of everything, whoever put it there', async () => {
		const item = store.addRun([project]);
		item.state = 'in the trash';
		store.otherTrash = ['theirs'];
		expect(await call('GET', '/v2/trash')).toMatchObject({ body: { Paging: { TotalCount: 2 } } });
		await call('DELETE', '/v2/trash');
		expect([item.state, store.otherTrash, store.items]).toEqual(['gone', [], []]);
	});

	it('refuses what the token does not allow, what belongs to others, and a wrong token', async () => {
		const theirs = store.addDataset(project, { owner: store.other });
		expect(await call('DELETE', `/v2/datasets/${theirs.id}`)).toMatchObject({
			status: 403,
			body: { ErrorCode: 'BASESPACE.COMMON.FORBIDDEN' },
		});
		store.scopes = ['READ GLOBAL'];
		expect((await call('POST', '/v2/archive', { body: { RunIds: ['1'] } })).status).toBe(403);
		expect(await call('GET', '/v1pre3/users/current', { token: 'wrong' })).toMatchObject({
			status: 401,
			body: { ResponseStatus: { ErrorCode: 'BASESPACE.OAUTH.INVALID_TOKEN' } },
		});
	});

	it('does with all of a request what it asks for, or with none', async () => {
		const [good, theirs] = [store.addDataset(project), store.addDataset(project, { owner: store.other })];
		const body = { DatasetIds: [good.id, theirs.id] };
		expect((await call('POST', '/v2/archive', { body })).status).toBe(403);
		expect(good.isArchived).toBe(false);
		expect((await call('POST', '/v2/archive', { body: {} })).status).toBe(400);
	});
});
