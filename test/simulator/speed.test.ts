import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allPages } from './client.ts';
import type { Analysis, Project } from './model.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import type { World } from './world.ts';

const day = 24 * 3_600_000;
const noon = new Date('2024-05-31T12:00:00Z');
const run = '20240529_LH00619_0013_B22CCFJLT4';

let simulator: Simulator;
let world: World;
let project: Project;
let archived: readonly Analysis[];
let builtIn: number;

beforeAll(async () => {
	const begin = performance.now();
	simulator = await startSimulator();
	world = simulator.world;
	world.setNow(noon);
	project = world.addProject('core');
	const start = (age: number): Date => new Date(noon.getTime() - age * day);
	const files = ['a.fastq.gz', 'b.fastq.gz'];
	for (let index = 0; index < 9699; index += 1) {
		world.addAnalysis(project, { run, files, deleted: true, startDate: start(90 + index / 10) });
	}
	archived = Array.from({ length: 300 }, (_, index) =>
		world.addAnalysis(project, { run, files, dataStatus: 'ARCHIVED', startDate: start(60.5 + index / 10) }),
	);
	const many = Array.from({ length: 3000 }, (_, index) => `output/${index}.fastq.gz`);
	world.addAnalysis(project, { run, files: many, startDate: start(10) });
	const other = world.addProject('other');
	const old = { timeCreated: start(70) };
	world.link(world.addFile(other, '/ilmn-analyses/linked', old), project);
	world.link(world.addFolder(other, '/ilmn-analyses/folder/', old), project);
	builtIn = performance.now() - begin;
});

afterAll(async () => {
	await simulator.close();
});

function list(query: string): ReturnType<typeof allPages> {
	return allPages(simulator, 'GET', `/api/projects/${project.id}/data?${query}`);
}

describe('a project of ten thousand past analyses', () => {
	it('is built, and paged through, in seconds', async () => {
		const begin = performance.now();
		const analyses = await allPages(simulator, 'POST', `/api/projects/${project.id}/analysis:search`, {});
		expect([analyses.items.length, analyses.pages]).toEqual([10_000, 10]);
		const data = await list('filePath=/ilmn-analyses/&type=FILE&status=AVAILABLE');
		expect([data.items.length, data.pages]).toEqual([3001, 4]);
		expect(builtIn + performance.now() - begin).toBeLessThan(15_000);
	});

	it('lists what is left of them by folder, status, type, time, path and owner, all combined', async () => {
		const below = 'parentFolderPath=/ilmn-analyses/';
		const before = 'creationDateBefore=2024-04-01T12:00:00Z';
		const own = `owningProjectId=${project.id}`;
		const first = archived[0]?.outputFolder?.path;
		const counts = {
			[`${below}&type=FOLDER&${own}&${before}`]: 300,
			[`${below}&type=FOLDER&${own}`]: 301,
			[`${below}&type=FOLDER&${before}`]: 301,
			[`${below}&type=FILE`]: 1,
			[`${below}&status=ARCHIVED`]: 0,
			[`status=ARCHIVED&status=ARCHIVING&type=FILE&${before}`]: 600,
			[`status=ARCHIVED&type=FILE&${before}&creationDateAfter=2024-03-22T04:00:00Z`]: 200,
			[`status=AVAILABLE&type=FILE&${before}`]: 1,
			[`status=AVAILABLE&type=FILE&${own}&${before}`]: 0,
			[`status=ARCHIVED&filePath=${first}&filePath=${first?.toUpperCase()}&filePath=/none/&${own}`]: 2,
			[`filePath=${first}&${below}&type=FOLDER`]: 1,
			[`filePath=${first}&parentFolderPath=${first}&${before}&status=ARCHIVED`]: 2,
		};
		for (const [query, count] of Object.entries(counts)) {
			expect((await list(query)).items.length, query).toBe(count);
		}
	});
});
