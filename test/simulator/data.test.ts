import { beforeEach, describe, expect, it } from 'vitest';
import { call } from './client.ts';
import { furnished } from './furnished.ts';
import type { DataItem, Project } from './model.ts';
import type { Simulator } from './simulator.ts';
import type { World } from './world.ts';

let simulator: Simulator;
let world: World;
let project: Project;

beforeEach(async () => {
	({ simulator, world, project } = await furnished('MGI'));
});

async function paths(query: string, listed = project): Promise<string[]> {
	const { body } = await call(simulator, 'GET', `/api/projects/${listed.id}/data?${query}`);
	const items = body['items'] as { data: { details: { path: string } } }[];
	return items.map((item) => item.data.details.path);
}

function remove(item: DataItem): ReturnType<typeof call> {
	return call(simulator, 'POST', `/api/projects/${project.id}/data/${item.id}:delete`);
}

function get(item: DataItem): ReturnType<typeof call> {
	return call(simulator, 'GET', `/api/projects/${project.id}/data/${item.id}`);
}

describe('the list of data', () => {
	it('has the folders on the way to a file, which end with a slash', async () => {
		world.addFile(project, '/a/b/c.txt');
		expect(await paths('')).toEqual(['/a/', '/a/b/', '/a/b/c.txt']);
		expect(await paths('type=FOLDER')).toEqual(['/a/', '/a/b/']);
		expect(await paths('type=FILE')).toEqual(['/a/b/c.txt']);
	});

	it('matches the beginning of paths, whatever their case, unless told to match them whole', async () => {
		for (const path of ['/Run/a.txt', '/run/A.txt', '/run2/a.txt', '/other/run/a.txt']) {
			world.addFile(project, path);
		}
		const found = ['/Run/', '/Run/a.txt', '/run/', '/run/A.txt'];
		expect(await paths('filePath=/RUN/')).toEqual(found);
		expect(await paths('filePath=/RUN/&filePathMatchMode=STARTS_WITH_CASE_INSENSITIVE')).toEqual(found);
		expect(await paths('filePath=/run')).toEqual([...found, '/run2/', '/run2/a.txt']);
		expect(await paths('filePath=/')).toHaveLength(9);
		expect(await paths('filePath=run')).toEqual([]);
		const whole = 'filePathMatchMode=FULL_CASE_INSENSITIVE';
		expect(await paths(`filePath=/RUN/A.TXT&${whole}`)).toEqual(['/Run/a.txt', '/run/A.txt']);
		expect(await paths(`filePath=/RUN&${whole}`)).toEqual([]);
		expect(await paths(`filePath=/run2/a.txt&filePath=/RUN/&${whole}`)).toEqual([
			'/Run/',
			'/run/',
			'/run2/a.txt',
		]);
	});

	it('matches file names exactly, in part, or everything else', async () => {
		for (const path of ['/a.fastq.gz', '/b.fastq.gz', '/a.txt']) {
			world.addFile(project, path);
		}
		expect(await paths('filename=a.txt')).toEqual(['/a.txt']);
		expect(await paths('filename=A.txt&filenameMatchMode=EXACT')).toEqual([]);
		expect(await paths('filename=FASTQ&filenameMatchMode=FUZZY')).toEqual(['/a.fastq.gz', '/b.fastq.gz']);
		expect(await paths('filename=a.txt&filenameMatchMode=EXCLUDE')).toEqual(['/a.fastq.gz', '/b.fastq.gz']);
		expect(await paths('formatCode=FASTQ')).toEqual(['/a.fastq.gz', '/b.fastq.gz']);
	});

	it('filters by id, status, folder, owner and time of creation', async () => {
		const old = world.addFile(project, '/d/old.txt', { timeCreated: new Date('2024-01-01T00:00:00Z') });
		const archived = world.addFile(project, '/d/e/new.txt', { status: 'ARCHIVED' });
		expect(await paths(`id=${archived.id}&id=${old.id}&id=fil.none`)).toEqual(['/d/old.txt', '/d/e/new.txt']);
		expect(await paths('status=ARCHIVED&status=PARTIAL')).toEqual(['/d/e/new.txt']);
		expect(await paths('parentFolderPath=/d/')).toEqual(['/d/old.txt', '/d/e/']);
		expect(await paths('parentFolderPath=/D/')).toEqual([]);
		expect(await paths('creationDateBefore=2024-01-02T00:00:00Z&type=FILE')).toEqual(['/d/old.txt']);
		expect(await paths('creationDateAfter=2024-01-02T00:00:00Z&type=FILE')).toEqual(['/d/e/new.txt']);
		expect(await paths(`owningProjectId=${project.id}`)).toHaveLength(4);
		expect(await paths('owningProjectId=00000000-0000-4000-8000-000000000000')).toEqual([]);
	});

	it('refuses values that the document does not list', async () => {
		const wrong = [
			...['type=file', 'type=FILE&type=FOLDER', 'status=AVAILABLE,ARCHIVED', 'filePathMatchMode=EXACT'],
			...['filenameMatchMode=exact', 'parentFolderPath=/d', 'pageSize=1001'],
			...['creationDateBefore=2024-01-02', 'creationDateBefore=2024-01-02T00:00:00.000Z'],
		];
		for (const query of wrong) {
			expect(await call(simulator, 'GET', `/api/projects/${project.id}/data?${query}`), query).toMatchObject({
				status: 400,
			});
		}
	});

	it('can be sorted', async () => {
		for (const [path, size] of [
			['/b', 1],
			['/c', 3],
			['/a', 3],
		] as const) {
			world.addFile(project, path, { size });
		}
		expect(await paths('sort=fileSizeInBytes desc, name')).toEqual(['/a', '/c', '/b']);
	});

	it('shows linked data under its own path, with the project that owns it', async () => {
		const source = world.addProject('BSSH AGC');
		const file = world.addFile(source, '/x/a.txt');
		world.link(file, project);
		expect(await paths('')).toEqual(['/x/a.txt']);
		expect(await paths(`owningProjectId=${source.id}`)).toEqual(['/x/a.txt']);
		expect((await get(file)).body).toMatchObject({
			projectId: project.id,
			data: { details: { owningProjectId: source.id } },
		});
		world.unlink(file, project);
		expect(await paths('')).toEqual([]);
	});

	it('finds the contents of a linked folder by path, and not by their parent', async () => {
		const source = world.addProject('BSSH AGC');
		const folder = world.addFolder(source, '/x/');
		world.addFile(source, '/x/a.txt');
		world.link(folder, project);
		world.addFile(source, '/x/later.txt');
		expect(await paths('filePath=/x/')).toEqual(['/x/', '/x/a.txt', '/x/later.txt']);
		expect(await paths('parentFolderPath=/x/')).toEqual([]);
		expect(await paths('parentFolderPath=/x/', source)).toEqual(['/x/a.txt', '/x/later.txt']);
		world.unlink(folder, project);
		expect(await paths('')).toEqual([]);
	});
});

describe('deletion', () => {
	it('takes a file through DELETING, still listed, to 404', async () => {
		world.deleteMillis = 1000;
		const file = world.addFile(project, '/a.txt');
		const answer = await remove(file);
		expect(answer).toMatchObject({ status: 204, body: {} });
		expect((await get(file)).body).toMatchObject({ data: { details: { status: 'DELETING' } } });
		expect(await paths('status=DELETING')).toEqual(['/a.txt']);
		world.advance(1001);
		expect(await get(file)).toMatchObject({ status: 404 });
		expect(await paths('')).toEqual([]);
		expect(file.gone).toBe(true);
	});

	it('frees the path for a new file', async () => {
		await remove(world.addFile(project, '/a.txt'));
		world.advance(100);
		const path = `/api/projects/${project.id}/data:createFileWithTemporaryCredentials`;
		expect(await call(simulator, 'POST', path, { body: { name: 'a.txt' } })).toMatchObject({ status: 201 });
	});
});

describe('moved data', () => {
	it('keeps its id and its contents, and is found where it lies now', async () => {
		const file = world.addFile(project, '/a/b/c.txt', { content: 'abc' });
		const folder = world.addFolder(project, '/a/b/');
		world.move(folder, '/x/renamed/');
		expect(await paths('type=FILE')).toEqual(['/x/renamed/c.txt']);
		expect(await paths('filePath=/a/')).toEqual(['/a/']);
		expect(await paths('parentFolderPath=/x/')).toEqual(['/x/renamed/']);
		expect((await get(file)).body['data']).toMatchObject({
			id: file.id,
			details: { path: '/x/renamed/c.txt', name: 'c.txt' },
		});
		world.move(file, '/x/d.txt');
		expect(world.findByPath(project, '/x/d.txt')).toBe(file);
		expect(world.contentOf(file)?.toString()).toBe('abc');
		expect([file.name, file.firstPath]).toEqual(['d.txt', '/a/b/c.txt']);
		await remove(folder);
		world.advance(world.deleteMillis);
		expect(await paths('')).toEqual(['/a/', '/x/', '/x/d.txt']);
	});

	it('stays linked where it was linked by itself; through a folder only what lies in it is', async () => {
		const other = world.addProject('other');
		const [alone, out, into] = ['/a/alone', '/a/b/out', '/into'].map((path) => world.addFile(project, path));
		world.link(world.addFolder(project, '/a/b/'), other);
		for (const [item, path] of [
			[alone, '/moved'],
			[out, '/out'],
			[into, '/a/b/into'],
		] as const) {
			if (item === alone && item !== undefined) {
				world.link(item, other);
			}
			if (item !== undefined) {
				world.move(item, path);
			}
		}
		expect((await paths('', other)).sort()).toEqual(['/a/b/', '/a/b/into', '/moved']);
	});

	it('cannot be moved to where something is, nor a file to the path of a folder', () => {
		const file = world.addFile(project, '/a');
		world.addFile(project, '/b');
		expect(() => world.move(file, '/b')).toThrow('already');
		expect(() => world.move(file, '/c/')).toThrow('not a path');
	});
});

it('finds data by a user tag, and shows it', async () => {
	const tagged = world.addFile(project, '/a', { userTags: ['keep', 'other'] });
	world.addFile(project, '/b', { userTags: ['keep it'] });
	expect(await paths('userTag=keep&userTagMatchMode=EXACT')).toEqual(['/a']);
	const shown = (await get(tagged)).body['data'];
	expect(shown).toMatchObject({ details: { tags: { userTags: ['keep', 'other'] } } });
	tagged.userTags = [];
	expect(await paths('userTag=keep&userTagMatchMode=EXACT')).toEqual([]);
	const { status } = await call(simulator, 'GET', `/api/projects/${project.id}/data?userTag=keep`);
	expect(status).toBe(501);
});
