import { realPathOf } from './local-files.ts';

/*
 * What the program keeps on this machine beside the files that its options name.
 */

/** Where templates to requeue failed analyses are kept, below the working directory. */
export const templateFolder = 'requeue_templates';

/** Where manifests are kept, below the working directory. */
export const localManifestFolder = 'fastq_manifests';

/** `<log>.1` and so on. */
const oldLogs = 5;

/** The lock's file, beside the table itself, by whatever name that is called. */
export function lockFileOf(managedTable: string): string {
	return `${realPathOf(managedTable)}.lock`;
}

/** What a pass leaves for the next about BaseSpace, beside the managed table that it goes with. */
export function basespaceStateFileOf(managedTable: string): string {
	return `${managedTable}.basespace`;
}

/** What a pass leaves for the next about what people were notified of, beside the managed table that it goes with. */
export function stateFileOf(managedTable: string): string {
	return `${managedTable}.state`;
}

/** What people are still to be notified of, beside the managed table that it goes with. */
export function outboxFileOf(managedTable: string): string {
	return `${managedTable}.notifications`;
}

/** The names that a log gets one after the other, before it is forgotten. */
export function oldLogsOf(logFile: string): string[] {
	return Array.from({ length: oldLogs }, (_, index) => `${logFile}.${index + 1}`);
}

type Named = readonly [what: string, path: string];

/** The files and folders that a pass keeps, and those that are set aside for it: no option may name one of them. */
export function keptByPass({
	managedTable,
	logFile,
}: {
	readonly managedTable: string;
	readonly logFile: string;
}): Named[] {
	return [
		['the lock of the managed table', lockFileOf(managedTable)],
		['what a pass leaves for the next about BaseSpace', basespaceStateFileOf(managedTable)],
		['what people were notified of', stateFileOf(managedTable)],
		['what people are to be notified of', outboxFileOf(managedTable)],
		['the list of what must not be archived or deleted', 'holds.txt'],
		['manifests', localManifestFolder],
		...keptByRequeue({ logFile }),
	];
}

/** The files and folders that a requeue keeps. */
export function keptByRequeue({ logFile }: { readonly logFile: string }): Named[] {
	return [['templates', templateFolder], ...oldLogsOf(logFile).map((path) => ['an old log', path] as const)];
}
