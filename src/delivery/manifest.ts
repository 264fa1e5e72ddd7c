import { stringify } from 'csv-stringify/sync';
import { fileNameOf } from '../common/file-name.ts';
import { byCodeUnits } from '../common/text.ts';
import type { Data } from '../ica/schemas.ts';

/** The folder of manifests in the destination project. */
export const manifestFolder = '/fastq_manifests/';

/** The manifest's file name. A run id is a file's name but for characters that no file name can hold. */
export function manifestName(runId: string): string {
	return `${fileNameOf(runId)}.download_manifest.csv`;
}

/**
 * The manifest: what was delivered, for downstream users: a header, and a row for each file, sorted by path.
 * @param destinationId the project to which the files are linked
 * @returns CSV, UTF-8, each line ended by a newline
 */
export function manifestCsv(files: readonly Data[], destinationId: string): Buffer {
	const sorted = files.toSorted((a, b) => byCodeUnits(a.path, b.path));
	const parts = [Buffer.from(stringify([['file_name', 'file_path', 'data_id', 'project_id']]))];
	// at once, the rows of a large delivery would take several times the room of their text
	for (let start = 0; start < sorted.length; start += rowsAtOnce) {
		const rows = sorted.slice(start, start + rowsAtOnce);
		const csv = stringify(rows.map((file) => [file.name, file.path, file.id, destinationId]));
		parts.push(Buffer.from(csv));
	}
	return Buffer.concat(parts);
}

const rowsAtOnce = 100;
