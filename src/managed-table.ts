import {
	accessSync,
	closeSync,
	constants,
	existsSync,
	fstatSync,
	fsyncSync,
	ftruncateSync,
	openSync,
	readFileSync,
	readSync,
	statSync,
	writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { FileError, reasonOf, SetupError } from './errors.ts';
import { type ManagedRow, type ManagedTable, managedTableHeader, parseManagedTable } from './managed-rows.ts';
import { oneLine } from './text.ts';

const newline = 0x0a;

/**
 * Reads the table. A missing file is an empty table.
 * @throws {SetupError} when the file cannot be read, or is something else than a managed table
 */
export function readManagedTable(path: string): ManagedTable & { readonly isMissing: boolean } {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			return { rows: [], ids: new Set(), warnings: [], isMissing: true };
		}
		throw new SetupError(`The managed table ${path} cannot be read: ${reasonOf(error)}.`);
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
		append(path, '');
	} catch (error) {
		throw new SetupError(`The managed table ${path} cannot be written: ${reasonOf(error)}.`);
	}
}

/**
 * Makes sure, as far as can be seen without touching anything, that rows could be appended.
 * @throws {SetupError}
 */
export function checkManagedTable(path: string): void {
	try {
		accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
		if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
			throw new Error('it is a folder');
		}
	} catch (error) {
		throw new SetupError(`The managed table ${path} cannot be written: ${reasonOf(error)}.`);
	}
}

/**
 * Appends one row, on a line of its own, and returns when it is on the disk.
 * @throws {FileError} then no half row is left behind
 */
export function appendManagedRow(path: string, row: ManagedRow): void {
	try {
		append(path, stringify([[row.analysisId, oneLine(row.runId)]]));
	} catch (error) {
		throw new FileError(`The managed table ${path} could not be written: ${reasonOf(error)}.`);
	}
}

function append(path: string, row: string): void {
	const fd = openSync(path, 'a+');
	try {
		const { size } = fstatSync(fd);
		const bytes = Buffer.from(separator(fd, size, row) + row);
		writeOrTakeBack(fd, bytes, size);
		if (size === 0) {
			syncFolder(dirname(path));
		}
	} finally {
		closeSync(fd);
	}
}

function writeOrTakeBack(fd: number, bytes: Buffer, sizeBefore: number): void {
	try {
		if (writeSync(fd, bytes) !== bytes.length) {
			throw new Error('there is no space left for a whole row');
		}
		fsyncSync(fd);
	} catch (error) {
		ftruncateSync(fd, sizeBefore);
		throw error;
	}
}

/** What must stand between what the file holds and a new row: the header, or the newline that an editor left out. */
function separator(fd: number, size: number, row: string): string {
	if (size === 0) {
		return `${managedTableHeader}\n`;
	}
	const last = Buffer.alloc(1);
	readSync(fd, last, 0, 1, size - 1);
	return row === '' || last[0] === newline ? '' : '\n';
}

/** Makes a new file's name durable, too. */
function syncFolder(folder: string): void {
	const fd = openSync(folder, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
