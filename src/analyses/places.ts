import type { Analysis } from '../ica/schemas.ts';

/** Where ICA and BaseSpace put the output of analyses, each in a folder named by the analysis's reference. */
export const analysesFolder = '/ilmn-analyses/';

/** Where BaseSpace puts sequencing runs. */
export const runsFolder = '/ilmn-runs/';

/** Folders that many analyses share: as the output of one they would bring in everybody's files. */
const sharedFolders: ReadonlySet<string> = new Set([
	'/',
	'/datasets/',
	analysesFolder,
	runsFolder,
	'/scratch/',
]);

/** Whether a folder belongs to all analyses of a project, whoever lists it as his output. */
export function isSharedFolder(path: string): boolean {
	return sharedFolders.has(path);
}

/** Whether something lies where ICA and BaseSpace put the output of this analysis, and nobody else's. */
export function isInOwnFolder(path: string, { reference }: Pick<Analysis, 'reference'>): boolean {
	return [`${analysesFolder}${reference}/`, `/${reference}/`].some((own) => path.startsWith(own));
}

/** Whether something is this folder, or lies in it; letter case does not count, as it does not in ICA. */
export function isWithin(path: string, folder: string): boolean {
	return path.toLowerCase().startsWith(folder.toLowerCase());
}
