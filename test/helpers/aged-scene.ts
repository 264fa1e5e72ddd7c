import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Analysis, AnalysisSpec, ProjectOptions } from '../simulator/model.ts';
import { passInProcess } from './in-process.ts';
import { type Scene, startScene } from './scene.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const hour = 60 * 60 * 1000;
export const day = 24 * hour;
export const noon = new Date('2026-05-29T12:00:00Z');

/** A scene whose source project ICA manages itself. */
export interface AgedScene extends Scene {
	readonly folder: string;
	/** So many days ago. */
	ago(days: number): Date;
	/** Adds an analysis that ended so many days ago, and was delivered then, if it is not said otherwise. */
	aged(days: number, spec?: Partial<AnalysisSpec>, delivered?: boolean): Analysis;
	pass(changes?: Parameters<typeof passInProcess>[2]): ReturnType<typeof passInProcess>;
	/** What was done, as `archive <reference>`. */
	done(): string[];
	statuses(analysis: Analysis): string[];
}

/** Starts one, at noon of a day in May. */
export async function agedScene(source: ProjectOptions = { externallyManaged: false }): Promise<AgedScene> {
	const scene = await startScene({}, { source });
	const { world } = scene;
	world.setNow(noon);
	const folder = temporaryFolder();
	const table = join(folder, 'analyses_managed_table.txt');
	writeFileSync(table, 'analysis_id_managed,run_id\n');
	return {
		...scene,
		folder,
		ago: (days) => new Date(world.now().getTime() - days * day),
		aged(days, spec = {}, delivered = true) {
			const endDate = new Date(world.now().getTime() - days * day);
			const startDate = new Date(endDate.getTime() - 6 * hour);
			const analysis = scene.analysis({ startDate, timeCreated: startDate, endDate, ...spec });
			if (delivered) {
				writeFileSync(table, `${analysis.id},${analysis.reference}\n`, { flag: 'a' });
			}
			if (delivered && analysis.files.some(({ name, gone }) => name.startsWith('M-') && !gone)) {
				scene.manifest(analysis, endDate);
			}
			return analysis;
		},
		pass: (changes) => passInProcess(scene, folder, changes),
		done: () => world.actions.map(({ action, item }) => `${action} ${item.path.split('/').at(-2)}`),
		statuses: (analysis) => [...new Set(analysis.files.map((file) => (file.gone ? 'gone' : file.status)))],
	};
}
