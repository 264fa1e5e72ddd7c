import { beforeEach, describe, expect, it } from 'vitest';
import { type CallAnswer, call } from './client.ts';
import { furnished } from './furnished.ts';
import type { Action } from './lifecycle.ts';
import { type DataItem, type DataStatus, dataStatuses, type Project } from './model.ts';
import type { Simulator } from './simulator.ts';
import type { World } from './world.ts';

let simulator: Simulator;
let world: World;
let project: Project;

beforeEach(async () => {
	({ simulator, world, project } = await furnished('MGI'));
	world.archiveMillis = 3_600_000;
	world.unarchiveMillis = 7_200_000;
	world.deleteMillis = 60_000;
});

function act(action: Action, item: Pick<DataItem, 'id'>, through = project): Promise<CallAnswer> {
	return call(simulator, 'POST', `/api/projects/${through.id}/data/${item.id}:${action}`);
}

function done(): unknown[] {
	return world.actions.map(({ action, item }) => [action, item.path]);
}

describe('an action on a file', () => {
	it('archives and unarchives it in the time that the world is given for it', async () => {
		const file = world.addFile(project, '/a.txt');
		const path = `/api/projects/${project.id}/data/${file.id}`;
		const shown = async (): Promise<unknown> => {
			const { body } = await call(simulator, 'GET', path);
			return (body['data'] as { details: { status: string } }).details.status;
		};
		const { eTag } = file;
		expect(await act('archive', file)).toMatchObject({ status: 204, body: {} });
		expect(await shown()).toBe('ARCHIVING');
		world.advance(3_500_000);
		expect(await shown()).toBe('ARCHIVING');
		world.advance(101_000);
		expect(await shown()).toBe('ARCHIVED');
		expect(await act('unarchive', file)).toMatchObject({ status: 204, body: {} });
		world.advance(7_100_000);
		expect(await shown()).toBe('UNARCHIVING');
		world.advance(101_000);
		expect(await shown()).toBe('AVAILABLE');
		expect(file.eTag).toBe(eTag);
	});

	it('is accepted in the statuses that it is meant for; in all others it is a 409 that changes nothing', async () => {
		const accepted: Record<Action, readonly DataStatus[]> = {
			archive: ['AVAILABLE'],
			unarchive: ['ARCHIVED'],
			delete: ['PARTIAL', 'AVAILABLE'],
		};
		for (const action of ['archive', 'unarchive', 'delete'] as const) {
			for (const status of dataStatuses) {
				const file = world.addFile(project, `/${action}/${status}`, { status });
				const right = accepted[action].includes(status);
				expect((await act(action, file)).status, file.path).toBe(right ? 204 : 409);
				expect(file.status === status, file.path).toBe(!right);
			}
		}
		expect(world.actions).toHaveLength(4);
		const [again] = world.actions.map(({ item }) => item);
		expect(await act('archive', again ?? { id: '' })).toMatchObject({
			status: 409,
			body: { title: 'Conflict', detail: `Data ${again?.id} has status ARCHIVING and cannot be archived.` },
		});
	});

	it.each(['archive', 'unarchive', 'delete'] as const)(
		'%s: is a 404 for data that is not there, and a 403 for data that the project does not own or may not change',
		async (action) => {
			const managed = world.addProject('BSSH AGC', { externallyManaged: true });
			const other = world.addProject('other');
			const status = action === 'unarchive' ? 'ARCHIVED' : 'AVAILABLE';
			const [mine, theirs] = [managed, other].map((owner) => world.addFile(owner, '/a.txt', { status }));
			const gone = world.addFile(project, '/b.txt', { status });
			world.remove(gone);
			for (const absent of [{ id: 'fil.0' }, gone, theirs ?? gone]) {
				expect(await act(action, absent)).toMatchObject({ status: 404, body: { title: 'Not Found' } });
			}
			world.link(theirs ?? gone, project);
			expect(await act(action, theirs ?? gone)).toMatchObject({ status: 403, body: { title: 'Forbidden' } });
			expect(await act(action, mine ?? gone, managed)).toMatchObject({ status: 403 });
			expect([mine?.status, theirs?.status, world.actions]).toEqual([status, status, []]);
		},
	);

	it('leaves data alone that was set to another status, or taken away, in the meantime', async () => {
		const [set, removed] = ['/a', '/b'].map((path) => world.addFile(project, path));
		for (const file of [set, removed]) {
			await act('archive', file ?? { id: '' });
		}
		if (set !== undefined && removed !== undefined) {
			world.setStatus(set, 'DELETING');
			world.remove(removed);
		}
		world.advanceDays(1);
		expect([set?.status, removed?.status, removed?.gone]).toEqual(['DELETING', 'ARCHIVING', true]);
	});
});

describe('what a test can have and see', () => {
	it('refuses actions on one item, itself or through a folder above it, until they are allowed again', async () => {
		const [file, other] = ['/x/a', '/x/b'].map((path) =>
			world.addFile(project, path, { status: 'ARCHIVED' }),
		);
		const folder = world.addFolder(project, '/x/');
		if (file === undefined || other === undefined) {
			throw new Error('no files');
		}
		world.refuseAction(file, 403, 'Not yours.');
		expect(await act('unarchive', file)).toMatchObject({ status: 403, body: { detail: 'Not yours.' } });
		expect(await act('unarchive', folder)).toMatchObject({ status: 403, body: { status: 403 } });
		expect(await act('unarchive', other)).toMatchObject({ status: 204 });
		world.refuseAction(file, 500);
		expect(await act('delete', file)).toMatchObject({
			status: 500,
			body: { title: 'Internal Server Error' },
		});
		expect([file.status, done()]).toEqual(['ARCHIVED', [['unarchive', '/x/b']]]);
		world.allowAction(file);
		expect(await act('unarchive', file)).toMatchObject({ status: 204 });
	});

	it('remembers the actions that had an effect, with their time, and no refused ones', async () => {
		world.setNow(new Date('2024-05-31T12:00:00Z'));
		const [a, b] = ['/x/a', '/x/b'].map((path) => world.addFile(project, path));
		await act('archive', a ?? { id: '' });
		await act('archive', a ?? { id: '' });
		await act('delete', world.addFolder(project, '/x/'));
		world.advanceDays(1);
		await act('unarchive', a ?? { id: '' });
		await act('delete', b ?? { id: '' });
		expect(done()).toEqual([
			['archive', '/x/a'],
			['unarchive', '/x/a'],
			['delete', '/x/b'],
		]);
		expect(world.actions.map(({ at }) => at.toISOString().slice(0, 10))).toEqual([
			'2024-05-31',
			...['2024-06-01', '2024-06-01'],
		]);
		expect(world.actions.every((action) => action.project === project)).toBe(true);
	});

	it('sees an action that is accepted, while everything is still as it was', async () => {
		const seen: unknown[] = [];
		world.lifecycle.onAction = ({ action, item, touched }) =>
			seen.push([action, item.path, touched.map(({ status }) => status)]);
		const file = world.addFile(project, '/x/a');
		await act('unarchive', file);
		await act('delete', world.addFolder(project, '/x/'));
		expect(seen).toEqual([['delete', '/x/', ['AVAILABLE', 'AVAILABLE']]]);
	});

	it('does not take the bytes that arrive for a file which is being deleted', async () => {
		const file = world.addFile(project, '/a', { status: 'PARTIAL' });
		world.ingestMillis = 1000;
		world.lifecycle.receive(file, Buffer.from('late'), 'e');
		await act('delete', file);
		world.advance(1001);
		expect([file.status, file.eTag, world.contentOf(file)]).toEqual(['DELETING', undefined, undefined]);
	});
});
