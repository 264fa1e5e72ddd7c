import { createHash } from 'node:crypto';
import { stringify } from 'csv-stringify/sync';
import type { Data } from './ica/schemas.ts';
import { byCodeUnits } from './text.ts';

/** The folder of manifests in the destination project. */
export const manifestFolder = '/fastq_manifests/';

const longestName = 200;
const notInNames = /[/\\\p{Cc}]/gu;

/** The manifest's file name. A run id is a file's name but for characters that no file name can hold. */
export function manifestName(runId: string): string {
	const name = runId.replace(notInNames, '_');
	return `${Buffer.byteLength(name) <= longestName ? name : shortened(name)}.download_manifest.csv`;
}

/** Still another name for another run: a file name has 255 bytes at the most. */
function shortened(name: string): string {
	const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
	let beginning = name;
	while (Buffer.byteLength(beginning) > longestName - digest.length - 1) {
		beginning = [...beginning].slice(0, -1).join('');
	}
	return `${beginning}-${digest}`;
}

/**
 * The manifest that tells downstream users what was delivered: a header, and a row for each file, sorted by path.
 * @param destinationId the project to which the files are linked
 * @returns CSV, UTF-8, each line ended by a newline
 */
export function manifestCsv(files: readonly Data[], destinationId: string): string {
	const rows = files
		.toSorted((a, b) => byCodeUnits(a.path, b.path))
		.map((file) => [file.name, file.path, file.id, destinationId]);
	return stringify([['file_name', 'file_path', 'data_id', 'project_id'], ...rows]);
}
