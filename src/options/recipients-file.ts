import { CsvError, parse } from 'csv-parse/sync';
import { reasonOf, SetupError } from '../common/errors.ts';
import { isId } from '../common/ids.ts';
import { readRegularFile } from '../common/local-files.ts';
import type { ProjectSelector } from '../common/project-selector.ts';
import { decodeSavedText, formOf } from '../common/saved-text.ts';
import { sentence } from '../common/text.ts';
import { daysOf, patternOf } from './parsers.ts';

/** A group that gets FASTQs, as a person has described it. */
export interface RecipientSpec {
	readonly name: string;
	/** Which FASTQ file names are its own. */
	readonly pattern: RegExp;
	/** undefined: the source project itself. */
	readonly project: ProjectSelector | undefined;
	/** When what was delivered to it is archived, in days of 24 hours; `Infinity`: never. */
	readonly daysToArchive: number;
	readonly daysToDelete: number;
}

type Thresholds = Pick<RecipientSpec, 'daysToArchive' | 'daysToDelete'>;

const maxBytes = 1_000_000;
const requiredColumns = ['name', 'pattern', 'project'];
const columns = [...requiredColumns, 'days_to_archive', 'days_to_delete', 'delivery'];
const nameOfRecipient = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** One row, with the line of the file at which it ends. */
interface Row {
	readonly line: number;
	readonly cells: ReadonlyMap<string, string>;
}

/**
 * Reads a recipients file, whole: one row a group, in the form that an editor or a spreadsheet has given it.
 * @param thresholds where a row has none of its own
 * @throws {SetupError} with the line number, what is wrong and what is expected
 */
export function readRecipientsFile(path: string, thresholds: Thresholds): RecipientSpec[] {
	const rows = rowsOf(path);
	const recipients = rows.map((row) => recipientOf(path, row, thresholds));
	if (recipients.length === 0) {
		throw wrong(path, 1, 'there is no recipient below the header: expected a row for each group');
	}
	refuseRepeated(path, rows, 'name');
	refuseRepeated(path, rows, 'project');
	return recipients;
}

function wrong(path: string, line: number, why: string): SetupError {
	return new SetupError(sentence(`${path}, line ${line}: ${why}`), ['recipients_file']);
}

function rowsOf(path: string): Row[] {
	let bytes: Buffer;
	try {
		bytes = readRegularFile(path, maxBytes);
	} catch (error) {
		throw new SetupError(`--recipients_file ${path} cannot be read: ${sentence(reasonOf(error))}`, [
			'recipients_file',
		]);
	}
	const records = recordsOf(path, bytes);
	const [header, ...rest] = records;
	if (header === undefined) {
		throw wrong(
			path,
			1,
			`it is empty: expected the header ${columns.join(',')}, of which the first three are required`,
		);
	}
	const names = header.fields.map((name) => name.toLowerCase());
	refuseColumns(path, header.line, names);
	return rest.map(({ line, fields }) => {
		if (fields.length > names.length) {
			throw wrong(path, line, `it has ${fields.length} fields, where the header has ${names.length}`);
		}
		return { line, cells: new Map(names.map((name, index) => [name, fields[index] ?? ''])) };
	});
}

interface Record {
	readonly line: number;
	readonly fields: readonly string[];
}

/** Records without the empty ones, and without lines that begin with `#`. */
function recordsOf(path: string, bytes: Buffer): Record[] {
	const { separator } = formOf(bytes.subarray(0, 4096));
	try {
		// with `info`, each record comes with its line, of which the package's types know nothing
		const parsed: unknown = parse(decodeSavedText(bytes), {
			delimiter: separator,
			info: true,
			relax_column_count: true,
			skip_empty_lines: true,
			comment: '#',
			comment_no_infix: true,
			trim: true,
		});
		return (parsed as { info: { lines: number }; record: string[] }[])
			.map(({ info, record }) => ({ line: info.lines, fields: record }))
			.filter(({ fields }) => fields.some((field) => field !== ''));
	} catch (error) {
		if (error instanceof CsvError) {
			const { lines } = error;
			throw wrong(path, typeof lines === 'number' ? lines : 1, `it is no CSV: ${error.message}`);
		}
		throw error;
	}
}

function refuseColumns(path: string, line: number, names: readonly string[]): void {
	const unknown = names.find((name) => !columns.includes(name));
	const missing = requiredColumns.find((name) => !names.includes(name));
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	const expected = `expected ${requiredColumns.join(',')} and, optional, ${columns.slice(requiredColumns.length).join(',')}`;
	if (unknown !== undefined) {
		throw wrong(path, line, `the column "${unknown}" is unknown: ${expected}`);
	}
	if (missing !== undefined || twice !== undefined) {
		throw wrong(
			path,
			line,
			`the column "${missing ?? twice}" is ${missing === undefined ? 'there twice' : 'missing'}: ${expected}`,
		);
	}
}

function recipientOf(path: string, { line, cells }: Row, thresholds: Thresholds): RecipientSpec {
	const cell = (column: string): string => cells.get(column) ?? '';
	const name = cell('name');
	if (!nameOfRecipient.test(name)) {
		throw wrong(
			path,
			line,
			`the name "${name}" cannot be a folder's: expected 1 to 40 of A-Z, a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit`,
		);
	}
	if (cell('project') === '') {
		throw wrong(path, line, `${name} has no project: expected the exact name or the id of one`);
	}
	if (cell('pattern') === '') {
		throw wrong(
			path,
			line,
			`${name} has no pattern: expected a regular expression that its FASTQ file names match`,
		);
	}
	if (!['', 'link'].includes(cell('delivery'))) {
		throw wrong(path, line, `the delivery of ${name} is "${cell('delivery')}": expected link, or nothing`);
	}
	const project = cell('project');
	const days = (column: string, otherwise: number): number =>
		cell(column) === ''
			? otherwise
			: within(path, line, () => daysOf(cell(column), `the ${column} of ${name}`));
	return {
		name,
		pattern: within(path, line, () => patternOf(cell('pattern'), '', `the pattern of ${name}`)),
		project: isId(project) ? { by: 'id', id: project } : { by: 'name', name: project },
		daysToArchive: days('days_to_archive', thresholds.daysToArchive),
		daysToDelete: days('days_to_delete', thresholds.daysToDelete),
	};
}

/** Adds the line to what is wrong with a cell. */
function within<Value>(path: string, line: number, read: () => Value): Value {
	try {
		return read();
	} catch (error) {
		throw error instanceof SetupError ? wrong(path, line, error.message) : error;
	}
}

function refuseRepeated(path: string, rows: readonly Row[], column: 'name' | 'project'): void {
	const lines = new Map<string, number>();
	for (const { line, cells } of rows) {
		const text = cells.get(column) ?? '';
		// names become folders, and some file systems make no difference
		const key = column === 'name' || isId(text) ? text.toLowerCase() : text;
		const other = lines.get(key);
		if (other !== undefined) {
			throw wrong(
				path,
				line,
				`the ${column} "${text}" stands in line ${other}, too: each recipient needs its own`,
			);
		}
		lines.set(key, line);
	}
}
