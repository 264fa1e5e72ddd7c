import { isSharedFolder, isWithin, runsFolder } from '../../analyses/places.ts';
import { type Analysis, type Data, nameOf } from '../../ica/schemas.ts';

/*
 * What is done to a folder is done to all that is below it. Whose it is, depends on more than the list of one analysis:
 * by where it lies, by the names on its path, and by what other analyses list.
 */

/** A place that another analysis lists as its output. */
export interface ForeignOutput {
	/** Absolute, a folder's with its closing slash. */
	readonly path: string;
	readonly analysisId: string;
	/** The analysis, for a reader. */
	readonly by: string;
}

/** The analyses of a project by their references, in lower case as ICA compares paths. */
export type References = ReadonlyMap<string, Analysis>;

export function referencesOf(analyses: readonly Analysis[]): References {
	return new Map(analyses.map((analysis) => [analysis.reference.toLowerCase(), analysis]));
}

/**
 * Why an output is no analysis's own by its place alone.
 * @param path absolute, a folder's with its closing slash
 */
export function reasonOfPlace(path: string): string | undefined {
	if (isSharedFolder(path)) {
		return `it lists ${path} as its output, which all analyses share`;
	}
	return isWithin(path, runsFolder) || isWithin(runsFolder, path)
		? `it lists ${path} as its output, in the folder of sequencing runs`
		: undefined;
}

/**
 * Why an output is not its analysis's own, by the names of other analyses on the paths of the output and of what is in it.
 * @param item the output
 * @param files what is in it
 */
export function reasonOfNames(
	analysis: Analysis,
	item: Data,
	files: readonly Data[],
	references: References,
): string | undefined {
	for (const { path } of [item, ...files]) {
		for (const name of path.toLowerCase().split('/')) {
			const other = references.get(name);
			if (other !== undefined && other.id !== analysis.id) {
				return overlap(item.path, nameOf(other));
			}
		}
	}
	return undefined;
}

/**
 * Why an output is not its analysis's own, by what other analyses list. A shared folder that another one lists protects
 * nothing but itself.
 */
export function reasonOfLists(
	analysis: Analysis,
	item: Data,
	outputs: readonly ForeignOutput[],
): string | undefined {
	const other = outputs.find(
		({ path, analysisId }) =>
			analysisId !== analysis.id &&
			!isSharedFolder(path) &&
			(isWithin(item.path, path) || isWithin(path, item.path)),
	);
	return other && overlap(item.path, other.by);
}

function overlap(path: string, other: string): string {
	return `${path} is, contains or lies in the output of ${other}`;
}
