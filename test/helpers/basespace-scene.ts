import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BaseSpaceStore } from '../simulator/basespace/store.ts';
import type { Analysis, AnalysisSpec, ProjectOptions } from '../simulator/model.ts';
import { passInProcess } from './in-process.ts';
import { fastqs, type Scene, startScene } from './scene.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const hour = 60 * 60 * 1000;
export const day = 24 * hour;

/** A scene whose source project BaseSpace made. */
export interface BsshScene extends Scene {
	readonly folder: string;
	readonly basespace: BaseSpaceStore;
	/** So many days ago. */
	ago(days: number): Date;
	/**
	 * Adds an analysis of so many days ago that names BaseSpace projects.
	 * @param delivered whether it was, at its end, or when; `handled` has a row of the table and no manifest
	 */
	named(
		days: number,
		projects: readonly string[],
		spec?: Partial<AnalysisSpec>,
		delivered?: boolean | 'handled' | Date,
	): Analysis;
	pass(changes?: Parameters<typeof passInProcess>[2]): ReturnType<typeof passInProcess>;
	/** What was done in BaseSpace, as `archive <name>`. */
	done(): string[];
	/** The operations that BaseSpace was asked for since the last call of this. */
	basespaceOperations(): string[];
}

/** The text of a `bsshoutput.json` that names these projects. */
export function bsshOutput(projects: readonly string[]): string {
	const entries = projects.map((name, index) => [`${index}`, { Name: name, Datasets: {} }]);
	return JSON.stringify({ Projects: Object.fromEntries(entries) });
}

/** Starts one, at noon of a day in May. */
export async function bsshScene(source: ProjectOptions = {}): Promise<BsshScene> {
	const scene = await startScene({}, { source });
	const { world, simulator } = scene;
	world.setNow(new Date('2026-05-29T12:00:00Z'));
	const folder = temporaryFolder();
	const table = join(folder, 'analyses_managed_table.txt');
	writeFileSync(table, 'analysis_id_managed,run_id\n');
	let seen = 0;
	const ago = (days: number): Date => new Date(world.now().getTime() - days * day);
	return {
		...scene,
		folder,
		basespace: world.basespace,
		ago,
		named(days, projects, spec = {}, delivered = true) {
			const startDate = ago(days);
			const analysis = scene.analysis({
				startDate,
				timeCreated: startDate,
				endDate: new Date(startDate.getTime() + 6 * hour),
				files: [...fastqs('M-1'), { path: 'bsshoutput.json', content: bsshOutput(projects) }],
				...spec,
			});
			if (delivered !== false) {
				writeFileSync(table, `${analysis.id},${analysis.reference}\n`, { flag: 'a' });
			}
			const at = delivered === true ? (analysis.endDate ?? startDate) : delivered;
			if (at instanceof Date && analysis.files.some(({ name, gone }) => name.startsWith('M-') && !gone)) {
				scene.manifest(analysis, at);
			}
			return analysis;
		},
		pass: (changes) => passInProcess(scene, folder, { basespace_access_token_file: 'token.cfg', ...changes }),
		done: () => world.basespace.actions.map(({ action, item }) => `${action} ${item.name}`),
		basespaceOperations() {
			const fresh = simulator.basespaceExchanges.slice(seen).map(({ operation }) => operation);
			seen = simulator.basespaceExchanges.length;
			return fresh;
		},
	};
}
