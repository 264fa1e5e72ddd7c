import { type Analysis, type DataItem, isEnded } from '../simulator/model.ts';
import type { World } from '../simulator/world.ts';

/** An analysis, and what is known of it that the program has to find out. */
export interface Case {
	readonly analysis: Analysis;
	/** The run's name in the sample sheet. */
	readonly runName: string;
	readonly isBclConvert: boolean;
	/** Where its data is to be aged. */
	readonly managedBy: 'ica' | 'basespace';
	/** A person has written a row for it into the managed table, though it was not delivered. */
	hasRowByHand: boolean;
	/** A person has deleted its manifest, and left its row. */
	isManifestDeleted: boolean;
}

export function isMgi({ name }: Pick<DataItem, 'name'>): boolean {
	return /^M[-_].*\.fastq\.gz$/.test(name);
}

/** Whether it has to be delivered, if there is something to deliver. */
export function isDeliverable(world: World, { analysis, isBclConvert }: Case): boolean {
	return isBclConvert && world.analyses.statusOf(analysis) === 'SUCCEEDED';
}

/** Whether something of it has to be delivered. */
export function isOwed(world: World, one: Case): boolean {
	return isDeliverable(world, one) && one.analysis.files.some(isMgi);
}

export function isUnderWay(world: World, analysis: Analysis): boolean {
	return !isEnded(world.analyses.statusOf(analysis));
}

/** Where a recipient finds what was delivered of an analysis. */
export function manifestPathOf({ analysis }: Case): string {
	return `/fastq_manifests/${analysis.reference}.download_manifest.csv`;
}

/** Whether one is the other, or lies in it. */
export function overlap(one: string, other: string): boolean {
	return isIn(one, other) || isIn(other, one);
}

function isIn(path: string, folder: string): boolean {
	return path === folder || (folder.endsWith('/') && path.startsWith(folder));
}
