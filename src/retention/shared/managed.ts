import { bsshOutputName } from '../../analyses/bssh-output.ts';
import { ServiceError } from '../../common/errors.ts';
import { listFilesNamed } from '../../ica/data.ts';
import type { Analysis, Data, Project } from '../../ica/schemas.ts';
import type { RetentionRequest } from './context.ts';

/** Which analyses BaseSpace manages: their output holds a `bsshoutput.json`. */
export interface ManagedAnalyses {
	/** The files `bsshoutput.json` of each, one as a rule. */
	readonly files: ReadonlyMap<Analysis, readonly Data[]>;
	/** Those with nothing but a `bsshoutput.json` that another project owns: whose they are is not known. */
	readonly inDoubt: ReadonlySet<Analysis>;
}

/**
 * Finds out which analyses of the source project BaseSpace manages. One request for each 1,000 such files, whenever they
 * were made: ICA may make one long after the analysis has ended.
 * @throws {ServiceError}
 */
export async function findManaged({
	ica,
	source,
	analyses,
}: Pick<RetentionRequest, 'ica' | 'source' | 'analyses'>): Promise<ManagedAnalyses> {
	return assign(await listFilesNamed(ica, source.id, bsshOutputName), analyses, source);
}

/**
 * Tells by its path whose a `bsshoutput.json` is: the reference of its analysis names the output folder, as a rule
 * `/ilmn-analyses/<reference>/` or `/<reference>/`. Where several are named on the way, the last one is it.
 * @throws {ServiceError} when one has no path
 */
export function assign(
	files: readonly Data[],
	analyses: readonly Analysis[],
	source: Pick<Project, 'id'>,
): ManagedAnalyses {
	const byReference = new Map<string, Analysis[]>();
	for (const analysis of analyses) {
		// as ICA compares paths
		const name = analysis.reference.toLowerCase();
		byReference.set(name, [...(byReference.get(name) ?? []), analysis]);
	}
	const own = new Map<Analysis, Data[]>();
	const inDoubt = new Set<Analysis>();
	for (const file of files) {
		for (const analysis of namedOnPath(file, byReference)) {
			if (file.owningProjectId === source.id) {
				own.set(analysis, [...(own.get(analysis) ?? []), file]);
			} else {
				inDoubt.add(analysis);
			}
		}
	}
	return { files: own, inDoubt: new Set([...inDoubt].filter((analysis) => !own.has(analysis))) };
}

/** The output folder of an analysis that a file of its own shows; the file's own folder where its path does not. */
export function outputFolderOf({ path }: Data, { reference }: Analysis): string {
	const folders = path.split('/').slice(0, -1);
	const at = folders.findIndex((folder) => folder.toLowerCase() === reference.toLowerCase());
	return `${(at < 0 ? folders : folders.slice(0, at + 1)).join('/')}/`;
}

function namedOnPath(file: Data, byReference: ReadonlyMap<string, readonly Analysis[]>): Analysis[] {
	if (file.path === '') {
		throw new ServiceError('unexpected answer', `ICA gives no path for ${file.name} (${file.id}).`);
	}
	const folders = file.path.toLowerCase().split('/').slice(1, -1);
	const innermost = folders.findLast((folder) => byReference.has(folder));
	return [...(byReference.get(innermost ?? '') ?? [])];
}
