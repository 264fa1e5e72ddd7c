import { afterEach, beforeEach, expect, it } from 'vitest';
import { allPages, call } from './client.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;

beforeEach(async () => {
	simulator = await startSimulator();
});

afterEach(async () => {
	await simulator.close();
});

async function names(query: string): Promise<unknown[]> {
	const { body } = await call(simulator, 'GET', `/api/projects?${query}`);
	return (body['items'] as { name: string }[]).map((project) => project.name);
}

it('finds projects whose name contains the search, whatever its case', async () => {
	for (const name of ['MGI', 'mgi old', 'BSSH AGC', 'Imgine']) {
		simulator.world.addProject(name);
	}
	expect(await names('search=MGI')).toEqual(['MGI', 'mgi old', 'Imgine']);
	expect(await names('')).toHaveLength(4);
});

it('lists hidden projects only when they are asked for', async () => {
	simulator.world.addProject('MGI');
	simulator.world.addProject('MGI hidden', { hidden: true });
	expect(await names('search=mgi')).toEqual(['MGI']);
	expect(await names('search=mgi&includeHiddenProjects=false')).toEqual(['MGI']);
	expect(await names('search=mgi&includeHiddenProjects=true')).toEqual(['MGI', 'MGI hidden']);
	expect(await call(simulator, 'GET', '/api/projects?includeHiddenProjects=yes')).toMatchObject({
		status: 400,
	});
});

it('shows a project by its id, and 404 for another id', async () => {
	const project = simulator.world.addProject('MGI', { dataSharingEnabled: false });
	const { body } = await call(simulator, 'GET', `/api/projects/${project.id}`);
	expect(body).toMatchObject({ id: project.id, name: 'MGI', dataSharingEnabled: false, active: true });
	const nowhere = await call(simulator, 'GET', '/api/projects/00000000-0000-4000-8000-000000000000');
	expect(nowhere).toMatchObject({ status: 404, body: { detail: expect.stringContaining('00000000') } });
});

it('pages with a cursor, which says how many are left and is empty on the last page', async () => {
	for (let index = 0; index < 5; index += 1) {
		simulator.world.addProject(`project ${index}`);
	}
	const first = await call(simulator, 'GET', '/api/projects?pageSize=2');
	expect(first.body).toMatchObject({ remainingRecords: 3 });
	expect(first.body).not.toHaveProperty('totalItemCount');
	const { items, pages } = await allPages(simulator, 'GET', '/api/projects?pageSize=2');
	expect(pages).toBe(3);
	expect(items.map((item) => item['name'])).toEqual([0, 1, 2, 3, 4].map((index) => `project ${index}`));
	expect(simulator.exchanges.at(-1)?.response?.body).toMatchObject({
		nextPageToken: '',
		remainingRecords: 0,
	});
});

it('loses and repeats nothing when rows are added between the pages of a cursor', async () => {
	const { world } = simulator;
	const project = world.addProject('MGI');
	const files = [0, 1, 2, 3].map((index) => world.addFile(project, `/${index}.txt`));
	simulator.onEffect = ({ number }) => {
		if (number === 1 && files[0] !== undefined) {
			world.remove(files[0]);
			world.addFile(project, '/new.txt');
		}
	};
	const { items } = await allPages(simulator, 'GET', `/api/projects/${project.id}/data?pageSize=2`);
	const found = items.map((item) => (item['data'] as { details: { name: string } }).details.name);
	expect(found).toEqual(['0.txt', '1.txt', '2.txt', '3.txt', 'new.txt']);
});

it('pages by offset, with the total, when an offset or a sort is given', async () => {
	for (const name of ['b', 'c', 'a']) {
		simulator.world.addProject(name);
	}
	const page = await call(simulator, 'GET', '/api/projects?pageOffset=1&pageSize=1');
	expect(page.body).toMatchObject({ items: [{ name: 'c' }], totalItemCount: 3, nextPageToken: '' });
	expect(page.body).not.toHaveProperty('remainingRecords');
	expect(await names('sort=name desc')).toEqual(['c', 'b', 'a']);
	expect(await names('sort=name asc&pageOffset=1')).toEqual(['b', 'c']);
});

it('refuses pages that the document does not know', async () => {
	const path = '/api/projects?';
	const wrong = [
		...['pageSize=0', 'pageSize=1001', 'pageSize=ten', 'pageSize=-1', 'pageToken=page2', 'pageOffset=x'],
		...['pageOffset=200000', 'sort=id', 'sort=name up', 'sort=name asc desc', 'pageOffset=0&pageToken=abc'],
		'sort=constructor',
	];
	for (const query of wrong) {
		expect(await call(simulator, 'GET', path + query), query).toMatchObject({ status: 400 });
	}
	expect(await call(simulator, 'GET', `${path}pageSize=1000`)).toMatchObject({ status: 200 });
});

it('refuses a cursor of another search', async () => {
	simulator.world.addProject('a1');
	simulator.world.addProject('a2');
	const { body } = await call(simulator, 'GET', '/api/projects?search=a&pageSize=1');
	const token = body['nextPageToken'];
	expect(await call(simulator, 'GET', `/api/projects?search=a&pageToken=${token}`)).toMatchObject({
		status: 200,
	});
	expect(await call(simulator, 'GET', `/api/projects?search=1&pageToken=${token}`)).toMatchObject({
		status: 400,
	});
});

it('does not pretend to know a filter that it ignores', async () => {
	expect(await call(simulator, 'GET', '/api/projects?region=US')).toMatchObject({ status: 501 });
});
