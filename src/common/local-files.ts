import {
	closeSync,
	constants,
	fstatSync,
	fsyncSync,
	openSync,
	readFileSync,
	readlinkSync,
	realpathSync,
	type Stats,
	statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError } from './errors.ts';
import { formatBytes } from './text.ts';

/** As many as Linux follows. */
const maxLinks = 40;

/** What something is that is no regular file: "a folder", "a pipe"; undefined for a regular file. */
export function otherKindOf(stats: Stats): string | undefined {
	if (stats.isFile()) {
		return undefined;
	}
	if (stats.isDirectory()) {
		return 'a folder';
	}
	if (stats.isFIFO()) {
		return 'a pipe';
	}
	return stats.isSocket() ? 'a socket' : 'a device';
}

/**
 * Makes sure that a path names a regular file, or nothing yet.
 * @throws {Error} also where it cannot be looked up
 */
export function refuseOtherKinds(path: string): void {
	const stats = statSync(path, { throwIfNoEntry: false });
	refuseKind(stats && otherKindOf(stats));
}

function refuseKind(kind: string | undefined): void {
	if (kind !== undefined) {
		throw new FileError(`it is ${kind}, where a file is expected`);
	}
}

/**
 * Opens a regular file. A pipe that nobody writes to would be waited for without end, where no signal is heard.
 * @param flags of open(2)
 * @throws {Error} the system's, or what it is instead
 */
export function openRegularFile(path: string, flags: number): number {
	const fd = openSync(path, flags | constants.O_NONBLOCK, 0o666);
	try {
		refuseKind(otherKindOf(fstatSync(fd)));
		return fd;
	} catch (error) {
		closeSync(fd);
		throw error;
	}
}

/**
 * The whole content of a regular file.
 * @param maxBytes a larger file cannot be what is meant
 * @throws {Error} the system's, or what is wrong with the file
 */
export function readRegularFile(path: string, maxBytes: number): Buffer {
	const fd = openRegularFile(path, constants.O_RDONLY);
	try {
		const { size } = fstatSync(fd);
		if (size > maxBytes) {
			throw new FileError(
				`it has ${formatBytes(size)}, and ${formatBytes(maxBytes)} is the most to be expected: is it the right file?`,
			);
		}
		const content = readFileSync(fd);
		if (content.length < size) {
			throw new FileError('it was cut short while it was being read');
		}
		return content;
	} finally {
		closeSync(fd);
	}
}

/** The file that a path names in the end, through links, also to what is not there yet. */
export function realPathOf(path: string, links = 0): string {
	try {
		return realpathSync(path);
	} catch {
		const folder = realFolderOf(path);
		const file = join(folder, basename(path));
		const target = linkedFrom(file);
		return target === undefined || links === maxLinks ? file : realPathOf(resolve(folder, target), links + 1);
	}
}

function realFolderOf(path: string): string {
	try {
		return realpathSync(dirname(path));
	} catch {
		return resolve(dirname(path));
	}
}

function linkedFrom(file: string): string | undefined {
	try {
		return readlinkSync(file);
	} catch {
		return undefined;
	}
}

/** Makes names in a folder durable, where its file system can do that. */
export function syncFolder(folder: string): void {
	try {
		const fd = openSync(folder, constants.O_RDONLY);
		try {
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
	} catch {
		// what is in the files is on the disk already
		return;
	}
}
