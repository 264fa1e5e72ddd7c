import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProject, roleOf } from '../../src/analyses/projects.ts';
import { passInProcess } from '../helpers/in-process.ts';
import { connect, startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const table = 'analyses_managed_table.txt';

describe('ids', () => {
	it.each([
		['no UUID', { id: 'Wfr.0A1B;2' }],
		['no UUID, and no part of the reference', { id: '17', reference: 'Unknown' }],
		['a UUID in capitals', { id: '7DF7D35E-0681-4187-9E1C-6DD1418D6954' }],
		[
			'a UUID in capitals, in a reference without',
			{ id: 'A96E7A5A-0681-4187-9E1C-6DD1418D6954', reference: 'Run 7' },
		],
	])('are sent to ICA as ICA writes them, and known in the table: %s', async (_, spec) => {
		const scene = await startScene();
		const done = scene.analysis(spec);
		const underWay = scene.analysis({ id: `${spec.id}x`, status: 'IN_PROGRESS' });
		const folder = temporaryFolder();

		const first = await passInProcess(scene, folder);
		expect(first).toMatchObject({ needsAction: [], deliveries: { delivered: 1 } });
		const paths = scene.simulator.exchanges.map(({ path }) => decodeURIComponent(path));
		expect(paths).toContainEqual(expect.stringContaining(`/analyses/${spec.id}/outputs`));
		expect(readFileSync(join(folder, table), 'utf8')).toContain(done.id);
		expect(readFileSync(join(folder, 'analyses_monitored_file.txt'), 'utf8')).toContain(`${underWay.id}\n`);

		const before = readFileSync(join(folder, table), 'utf8');
		const second = await passInProcess(scene, folder);
		expect(second.deliveries.delivered).toBe(0);
		expect(second.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
		expect(readFileSync(join(folder, table), 'utf8')).toBe(before);
	});

	it('of projects are sent as they are given, or as ICA usually writes them', async () => {
		const id = 'c78835ab-a488-4b97-848d-e606b0f31772';
		for (const written of [id, id.toUpperCase()]) {
			const scene = await startScene();
			scene.world.addProject('written', { id: written });
			const found = await findProject(connect(scene).ica, roleOf('source'), {
				by: 'id',
				id: id.toUpperCase(),
			});
			expect(found.id).toBe(written);
		}
	});

	it('in capitals in the table are those of analyses that ICA writes without', async () => {
		const scene = await startScene();
		const done = scene.analysis();
		const folder = temporaryFolder();
		writeFileSync(join(folder, table), `${done.id.toUpperCase()},left alone\n`);
		expect((await passInProcess(scene, folder)).monitored.toDeliver).toEqual([]);
	});
});
