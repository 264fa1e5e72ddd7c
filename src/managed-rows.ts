import { CsvError, parse } from 'csv-parse/sync';
import { SetupError } from './errors.ts';
import { count, oneLine } from './text.ts';

/** One handled analysis. */
export interface ManagedRow {
	/** ICA's id, in lower case. */
	readonly analysisId: string;
	/** The analysis's reference; empty in a row that a person added with the id alone. */
	readonly runId: string;
}

export interface ManagedTable {
	readonly rows: readonly ManagedRow[];
	readonly ids: ReadonlySet<string>;
	/** What a person should mend, one sentence each, with the line number. */
	readonly warnings: readonly string[];
}

const mostWarnings = 10;

export const managedTableHeader = 'analysis_id_managed,run_id';

/** Two fields without anything that CSV, or this table's own rules, make more of. */
const plainLine = /^[^\s",]+,[^\s",]+$/;
const quotesAround = /^"|"$/g;
const runIdLike = /^\S+$/;
const leadingId = /^"?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])/i;
// an id that another record brought along follows a run id unannounced; a run id's own has "-" before it, and a note
// that mentions one has spaces
const runThenForeignId = /^(\S*[a-z0-9])([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * Reads the text of a managed table, as earlier installations and people's editors left it.
 * @param name the table's name, for warnings
 * @throws {SetupError} when there is text, but neither the header nor one readable row: appending to such a file
 *   would damage it
 */
export function parseManagedTable(name: string, text: string): ManagedTable {
	const rows: ManagedRow[] = [];
	const warnings: string[] = [];
	const records = (parsePlain(text) ?? parseRecords(text)).filter(
		({ fields }) => fields[0]?.startsWith('#') !== true,
	);
	let hasHeader = false;
	for (const record of records) {
		if (`${record.fields[0]},${record.fields[1]}`.toLowerCase() === managedTableHeader) {
			hasHeader = true;
			continue;
		}
		const { read, complaint } = readRecord(record.fields);
		rows.push(...read);
		if (complaint !== undefined) {
			warnings.push(`${name}, line ${record.line} ${complaint}`);
		}
	}
	if (records.length > 0 && !hasHeader && rows.length === 0) {
		throw new SetupError(
			`${name} is not a managed table: expected the header ${managedTableHeader} and a row for each analysis.`,
		);
	}
	const more = warnings.length - mostWarnings;
	return {
		rows,
		ids: new Set(rows.map((row) => row.analysisId)),
		warnings:
			more > 0 ? [...warnings.slice(0, mostWarnings), `${name} has ${more} more such lines.`] : warnings,
	};
}

interface RawRecord {
	/** From 1. */
	readonly line: number;
	/** Without the empty ones at the end, which a spreadsheet leaves. */
	readonly fields: readonly string[];
}

/**
 * A table as this program writes it, line by line: thousands of rows through a parser of all CSV would take most of a quiet
 * pass's own time.
 * @returns undefined when a single line is otherwise
 */
function parsePlain(text: string): RawRecord[] | undefined {
	const lines = text.split('\n');
	if (lines.pop() !== '' || !lines.every((line) => plainLine.test(line))) {
		return undefined;
	}
	return lines.map((line, index) => ({ line: index + 1, fields: line.split(',') }));
}

/** A quote that a person left open must not swallow the rows after it: then every line is read for itself. */
function parseRecords(text: string): RawRecord[] {
	try {
		const records = parseCsv(text, '"');
		if (records.every(({ fields }) => fields.every((field) => !field.includes('\n')))) {
			return records;
		}
	} catch (error) {
		if (!(error instanceof CsvError)) {
			throw error;
		}
	}
	return parseCsv(text, null);
}

function parseCsv(text: string, quote: '"' | null): RawRecord[] {
	const records: RawRecord[] = [];
	parse(text, {
		bom: true,
		on_record: (fields: string[], { lines }) => {
			while (fields.at(-1) === '') {
				fields.pop();
			}
			records.push({ line: lines, fields: quote === null ? fields.map(withoutQuotes) : fields });
			return null;
		},
		quote,
		record_delimiter: ['\r\n', '\n', '\r'],
		relax_column_count: true,
		relax_quotes: true,
		skip_empty_lines: true,
		skip_records_with_empty_values: true,
		trim: true,
	});
	return records;
}

function withoutQuotes(field: string): string {
	return field.replace(quotesAround, '');
}

interface ReadRecord {
	readonly read: readonly ManagedRow[];
	readonly complaint?: string;
}

/**
 * The rows in one record: one as a rule; several when an append once went to the end of a line without its newline,
 * which leaves `id1,run1id2,run2`. An id has a fixed form, so such a line comes apart safely. What begins with an id is
 * meant to be left alone, whatever follows.
 */
function readRecord(fields: readonly string[]): ReadRecord {
	const [first = '', run = '', ...more] = fields;
	const analysisId = leadingId.exec(first)?.[1]?.toLowerCase();
	if (analysisId === undefined) {
		const shown = oneLine(fields.join(','), 120);
		return {
			read: [],
			complaint: `cannot be read: "${shown}". What it stands for can be delivered again; expected analysis id,run id.`,
		};
	}
	const fused = more.length === 0 ? undefined : takeApart(analysisId, [run, ...more]);
	if (fused === undefined) {
		return { read: [{ analysisId, runId: run }] };
	}
	const ids = fused.map((row) => row.analysisId).join(', ');
	return {
		read: fused,
		complaint: `holds ${count(fused.length, 'record')} that ran into one another, read as ${ids}. Put each on a line of its own.`,
	};
}

function takeApart(firstId: string, fields: readonly string[]): ManagedRow[] | undefined {
	const rows: ManagedRow[] = [];
	let analysisId = firstId;
	if (!fields.every((field) => runIdLike.test(field))) {
		return undefined;
	}
	for (const field of fields.slice(0, -1)) {
		const [, runId, nextId] = runThenForeignId.exec(field) ?? [];
		if (runId === undefined || nextId === undefined) {
			return undefined;
		}
		rows.push({ analysisId, runId });
		analysisId = nextId.toLowerCase();
	}
	return [...rows, { analysisId, runId: fields.at(-1) ?? '' }];
}
