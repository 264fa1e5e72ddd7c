import {
	accessSync,
	closeSync,
	constants,
	existsSync,
	fstatSync,
	fsyncSync,
	ftruncateSync,
	readSync,
	writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { FileError, isSystemError, reasonOf, SetupError } from '../common/errors.ts';
import { isId } from '../common/ids.ts';
import {
	openRegularFile,
	readRegularFile,
	realPathOf,
	refuseOtherKinds,
	syncFolder,
} from '../common/local-files.ts';
import { decodeSavedText, encodeText, formOf } from '../common/saved-text.ts';
import { oneLine, sentence } from '../common/text.ts';
import {
	type ManagedRow,
	type ManagedTable,
	managedTableHeader,
	noRows,
	otherIdMark,
	parseManagedTable,
} from './managed-rows.ts';

/** Some 400,000 rows: more than a sequencing core has in its lifetime. */
const maxBytes = 64_000_000;

/** Has the first lines of a table, which show how all of it is written. */
const formBytes = 4096;

/**
 * Reads the table. A missing file is an empty table.
 * @throws {SetupError} when the file cannot be read, or is something else than a managed table
 */
export function readManagedTable(path: string): ManagedTable & { readonly isMissing: boolean } {
	let text: string;
	try {
		text = decodeSavedText(readRegularFile(path, maxBytes));
	} catch (error) {
		if (isSystemError(error) && error.code === 'ENOENT') {
			return { ...noRows, isMissing: true };
		}
		throw new SetupError(`The managed table ${path} cannot be read: ${sentence(reasonOf(error))}`);
	}
	return { ...parseManagedTable(path, text), isMissing: false };
}

/**
 * Makes sure that rows can be appended, before anything is done that would have to be recorded. Creates a missing
 * table.
 * @throws {SetupError}
 */
export function prepareManagedTable(path: string): void {
	try {
		append(path, []);
	} catch (error) {
		throw new SetupError(`The managed table ${path} cannot be written: ${sentence(reasonOf(error))}`);
	}
}

/**
 * Makes sure, as far as can be seen without touching anything, that rows could be appended.
 * @throws {SetupError}
 */
export function checkManagedTable(path: string): void {
	try {
		refuseOtherKinds(path);
		accessSync(existsSync(path) ? path : dirname(realPathOf(path)), constants.W_OK);
	} catch (error) {
		throw new SetupError(`The managed table ${path} cannot be written: ${sentence(reasonOf(error))}`);
	}
}

/**
 * Appends one row, on a line of its own, in the form that the table has, and returns when it is on the disk.
 * @throws {FileError} then no half row is left behind
 */
export function appendManagedRow(path: string, { analysisId, runId }: ManagedRow): void {
	const row = [analysisId, oneLine(runId)];
	try {
		append(path, isId(analysisId) ? row : [...row, otherIdMark]);
	} catch (error) {
		throw new FileError(`The managed table ${path} could not be written: ${sentence(reasonOf(error))}`);
	}
}

function append(path: string, row: readonly string[]): void {
	const fd = openRegularFile(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
	try {
		const { size } = fstatSync(fd);
		if (size === 0) {
			writeOrTakeBack(fd, Buffer.from(`${managedTableHeader}\n${lineOf(row, ',', '\n')}`), 0);
			syncFolder(dirname(realPathOf(path)));
		} else if (row.length > 0) {
			writeOrTakeBack(fd, bytesToAppend(fd, size, row), size);
		}
	} finally {
		closeSync(fd);
	}
}

function lineOf(row: readonly string[], delimiter: string, lineEnd: string): string {
	return row.length === 0
		? ''
		: stringify([row], { delimiter, quoted: row.length > 2, record_delimiter: lineEnd });
}

/** The row as the table's program will read it, behind what an editor left out of the last line. */
function bytesToAppend(fd: number, size: number, row: readonly string[]): Buffer {
	const { encoding, separator, lineEnd } = formOf(readAt(fd, 0, Math.min(size, formBytes)));
	const unit = encodeText('\n', encoding).length;
	// half a character at the end would shift all that follows; in Latin text its other half is a zero
	const missing = Buffer.alloc((unit - (size % unit)) % unit);
	const last = readAt(fd, size - unit, unit);
	const isEnded = missing.length === 0 && ['\n', '\r'].some((end) => encodeText(end, encoding).equals(last));
	const line = lineOf(row, separator, lineEnd);
	return Buffer.concat([missing, encodeText(isEnded ? line : lineEnd + line, encoding)]);
}

function readAt(fd: number, position: number, length: number): Buffer {
	const bytes = Buffer.alloc(length);
	return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}

function writeOrTakeBack(fd: number, bytes: Buffer, sizeBefore: number): void {
	try {
		if (writeSync(fd, bytes) !== bytes.length) {
			throw new FileError('there is no space left for a whole row');
		}
		fsyncSync(fd);
	} catch (error) {
		ftruncateSync(fd, sizeBefore);
		throw error;
	}
}
