import { beforeEach, describe, expect, it } from 'vitest';
import { type CallAnswer, call } from './client.ts';
import { furnished } from './furnished.ts';
import type { Action } from './lifecycle.ts';
import type { DataItem, DataStatus, Project } from './model.ts';
import type { Simulator } from './simulator.ts';
import type { World } from './world.ts';

let simulator: Simulator;
let world: World;
let project: Project;
let other: Project;

beforeEach(async () => {
	({ simulator, world, project } = await furnished('MGI'));
	world.archiveMillis = 3_600_000;
	world.unarchiveMillis = 7_200_000;
	world.deleteMillis = 60_000;
	other = world.addProject('other');
});

function act(action: Action, item: DataItem): Promise<CallAnswer> {
	return call(simulator, 'POST', `/api/projects/${project.id}/data/${item.id}:${action}`);
}

function statuses(): Record<string, DataStatus> {
	return Object.fromEntries(world.dataOf(project).map((item) => [item.path, item.status]));
}

function linked(path: string): DataItem {
	const item = world.addFile(other, path);
	world.link(item, project);
	return item;
}

describe('an action on a folder', () => {
	it('archives and unarchives every file below that the project owns, while the folders stay AVAILABLE', async () => {
		for (const path of ['/x/a', '/x/y/b', '/X/a', '/xy/a']) {
			world.addFile(project, path);
		}
		const foreign = world.addFile(other, '/x/foreign');
		world.link(foreign, project);
		const folder = world.addFolder(project, '/x/');
		await act('archive', folder);
		const others = { '/X/': 'AVAILABLE', '/X/a': 'AVAILABLE', '/xy/': 'AVAILABLE', '/xy/a': 'AVAILABLE' };
		const rest = { ...others, '/x/': 'AVAILABLE', '/x/y/': 'AVAILABLE', '/x/foreign': 'AVAILABLE' };
		expect(statuses()).toEqual({ ...rest, '/x/a': 'ARCHIVING', '/x/y/b': 'ARCHIVING' });
		world.advance(3_600_001);
		expect(statuses()).toEqual({ ...rest, '/x/a': 'ARCHIVED', '/x/y/b': 'ARCHIVED' });
		await act('unarchive', folder);
		expect(statuses()).toEqual({ ...rest, '/x/a': 'UNARCHIVING', '/x/y/b': 'UNARCHIVING' });
		world.advance(7_200_001);
		expect(statuses()).toEqual({ ...rest, '/x/a': 'AVAILABLE', '/x/y/b': 'AVAILABLE' });
	});

	it('passes by what is archived, or unarchived, already, and may find nothing to do', async () => {
		const there = world.addFile(project, '/x/a', { status: 'ARCHIVED' });
		const live = world.addFile(project, '/x/b');
		const folder = world.addFolder(project, '/x/');
		const before = there.timeModified;
		expect(await act('archive', folder)).toMatchObject({ status: 204 });
		expect(world.actions).toMatchObject([{ action: 'archive', item: folder, touched: [live] }]);
		world.advance(3_600_001);
		expect(await act('archive', folder)).toMatchObject({ status: 204 });
		expect(await act('archive', world.addFolder(project, '/empty/'))).toMatchObject({ status: 204 });
		expect(world.actions).toHaveLength(1);
		expect([there.status, live.status, there.timeModified]).toEqual(['ARCHIVED', 'ARCHIVED', before]);
		world.setStatus(live, 'AVAILABLE');
		await act('unarchive', folder);
		expect([there.status, live.status]).toEqual(['UNARCHIVING', 'AVAILABLE']);
	});

	it('is a 409 that changes nothing while a file below is on the move, or a folder is being deleted', async () => {
		const attempts = [
			...(['PARTIAL', 'ARCHIVING', 'UNARCHIVING', 'DELETING'] as const).flatMap((status) => [
				['archive', status, 'AVAILABLE'] as const,
				['unarchive', status, 'ARCHIVED'] as const,
			]),
			...(['ARCHIVED', 'ARCHIVING', 'UNARCHIVING', 'DELETING'] as const).map(
				(status) => ['delete', status, 'AVAILABLE'] as const,
			),
		];
		for (const [action, status, ready] of attempts) {
			const folder = world.addFolder(project, `/${action}/${status}/`);
			world.addFile(project, `${folder.path}a`, { status: ready });
			world.addFile(project, `${folder.path}y/b`, { status });
		}
		const last = world.addFolder(project, '/last/');
		const leaving = world.addFolder(project, '/last/leaving/', { status: 'DELETING' });
		const before = statuses();
		for (const [action, status] of attempts) {
			const folder = world.addFolder(project, `/${action}/${status}/`);
			expect((await act(action, folder)).status, folder.path).toBe(409);
		}
		expect(statuses()).toEqual(before);
		for (const action of ['archive', 'unarchive', 'delete'] as const) {
			expect((await act(action, last)).status, action).toBe(409);
			expect((await act(action, leaving)).status, action).toBe(409);
		}
		expect(world.actions).toEqual([]);
	});

	it('deletes folders and files together: DELETING at once, gone later', async () => {
		world.addFile(project, '/x/a');
		world.addFile(project, '/x/y/b', { status: 'PARTIAL' });
		const kept = ['/X/', '/X/a', '/xy'];
		world.addFile(project, '/X/a');
		world.addFile(project, '/xy');
		await act('delete', world.addFolder(project, '/x/'));
		const deleting = { '/x/': 'DELETING', '/x/a': 'DELETING', '/x/y/': 'DELETING', '/x/y/b': 'DELETING' };
		const others = Object.fromEntries(kept.map((path) => [path, 'AVAILABLE']));
		expect(statuses()).toEqual({ ...deleting, ...others });
		world.advance(60_001);
		expect(world.dataOf(project).map((item) => item.path)).toEqual(kept);
		expect(world.actions[0]?.touched.map(({ gone, path }) => [path, gone])).toEqual(
			Object.keys(deleting).map((path) => [path, true]),
		);
	});

	it('does not reach what is made under its path when it is gone', async () => {
		world.addFile(project, '/x/a');
		const folder = world.addFolder(project, '/x/');
		world.link(folder, other);
		await act('delete', folder);
		world.remove(folder);
		const fresh = world.addFile(project, '/x/a');
		world.advance(60_001);
		expect(world.findByPath(project, '/x/a')).toBe(fresh);
		expect(world.dataOf(other)).toEqual([]);
	});
});

describe('links in a folder', () => {
	it('takes the links in a deleted folder away, remembers them, and does nothing to the data', async () => {
		const lost = [linked('/x/a'), linked('/x/y/b')];
		const kept = [linked('/X/a'), linked('/xy')];
		const before = world.dataOf(other);
		const folder = world.addFolder(project, '/x/');
		world.addFile(project, '/x/own');
		expect(await act('delete', folder)).toMatchObject({ status: 204 });
		expect(world.linksLost.map(({ item }) => item)).toEqual(lost);
		expect(world.linksLost.every((loss) => loss.project === project)).toBe(true);
		expect(world.actions[0]?.touched.map((item) => item.path)).toEqual(['/x/', '/x/own']);
		world.advance(60_001);
		expect(world.dataOf(project)).toEqual(kept);
		expect(world.dataOf(other)).toEqual(before);
		expect(before.map((item) => item.status)).toEqual(before.map(() => 'AVAILABLE'));
		expect(world.linksLost).toHaveLength(2);
	});

	it('takes a linked folder away with what it brought along, as one link', async () => {
		world.addFile(other, '/x/y/a');
		world.link(world.addFolder(other, '/x/y/'), project);
		await act('delete', world.addFolder(project, '/x/'));
		world.advance(60_001);
		expect(world.linksLost.map(({ item }) => item.path)).toEqual(['/x/y/']);
		expect(world.dataOf(project)).toEqual([]);
		world.addFile(other, '/x/y/later');
		expect(world.dataOf(project)).toEqual([]);
	});

	it('loses a link that was made while the folder was being deleted', async () => {
		const folder = world.addFolder(project, '/x/');
		await act('delete', folder);
		expect(world.linksLost).toEqual([]);
		const late = linked('/x/a');
		world.advance(60_001);
		expect(world.linksLost.map(({ item }) => item)).toEqual([late]);
	});

	it('loses none when files are deleted, when a deletion is refused, and when data is archived', async () => {
		const link = linked('/x/b.bak');
		await act('delete', world.addFile(project, '/x/b'));
		world.advance(60_001);
		world.addFile(project, '/x/c', { status: 'ARCHIVED' });
		const folder = world.addFolder(project, '/x/');
		expect(await act('delete', folder)).toMatchObject({ status: 409 });
		await call(simulator, 'POST', `/api/projects/${project.id}/data/${folder.id}:archive`);
		expect(world.linksLost).toEqual([]);
		expect(world.findByPath(project, '/x/b.bak')).toBe(link);
	});

	it('takes data out of every project when its owner deletes it', async () => {
		const file = world.addFile(project, '/x/a');
		const folder = world.addFolder(project, '/x/');
		const third = world.addProject('third');
		world.link(file, other);
		world.link(folder, third);
		await act('delete', folder);
		expect(world.dataOf(other).map((item) => item.status)).toEqual(['DELETING']);
		world.advance(60_001);
		expect([other, third].map((one) => world.dataOf(one))).toEqual([[], []]);
		world.addFile(project, '/x/a');
		expect(world.dataOf(third)).toEqual([]);
		expect(world.linksLost).toEqual([]);
	});
});
