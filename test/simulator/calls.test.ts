import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './client.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;

beforeEach(async () => {
	simulator = await startSimulator();
});

afterEach(async () => {
	await simulator.close();
});

const problem = 'application/problem+json';

describe('signing in', () => {
	it('exchanges the API key for a JWT that opens every other call', async () => {
		const token = await call(simulator, 'POST', '/api/tokens');
		expect(token.status).toBe(200);
		expect(token.body['token']).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/);
		const headers = { Authorization: `Bearer ${token.body['token']}`, 'X-API-Key': '' };
		expect(await call(simulator, 'GET', '/api/projects', { headers })).toMatchObject({ status: 200 });
	});

	it('takes the API key itself for every call', async () => {
		expect(await call(simulator, 'GET', '/api/projects')).toMatchObject({ status: 200 });
	});

	it('answers 401 to a wrong key, a wrong JWT, and nothing at all', async () => {
		const wrong = [
			['POST', '/api/tokens', { 'X-API-Key': 'wrong' }],
			['GET', '/api/projects', { 'X-API-Key': 'wrong' }],
			['GET', '/api/projects', { Authorization: 'Bearer eyJ.eyJ.x' }],
			['GET', '/api/projects', { 'X-API-Key': '' }],
		] as const;
		for (const [method, path, headers] of wrong) {
			const answer = await call(simulator, method, path, { headers });
			expect(answer).toMatchObject({
				status: 401,
				body: { status: 401, title: 'Unauthorized', parameters: {} },
			});
			expect(answer.headers.get('content-type')).toBe(problem);
		}
	});

	it('lets a JWT expire by the clock, by the number of calls, and at once', async () => {
		await simulator.close();
		simulator = await startSimulator({ tokenMillis: 60_000, tokenUses: 2 });
		const statuses = async (before: () => void): Promise<number[]> => {
			const { body } = await call(simulator, 'POST', '/api/tokens');
			const headers = { Authorization: `Bearer ${body['token']}`, 'X-API-Key': '' };
			const first = await call(simulator, 'GET', '/api/projects', { headers });
			before();
			const second = await call(simulator, 'GET', '/api/projects', { headers });
			const third = await call(simulator, 'GET', '/api/projects', { headers });
			return [first.status, second.status, third.status];
		};
		expect(await statuses(() => undefined)).toEqual([200, 200, 401]);
		expect(await statuses(() => simulator.world.advance(61_000))).toEqual([200, 401, 401]);
		expect(await statuses(() => simulator.expireTokens())).toEqual([200, 401, 401]);
	});

	it('knows every secret that it handed out', async () => {
		const { body } = await call(simulator, 'POST', '/api/tokens');
		const project = simulator.world.addProject('MGI');
		const file = simulator.world.addFile(project, '/a.txt');
		const given = await call(
			simulator,
			'POST',
			`/api/projects/${project.id}/data/${file.id}:createTemporaryCredentials`,
		);
		const aws = given.body['awsTempCredentials'] as Record<string, string>;
		expect(simulator.secrets).toEqual([
			simulator.apiKey,
			body['token'],
			aws['secretKey'],
			aws['sessionToken'],
		]);
	});
});

describe('requests that the document does not allow', () => {
	it('are 404 where there is no operation', async () => {
		for (const path of ['/api/nothing', '/api/projects/x/data:createFile', '/api/projects/%zz']) {
			expect(await call(simulator, 'GET', path)).toMatchObject({ status: 404, body: { title: 'Not Found' } });
		}
		expect(simulator.exchanges.at(-1)).toMatchObject({ operation: 'unknown', response: { status: 404 } });
	});

	it('are 406 unless Accept names a media type that the operation answers', async () => {
		for (const Accept of ['application/json', '*/*', 'application/vnd.illumina.v4+json']) {
			expect(await call(simulator, 'GET', '/api/projects', { headers: { Accept } })).toMatchObject({
				status: 406,
			});
		}
		const Accept = 'application/json;q=0.5, application/vnd.illumina.v3+json;q=0.9';
		expect(await call(simulator, 'GET', '/api/projects', { headers: { Accept } })).toMatchObject({
			status: 200,
		});
	});

	it('are 415 when Content-Type is not one of the operation, or of another version than Accept', async () => {
		const { world } = simulator;
		const project = world.addProject('MGI');
		const search = `/api/projects/${project.id}/analysis:search`;
		const link = `/api/projects/${project.id}/dataLinkingBatch`;
		const attempt = async (path: string, version: 3 | 4, type: string): Promise<number> => {
			const body = path === link ? { items: [{ dataId: 'fil.1' }] } : {};
			const headers = { 'Content-Type': type };
			return (await call(simulator, 'POST', path, { version, headers, body })).status;
		};
		expect(await attempt(search, 3, 'text/plain')).toBe(415);
		expect(await attempt(search, 3, 'application/vnd.illumina.v4+json')).toBe(415);
		expect(await attempt(search, 3, 'application/json')).toBe(200);
		expect(await attempt(link, 4, 'application/vnd.illumina.v3+json')).toBe(415);
		expect(await attempt(link, 4, 'application/json')).toBe(415);
		expect(await attempt(link, 4, 'application/vnd.illumina.v4+json; charset=utf-8')).toBe(201);
	});

	it('are 400 when the body is missing, no JSON, or of the wrong shape', async () => {
		const path = `/api/projects/${simulator.world.addProject('MGI').id}/dataLinkingBatch`;
		for (const body of [undefined, '{"items":', [], { items: {} }, { items: [] }, { items: [{}] }]) {
			expect(await call(simulator, 'POST', path, { version: 4, body })).toMatchObject({ status: 400 });
		}
	});

	it('name the parameter that was wrong', async () => {
		const path = `/api/projects/${simulator.world.addProject('MGI').id}/data?status=LOST`;
		const { body } = await call(simulator, 'GET', path);
		expect(body).toMatchObject({ status: 400, parameters: { status: expect.stringContaining('AVAILABLE') } });
	});
});

describe('every answer', () => {
	it('carries the time of the service', async () => {
		simulator.world.setNow(new Date('2024-05-31T12:00:00Z'));
		const { headers } = await call(simulator, 'GET', '/api/projects');
		expect(headers.get('date')).toMatch(/^Fri, 31 May 2024 12:00:0\d GMT$/);
	});

	it('is compressed when it is long and the client allows it', async () => {
		const { world } = simulator;
		const short = await call(simulator, 'GET', '/api/projects', { headers: { 'Accept-Encoding': 'gzip' } });
		expect(short.headers.get('content-encoding')).toBeNull();
		world.addProject('MGI');
		const long = await call(simulator, 'GET', '/api/projects', {
			headers: { 'Accept-Encoding': 'gzip, br' },
		});
		expect(long.headers.get('content-encoding')).toBe('gzip');
		expect(long.body).toMatchObject({ items: [{ name: 'MGI' }] });
		const plain = await call(simulator, 'GET', '/api/projects', {
			headers: { 'Accept-Encoding': 'identity' },
		});
		expect(plain.headers.get('content-encoding')).toBeNull();
	});

	it('is recorded beside its request', async () => {
		const project = simulator.world.addProject('MGI');
		const body = { status: ['SUCCEEDED'] };
		await call(simulator, 'POST', `/api/projects/${project.id}/analysis:search?pageSize=5`, { body });
		expect(simulator.exchanges).toHaveLength(1);
		expect(simulator.exchanges[0]).toMatchObject({
			number: 1,
			operation: 'searchAnalyses',
			method: 'POST',
			path: `/ica/rest/api/projects/${project.id}/analysis:search`,
			headers: { accept: 'application/vnd.illumina.v3+json' },
			body,
			concurrent: 1,
			faulty: false,
			response: {
				status: 200,
				headers: { 'content-type': 'application/vnd.illumina.v3+json' },
				body: { items: [] },
			},
		});
		expect(simulator.exchanges[0]?.query.get('pageSize')).toBe('5');
	});

	it('waits for a test that looks before and after the effect', async () => {
		const { world } = simulator;
		const project = world.addProject('MGI');
		const seen: unknown[] = [];
		simulator.onRequest = async ({ operation, response }) => {
			await Promise.resolve();
			seen.push(operation, world.dataOf(project).length, response);
		};
		simulator.onEffect = ({ response }) => {
			seen.push(world.dataOf(project).length, response);
		};
		const path = `/api/projects/${project.id}/data:createFileWithTemporaryCredentials`;
		await call(simulator, 'POST', path, { body: { name: 'a.txt' } });
		expect(seen).toEqual(['createFileWithTemporaryCredentials', 0, undefined, 1, undefined]);
	});

	it('takes as long as the latency that is set', async () => {
		simulator.latencyMillis = 40;
		const begin = performance.now();
		await Promise.all([call(simulator, 'GET', '/api/projects'), call(simulator, 'GET', '/api/projects')]);
		expect(performance.now() - begin).toBeGreaterThan(35);
		expect(Math.max(...simulator.exchanges.map((exchange) => exchange.concurrent))).toBe(2);
	});
});

it('makes the same world from the same seed', async () => {
	const other = await startSimulator();
	const ids = [simulator, other].map(({ world, apiKey }) => {
		const project = world.addProject('MGI');
		return [
			apiKey,
			project.id,
			world.addAnalysis(project, { run: '20240529_LH00619_0013_B22CCFJLT4' }).reference,
		];
	});
	await other.close();
	expect(ids[0]).toEqual(ids[1]);
});
