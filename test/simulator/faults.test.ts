import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './client.ts';
import { endlessList } from './faults.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;

beforeEach(async () => {
	simulator = await startSimulator();
	simulator.world.addProject('MGI');
});

afterEach(async () => {
	await simulator.close();
});

function list(signal?: AbortSignal): ReturnType<typeof call> {
	return call(simulator, 'GET', '/api/projects', { ...(signal && { signal }) });
}

async function status(): Promise<number> {
	return (await list()).status;
}

describe('a fault', () => {
	it('hits once unless it is given more times, and can be taken back', async () => {
		simulator.addFault({ answer: { kind: 'status', status: 500 } });
		expect([await status(), await status()]).toEqual([500, 200]);
		simulator.addFault({ answer: { kind: 'status', status: 500 }, times: 2 });
		expect([await status(), await status(), await status()]).toEqual([500, 500, 200]);
		simulator.addFault({ answer: { kind: 'status', status: 500 }, times: Number.POSITIVE_INFINITY });
		expect(await status()).toBe(500);
		simulator.clearFaults();
		expect(await status()).toBe(200);
	});

	it('hits only what it is meant for', async () => {
		simulator.addFault({ operation: 'getProject', answer: { kind: 'status', status: 500 } });
		simulator.addFault({ server: 's3', answer: { kind: 'status', status: 500 } });
		simulator.addFault({ where: ({ number }) => number === 2, answer: { kind: 'status', status: 501 } });
		expect([await status(), await status(), await status()]).toEqual([200, 501, 200]);
		simulator.addFault({ skip: 1, answer: { kind: 'status', status: 500 } });
		expect([await status(), await status(), await status()]).toEqual([200, 500, 200]);
	});

	it('marks the exchange that it hit', async () => {
		simulator.addFault({ answer: { kind: 'status', status: 500 } });
		await list();
		await list();
		expect(simulator.exchanges).toMatchObject([
			{ faulty: true, response: { status: 500, body: { status: 500 } } },
			{ faulty: false, response: { status: 200 } },
		]);
	});
});

describe('an answer', () => {
	it('can be a bare status: a problem document, or the page of a gateway', async () => {
		simulator.addFault({ answer: { kind: 'status', status: 429, headers: { 'Retry-After': '7' } } });
		const busy = await list();
		expect(busy).toMatchObject({ status: 429, body: { title: 'Too Many Requests' } });
		expect(busy.headers.get('retry-after')).toBe('7');
		simulator.addFault({ answer: { kind: 'status', status: 502 } });
		const gateway = await list();
		expect(gateway.headers.get('content-type')).toBe('text/html');
		expect(gateway.body['text']).toContain('502 Bad Gateway');
		simulator.addFault({ answer: { kind: 'status', status: 400, body: { detail: 'own' } } });
		expect((await list()).body).toEqual({ detail: 'own' });
	});

	it('can be lost after the effect, or come from a gateway then', async () => {
		const [project] = simulator.world.projects;
		const create = (name: string): ReturnType<typeof call> => {
			const path = `/api/projects/${project?.id}/data:createFileWithTemporaryCredentials`;
			return call(simulator, 'POST', path, { body: { name } });
		};
		simulator.addFault({ answer: { kind: 'reset' } });
		await expect(create('a')).rejects.toThrow();
		simulator.addFault({ answer: { kind: 'reset' }, afterEffect: true });
		await expect(create('b')).rejects.toThrow();
		simulator.addFault({ answer: { kind: 'status', status: 504 }, afterEffect: true });
		expect((await create('c')).status).toBe(504);
		const there = project === undefined ? [] : simulator.world.dataOf(project).map((item) => item.name);
		expect(there).toEqual(['b', 'c']);
		expect(simulator.exchanges[1]?.response).toBeUndefined();
	});

	it('can be lost for a deletion, which is not asked for twice: too early it is a 409, then a 404', async () => {
		const [project] = simulator.world.projects;
		if (project === undefined) {
			throw new Error('no project');
		}
		const { world } = simulator;
		world.deleteMillis = 60_000;
		const folder = world.addFolder(project, '/old/');
		world.addFile(project, '/old/a');
		const path = `/api/projects/${project.id}/data/${folder.id}:delete`;
		for (const answer of [{ kind: 'reset' }, { kind: 'status', status: 504 }] as const) {
			simulator.addFault({ operation: 'deleteData', answer, afterEffect: true });
		}
		await expect(call(simulator, 'POST', path)).rejects.toThrow();
		expect([folder.status, world.actions.length]).toEqual(['DELETING', 1]);
		expect((await call(simulator, 'POST', path)).status).toBe(504);
		expect((await call(simulator, 'POST', path)).status).toBe(409);
		world.advance(60_000);
		expect((await call(simulator, 'POST', path)).status).toBe(404);
		expect([folder.gone, world.actions.length]).toEqual([true, 1]);
		const next = world.addFile(project, '/next');
		world.deleteMillis = 0;
		simulator.addFault({ operation: 'deleteData', answer: { kind: 'reset' }, afterEffect: true });
		const again = `/api/projects/${project.id}/data/${next.id}:delete`;
		await expect(call(simulator, 'POST', again)).rejects.toThrow();
		expect((await call(simulator, 'POST', again)).status).toBe(404);
	});

	it('can hang, or dribble on without an end', async () => {
		for (const answer of [{ kind: 'hang' }, { kind: 'dribble', everyMillis: 5 }] as const) {
			simulator.addFault({ answer });
			await expect(list(AbortSignal.timeout(60))).rejects.toThrow();
			expect(simulator.exchanges.at(-1)?.response).toBeUndefined();
		}
	});

	it('can be very large', async () => {
		simulator.addFault({ answer: { kind: 'flood', bytes: 3_000_000 }, times: 2 });
		const large = await list();
		expect(large).toMatchObject({ status: 200, body: { items: [] } });
		simulator.addFault({ answer: { kind: 'flood', bytes: Number.MAX_SAFE_INTEGER } });
		await list();
		await expect(list(AbortSignal.timeout(60))).rejects.toThrow();
		expect(await status()).toBe(200);
	});

	it('can be a page of a list that never ends', async () => {
		simulator.addFault({ answer: endlessList(), times: Number.POSITIVE_INFINITY });
		const tokens = new Set<unknown>();
		let token = '';
		for (let page = 0; page < 5; page += 1) {
			const { body } = await call(simulator, 'GET', `/api/projects?pageSize=1&pageToken=${token}`);
			expect(body).toMatchObject({ items: [{ name: 'MGI' }] });
			token = `${body['nextPageToken']}`;
			tokens.add(token);
		}
		expect(tokens.size).toBe(5);
		simulator.clearFaults();
		const { body } = await call(simulator, 'GET', '/api/projects?pageSize=1');
		expect(body['nextPageToken']).toBe('');
	});

	it('can be a sign-in page, or any JSON', async () => {
		simulator.addFault({ answer: { kind: 'html' } });
		const page = await list();
		expect(page.status).toBe(200);
		expect(page.headers.get('content-type')).toContain('text/html');
		simulator.addFault({ answer: { kind: 'json', body: { items: 'none' } } });
		expect(await list()).toMatchObject({ status: 200, body: { items: 'none' } });
	});

	it('can be changed on its way', async () => {
		const change = (body: unknown): unknown => ({ ...(body as object), items: [{ name: 'MGI' }] });
		simulator.addFault({ answer: { kind: 'rewrite', change } });
		expect((await list()).body).toEqual({ items: [{ name: 'MGI' }], nextPageToken: '', remainingRecords: 0 });
		expect(simulator.exchanges[0]?.faulty).toBe(true);
	});

	it('can break off in its middle', async () => {
		simulator.addFault({ answer: { kind: 'truncated' } });
		await expect(list()).rejects.toThrow();
		expect(await status()).toBe(200);
	});

	it('can be late, before or after its effect', async () => {
		const begin = performance.now();
		simulator.addFault({ answer: { kind: 'delay', millis: 30 }, times: 2 });
		await list();
		simulator.addFault({ answer: { kind: 'delay', millis: 30 }, afterEffect: false });
		await list();
		expect(performance.now() - begin).toBeGreaterThan(55);
		expect(simulator.exchanges.map((exchange) => exchange.response?.status)).toEqual([200, 200]);
	});
});

it('closes at once, with requests that never got an answer', async () => {
	const other = await startSimulator();
	other.addFault({ answer: { kind: 'hang' } });
	const hanging = call(other, 'GET', '/api/projects').catch(() => 'gone');
	await wait(20);
	await other.close();
	expect(await hanging).toBe('gone');
});
