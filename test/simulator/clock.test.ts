import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './client.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const noon = new Date('2024-05-31T12:00:00Z');
let simulator: Simulator;

beforeEach(async () => {
	simulator = await startSimulator();
	simulator.world.setNow(noon);
});

afterEach(async () => {
	await simulator.close();
});

async function date(): Promise<string | null> {
	return (await call(simulator, 'GET', '/api/projects')).headers.get('date');
}

describe('the Date header', () => {
	it('can be ahead of the clock of the world, or behind it, and can be missing', async () => {
		simulator.dateSkewMillis = 2 * 3_600_000;
		expect(await date()).toMatch(/^Fri, 31 May 2024 14:00:0\d GMT$/);
		simulator.dateSkewMillis = -24 * 3_600_000;
		expect(await date()).toMatch(/^Thu, 30 May 2024 12:00:0\d GMT$/);
		expect(simulator.world.now().getTime() - noon.getTime()).toBeLessThan(9000);
		simulator.dateSent = false;
		expect(await date()).toBeNull();
		expect(simulator.exchanges.at(-1)?.response?.headers).not.toHaveProperty('date');
		simulator.dateSent = true;
		simulator.dateSkewMillis = 0;
		expect(await date()).toMatch(/^Fri, 31 May 2024 12:00:0\d GMT$/);
	});

	it('can be wrong from the start, in problems, too, but not at the storage', async () => {
		await simulator.close();
		simulator = await startSimulator({ dateSkewMillis: 7_200_000, dateSent: true });
		simulator.world.setNow(noon);
		const { headers, body } = await call(simulator, 'GET', '/api/nothing');
		expect(headers.get('date')).toMatch(/^Fri, 31 May 2024 14:00:0\d GMT$/);
		expect(body['timestamp']).toMatch(/^2024-05-31T12:00:0\dZ$/);
		const storage = await fetch(`${simulator.s3Url}/bucket/key`);
		expect(storage.headers.get('date')).toMatch(/^Fri, 31 May 2024 12:00:0\d GMT$/);
		await simulator.close();
		simulator = await startSimulator({ dateSent: false });
		expect(await date()).toBeNull();
	});
});

describe('the clock of the world', () => {
	it('can be moved by days, and all that comes due on the way is done in its order and at its time', async () => {
		const { world } = simulator;
		world.archiveMillis = 3_600_000;
		world.deleteMillis = 2 * 24 * 3_600_000;
		const project = world.addProject('MGI');
		const [archived, deleted] = ['/a', '/b'].map((path) =>
			world.addFile(project, path, { timeCreated: noon }),
		);
		for (const [item, action] of [
			[archived, 'archive'],
			[deleted, 'delete'],
		] as const) {
			await call(simulator, 'POST', `/api/projects/${project.id}/data/${item?.id}:${action}`);
		}
		world.advanceDays(1);
		expect([archived?.status, deleted?.status]).toEqual(['ARCHIVED', 'DELETING']);
		expect(archived?.timeModified.toISOString()).toMatch(/^2024-05-31T13:00:0/);
		expect(archived?.timeCreated).toBe(noon);
		world.advanceDays(40);
		expect(deleted?.gone).toBe(true);
		expect(world.now().toISOString()).toMatch(/^2024-07-11T12:00:0/);
	});

	it('lets a JWT expire a day after it was issued, after which a new one can be had', async () => {
		const signIn = async (): Promise<Record<string, string>> => {
			const { body } = await call(simulator, 'POST', '/api/tokens');
			return { Authorization: `Bearer ${body['token']}`, 'X-API-Key': '' };
		};
		const status = async (headers: Record<string, string>): Promise<number> =>
			(await call(simulator, 'GET', '/api/projects', { headers })).status;
		const first = await signIn();
		simulator.world.advanceDays(0.99);
		expect(await status(first)).toBe(200);
		simulator.world.advanceDays(0.02);
		expect(await status(first)).toBe(401);
		const second = await signIn();
		expect(await status(second)).toBe(200);
		simulator.world.advanceDays(40);
		expect(await status(second)).toBe(401);
	});
});
