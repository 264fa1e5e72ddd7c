import { CsvError, parse } from 'csv-parse/sync';

/*
 * Text and tables as people's programs save them: Windows' editors with a byte order mark or as UTF-16, spreadsheets with
 * semicolons or tabs, every field in quotes, and any kind of line end.
 */

const encodings = ['utf-8', 'utf-16le', 'utf-16be'] as const;

/** How a text is written in a file. */
type Encoding = (typeof encodings)[number];

const marks: Readonly<Record<Encoding, readonly number[]>> = {
	'utf-8': [0xef, 0xbb, 0xbf],
	'utf-16le': [0xff, 0xfe],
	'utf-16be': [0xfe, 0xff],
};

const lineEnd = /\r\n|\n|\r/;
const quotesAround = /^"|"$/g;
const separator = /[,;\t]/;
const comment = /^[\s"]*#/;

/** By the byte order mark; without one, by where the zeros of the first two characters stand, which in these files are Latin. */
function encodingOf(bytes: Buffer): Encoding {
	const marked = encodings.find((each) => marks[each].every((byte, index) => bytes[index] === byte));
	if (marked !== undefined) {
		return marked;
	}
	const zeros = [...bytes.subarray(0, 4)].map((byte) => (byte === 0 ? '0' : 'x')).join('');
	if (zeros === '0x0x') {
		return 'utf-16be';
	}
	return zeros === 'x0x0' ? 'utf-16le' : 'utf-8';
}

/** The text of a file, without its byte order mark. */
export function decodeSavedText(bytes: Buffer): string {
	return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

export function encodeText(text: string, encoding: Encoding): Buffer {
	if (encoding === 'utf-8') {
		return Buffer.from(text);
	}
	const bytes = Buffer.from(text, 'utf16le');
	return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

/** The lines of a text, whatever they end with. */
export function linesOf(text: string): string[] {
	return text.split(lineEnd);
}

/** How a table is written. */
interface TableForm {
	readonly encoding: Encoding;
	readonly separator: string;
	readonly lineEnd: string;
}

/**
 * How a table is written, so that more can be added to it.
 * @param bytes the beginning of the file
 */
export function formOf(bytes: Buffer): TableForm {
	const text = decodeSavedText(bytes);
	const first = linesOf(text).find((line) => separator.test(line) && !comment.test(line)) ?? '';
	return {
		encoding: encodingOf(bytes),
		separator: separatorOf(first.trim()),
		lineEnd: lineEnd.exec(text)?.[0] ?? '\n',
	};
}

/** What separates the fields of a line: the first comma, semicolon or tab behind the first field; a comma in one without. */
function separatorOf(line: string): string {
	return separator.exec(line.slice(afterQuotes(line)))?.[0] ?? ',';
}

/** Where the quotes around the first field end; 0 without any. */
function afterQuotes(line: string): number {
	if (!line.startsWith('"')) {
		return 0;
	}
	let end = line.indexOf('"', 1);
	while (end !== -1 && line[end + 1] === '"') {
		end = line.indexOf('"', end + 2);
	}
	return end + 1;
}

/**
 * The fields of one line of a table, trimmed, without the empty ones at the end, which a spreadsheet leaves. A quote that
 * was left open is none.
 */
export function fieldsOf(line: string): string[] {
	const delimiter = separatorOf(line);
	const fields = (quotedFields(line, delimiter) ?? line.split(delimiter)).map((field) => field.trim());
	while (fields.at(-1) === '') {
		fields.pop();
	}
	return fields;
}

function quotedFields(line: string, delimiter: string): string[] | undefined {
	if (!line.includes('"')) {
		return undefined;
	}
	// as spreadsheets have it; the parser takes seconds for tens of thousands of lines
	const simple =
		line.startsWith('"') && line.endsWith('"') ? line.slice(1, -1).split(`"${delimiter}"`) : ['"'];
	if (simple.every((field) => !field.includes('"'))) {
		return simple;
	}
	try {
		// a line holds one record
		const records: string[][] = parse(line, {
			delimiter,
			relax_column_count: true,
			relax_quotes: true,
			trim: true,
		});
		return records[0];
	} catch (error) {
		if (error instanceof CsvError) {
			return line.split(delimiter).map((field) => field.trim().replace(quotesAround, ''));
		}
		throw error;
	}
}
