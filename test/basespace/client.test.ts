import { describe, expect, it } from 'vitest';
import { getScopes, listProjects } from '../../src/basespace/account.ts';
import { emptyTrash, listDatasets, listRuns, listTrash, moveItems } from '../../src/basespace/items.ts';
import { trashEntrySchema } from '../../src/basespace/schemas.ts';
import { reasonToKeepTrash } from '../../src/retention/basespace/trash.ts';
import { connect, startScene } from '../helpers/scene.ts';

async function connected() {
	const scene = await startScene();
	const { basespace: store } = scene.world;
	return { scene, store, client: connect(scene).basespace };
}

describe('the BaseSpace client', () => {
	it('yields every item of every page of both versions of the API, once', async () => {
		const { store, client, scene } = await connected();
		const projects = Array.from({ length: 401 }, (_, n) => store.addProject(`P${n}`));
		const [project] = projects;
		for (let n = 0; n < 450 && project !== undefined; n++) {
			store.addDataset(project);
		}
		const found = await listProjects(client);
		expect(new Set(found.items.map(({ name }) => name)).size).toBe(401);
		const datasets = await listDatasets(client, { id: project?.id ?? '', name: 'P0', ownerId: undefined });
		expect(new Set(datasets.items.map(({ id }) => id)).size).toBe(450);
		expect(scene.simulator.basespaceExchanges).toHaveLength(6);
	});

	it('does not take half a list for the whole, nor a repeated item for another', async () => {
		const { store, client, scene } = await connected();
		store.addProject('P');
		const twice = (body: unknown): unknown =>
			JSON.parse(JSON.stringify(body).replace('"TotalCount":1', '"TotalCount":2'));
		scene.simulator.addFault({
			server: 'basespace',
			operation: 'listProjects',
			answer: { kind: 'rewrite', change: twice },
		});
		await expect(listProjects(client)).rejects.toThrow(
			'Could not list the BaseSpace projects: BaseSpace counts 2 and shows 1; the next pass asks again.',
		);
	});

	it.each([0, 199, 200, 201, 400])('reads lists that do not count their items: %d', async (many) => {
		const { store, client, scene } = await connected();
		store.areListsCounted = false;
		for (let n = 0; n < many; n++) {
			store.addProject(`P${n}`);
		}
		expect((await listProjects(client)).items).toHaveLength(many);
		expect(scene.simulator.basespaceExchanges).toHaveLength(Math.floor(many / 200) + 1);
	});

	it('does not take a short page for the last one where BaseSpace says that its pages are short', async () => {
		const { client, scene } = await connected();
		const pageAt = (offset: number): unknown => ({
			Items: offset < 150 ? Array.from({ length: 50 }, (_, n) => ({ Id: `${offset + n}`, Type: 'Run' })) : [],
			Paging: { Limit: 50 },
		});
		for (const offset of [0, 50, 100, 150]) {
			const answer = { kind: 'json', body: pageAt(offset) } as const;
			scene.simulator.addFault({ server: 'basespace', operation: 'listTrash', answer });
		}
		expect((await listTrash(client)).items).toHaveLength(150);
	});

	it('asks for runs only with the ids of projects', async () => {
		const { store, client, scene } = await connected();
		store.addRun([]);
		expect((await listRuns(client, [])).items).toEqual([]);
		expect(scene.simulator.basespaceExchanges).toEqual([]);
		const ids = Array.from({ length: 150 }, () => store.addProject('P'));
		await listRuns(
			client,
			ids.map(({ id, name }) => ({ id, name, ownerId: undefined })),
		);
		const asked = scene.simulator.basespaceExchanges.map(({ query }) =>
			query.get('output.projects')?.split(','),
		);
		expect(asked.flat()).toEqual(ids.map(({ id }) => id));
		expect(asked).toHaveLength(2);
	});

	it('says what was being done, the status, and what BaseSpace reports, in either version', async () => {
		const { store, client } = await connected();
		store.scopes = [];
		await expect(listProjects(client)).rejects.toMatchObject({
			failure: 'forbidden',
			message:
				'Could not list the BaseSpace projects: BaseSpace, status 403, BASESPACE.OAUTH.SCOPE: The token lacks BROWSE GLOBAL.',
		});
		await expect(emptyTrash(client)).rejects.toThrow(
			"Could not empty BaseSpace's trash: BaseSpace, status 403, BASESPACE.OAUTH.SCOPE: The token lacks EMPTY TRASH.",
		);
	});

	it("does not take a proxy's page for success", async () => {
		const { store, client, scene } = await connected();
		scene.simulator.addFault({ server: 'basespace', operation: 'archive', answer: { kind: 'html' } });
		store.addDataset(store.addProject('P'));
		const [item] = (await listDatasets(client, { id: '440000', name: 'P', ownerId: undefined })).items;
		await expect(moveItems(client, 'archive', item === undefined ? [] : [item])).rejects.toThrow(
			"BaseSpace's answer (status 200) is not what it should be: no JSON, but text/html",
		);
	});

	it('sends the token in no other way than as it should, and reads scopes in any letter case', async () => {
		const { store, client, scene } = await connected();
		store.scopes = ['read global', ' Write Global'];
		expect(await getScopes(client)).toEqual(new Set(['READ GLOBAL', 'WRITE GLOBAL']));
		const [exchange] = scene.simulator.basespaceExchanges;
		expect(exchange?.headers['authorization']).toBe(`Bearer ${scene.simulator.basespaceToken}`);
		expect(exchange?.path).toBe('/v1pre3/oauthv2/token/current');
	});
});

describe('what is in the trash', () => {
	it.each([
		[{ Id: '1', Type: 'Dataset', Name: 'x' }, 'dataset 1'],
		[{ Id: 'tr.1', Dataset: { Id: 'ds.1' } }, 'dataset ds.1'],
		[{ Id: 'tr.1', Type: 'x', Run: { Id: 7 } }, 'run 7'],
		[{ Id: '1' }, undefined],
		[{ Id: '1', Type: 'project' }, undefined],
		[{ Id: '1', Run: { Id: '2' }, Dataset: { Id: 'ds.1' } }, undefined],
	])('%j is %s', (entry, key) => {
		expect(trashEntrySchema.parse(entry).key).toBe(key);
	});

	it('is the datasets and runs that were moved there', async () => {
		const { store, client } = await connected();
		const project = store.addProject('P');
		const items = [store.addDataset(project), store.addRun([project])];
		for (const item of items) {
			item.state = 'in the trash';
		}
		expect((await listTrash(client)).items.map(({ key }) => key)).toEqual(
			items.map(({ kind, id }) => `${kind} ${id}`),
		);
	});

	it('is kept for the sake of a single entry that is not known to be this program’s', () => {
		const known = { key: 'dataset ds.1', name: 'one' };
		const knowledge = { ours: new Set(['dataset ds.1', 'run 1']), justNow: ['dataset ds.1'] };
		const reason = (items: readonly (typeof known | { key: undefined; name: string })[]) =>
			reasonToKeepTrash({ items, unreadable: [] }, knowledge);
		expect(reason([known])).toBeUndefined();
		expect(reason([known, { key: undefined, name: 'two' }])).toContain('did not put there: two');
		expect(reason([known, { key: 'dataset 1', name: 'three' }])).toContain('did not put there: three');
		expect(reason([])).toContain('does not list everything');
		expect(reasonToKeepTrash({ items: [known], unreadable: ['Id: bad'] }, knowledge)).toContain(
			'an entry that cannot be read',
		);
	});
});
