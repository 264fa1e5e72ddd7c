import { SetupError } from '../common/errors.ts';
import { type AnalysisIds, uuid } from '../common/ids.ts';
import { fieldsOf, linesOf } from '../common/saved-text.ts';
import { count, firstFew, oneLine } from '../common/text.ts';
import { findFused } from './fused-rows.ts';

/** One handled analysis. */
export interface ManagedRow {
	/** ICA's id; in lower case where it was read. */
	readonly analysisId: string;
	/** The analysis's reference; empty in a row that a person added with the id alone. */
	readonly runId: string;
}

export interface ManagedTable {
	readonly rows: readonly ManagedRow[];
	readonly ids: AnalysisIds & ReadonlySet<string>;
	/** What a person should mend, one sentence each, with the line number. */
	readonly warnings: readonly string[];
}

const maxWarnings = 10;

const idColumn = 'analysis_id_managed';
export const managedTableHeader = `${idColumn},run_id`;

/** In the third field of a row whose id cannot be distinguished from any other word. */
export const otherIdMark = 'the id is no UUID';

const plainRow = new RegExp(`^(${uuid}),([^\\s",;]+)$`, 'i');
const leadingIds = new RegExp(`^"?\\s*((?:${uuid})+)(?![0-9a-f-])`, 'i');
const commentedId = new RegExp(`^"?#[\\s"]*(?:${uuid})?`, 'i');
const headerStart = /^"?analysis_id_managed(?![a-z0-9_])/i;
const headerText = /^"?analysis_id_managed"?\s*(?:[,;\t]?\s*"?run_id"?)?/i;
const endsInUuid = new RegExp(`${uuid}$`, 'i');
const uuidLength = 36;
const unknownId = 'one whose id is no UUID';

class IdSet extends Set<string> implements AnalysisIds {
	override add(id: string): this {
		return super.add(id.toLowerCase());
	}

	override has(id: string): boolean {
		return super.has(id.toLowerCase());
	}
}

/** A table without rows. */
export const noRows: ManagedTable = { rows: [], ids: new IdSet(), warnings: [] };

/**
 * Reads the text of a managed table, as earlier installations and people's editors left it. Each line is read for itself,
 * so that a quote left open swallows no others.
 * @param name the table's name, for warnings
 * @throws {SetupError} when there is text, but neither the header nor one readable row: appending to such a file
 *   would damage it
 */
export function parseManagedTable(name: string, text: string): ManagedTable {
	const rows: ManagedRow[] = [];
	const warnings: string[] = [];
	let isTable = false;
	for (const [index, raw] of linesOf(text).entries()) {
		const { read = [], complaints = [], isHeader = false } = readLine(raw.replaceAll('\0', ' ').trim());
		rows.push(...read);
		if (isHeader || read.length > 0) {
			isTable = true;
		}
		const all = raw.includes('\0') ? [...complaints, hasZeros] : complaints;
		if (all.length > 0) {
			warnings.push(`${name}, line ${index + 1} ${all.join(' It ')}`);
		}
	}
	if (warnings.length > 0 && !isTable) {
		throw new SetupError(
			`${name} is not a managed table: expected the header ${managedTableHeader} and a row for each analysis.`,
		);
	}
	const more = warnings.length - maxWarnings;
	return {
		rows,
		ids: new IdSet(rows.map((row) => row.analysisId)),
		warnings:
			more > 0 ? [...warnings.slice(0, maxWarnings), `${name} has ${more} more such lines.`] : warnings,
	};
}

const hasZeros =
	'holds zero bytes, as the crash of a machine leaves them: rows may be missing there. Compare it with a backup, and remove them.';

interface Line {
	readonly read?: readonly ManagedRow[];
	readonly complaints?: readonly string[];
	readonly isHeader?: boolean;
}

/**
 * What one line means: one row as a rule. A row means that its analysis was handled, whatever stands behind the id, and
 * nothing else: it does not mean that anything was delivered.
 */
function readLine(line: string): Line {
	const [, plainId, plainRun] = plainRow.exec(line) ?? [];
	if (plainId !== undefined && plainRun !== undefined) {
		return { read: [{ analysisId: plainId.toLowerCase(), runId: plainRun }] };
	}
	const [leading, ids] = leadingIds.exec(line) ?? [];
	if (leading !== undefined && ids !== undefined) {
		return readRecords(line, leading.length, ids);
	}
	if (headerStart.test(line)) {
		const length = headerText.exec(line)?.[0].length ?? 0;
		return { ...readFused(line, length, { starts: [], own: undefined }), isHeader: true };
	}
	const fields = fieldsOf(line);
	if (fields.length === 0) {
		return {};
	}
	return readOtherId(fields) ?? readRemark(line, fields);
}

/** A line that begins with an id, or with several at once where a row had nothing else. */
function readRecords(line: string, from: number, ids: string): Line {
	const last = from - uuidLength;
	const starts = Array.from({ length: ids.length / uuidLength }, (_, n) => last - n * uuidLength).reverse();
	return readFused(line, from, { starts, own: ids.slice(-uuidLength) });
}

function readFused(
	line: string,
	from: number,
	{ starts, own }: { readonly starts: readonly number[]; readonly own: string | undefined },
): Line {
	const fused = findFused(line, from, own);
	const all = [...starts, ...fused.starts];
	const read = all.map((start, index) => rowOf(line, start, all[index + 1]));
	const doubtful = line.includes(otherIdMark, from) ? [unknownId, ...fused.doubtful] : fused.doubtful;
	return {
		read,
		complaints: [...complaintOfFused(read, starts.length === 0), ...complaintOfDoubtful(doubtful)],
	};
}

function rowOf(line: string, start: number, end: number | undefined): ManagedRow {
	const isQuoted = line.slice(0, start).trimEnd() === '"';
	return {
		analysisId: line.slice(start, start + uuidLength).toLowerCase(),
		runId: fieldsOf(line.slice(isQuoted ? 0 : start, end))[1] ?? '',
	};
}

function complaintOfFused(read: readonly ManagedRow[], isHeader: boolean): string[] {
	if (read.length < (isHeader ? 1 : 2)) {
		return [];
	}
	const ids = firstFew(read.map((row) => row.analysisId));
	const what = isHeader ? `the header and ${count(read.length, 'record')}` : count(read.length, 'record');
	return [`holds ${what} that ran into one another, read as ${ids}. Put each on a line of its own.`];
}

function complaintOfDoubtful(ids: readonly string[]): string[] {
	return ids.length === 0
		? []
		: [
				`may hold further records, which were not read: ${firstFew(ids, 3)}. Put each on a line of its own, or, in a note, a space before the id.`,
			];
}

/** A row that shows that it begins with an id: by its mark, or because its reference ends in that id. */
function readOtherId(fields: readonly string[]): Line | undefined {
	const [analysisId = '', runId = '', mark, ...more] = fields;
	const isMarked = mark === otherIdMark;
	if (analysisId === '' || !(isMarked || endsInOtherId(runId, analysisId))) {
		return undefined;
	}
	const complaints =
		more.length > 0 || !(mark === undefined || isMarked) ? complaintOfDoubtful([unknownId]) : [];
	return { read: [{ analysisId: analysisId.toLowerCase(), runId }], complaints };
}

function endsInOtherId(runId: string, id: string): boolean {
	// the last part of a UUID is no id
	return runId.toLowerCase().endsWith(`-${id.toLowerCase()}`) && !endsInUuid.test(runId);
}

function readRemark(line: string, fields: readonly string[]): Line {
	const comment = commentedId.exec(line)?.[0];
	if (comment !== undefined) {
		const { starts, doubtful } = findFused(line, comment.length, undefined);
		const ids = [...starts.map((start) => line.slice(start, start + uuidLength)), ...doubtful];
		return { complaints: complaintOfDoubtful(ids) };
	}
	const shown = oneLine(fields.join(','), 120);
	return {
		complaints: [
			`cannot be read: "${shown}". What it stands for can be delivered again; expected analysis id,run id.`,
		],
	};
}
