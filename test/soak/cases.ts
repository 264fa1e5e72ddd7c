import { type Analysis, isEnded } from '../simulator/model.ts';
import type { World } from '../simulator/world.ts';
import { longest, type Thresholds, usualThresholds } from './ages.ts';
import type { Parties, Party } from './parties.ts';

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
	/** Of whom a person has deleted the manifest, and left its row; undefined: of nobody. */
	manifestDeletedOf: Party | undefined;
	/** Its files were in the archive when the campaign began. */
	readonly beganArchived: boolean;
}

/** Where passes look for it. */
interface Place {
	readonly world: World;
	readonly parties: Parties;
}

/** Whether it has to be delivered, if there is something to deliver. */
export function isDeliverable(world: World, { analysis, isBclConvert }: Case): boolean {
	return isBclConvert && world.analyses.statusOf(analysis) === 'SUCCEEDED';
}

/** Those to whom something of it has to be delivered. */
export function owedTo({ world, parties }: Place, one: Case): Party[] {
	const owners = new Set(one.analysis.files.map((file) => parties.ownerOf(file)));
	return isDeliverable(world, one) ? parties.all.filter((party) => owners.has(party)) : [];
}

/** By which thresholds it is aged. */
export function thresholdsOf(place: Place, one: Case): Thresholds {
	const owed = owedTo(place, one);
	return owed.length === 0 ? usualThresholds : longest(owed.map(({ thresholds }) => thresholds));
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
