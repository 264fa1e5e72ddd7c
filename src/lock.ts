import { spawnSync } from 'node:child_process';
import {
	closeSync,
	fstatSync,
	ftruncateSync,
	openSync,
	readFileSync,
	realpathSync,
	writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { LockedError, reasonOf, SetupError } from './errors.ts';
import { oneLine } from './text.ts';

/** The exit status of `flock -n` when somebody else holds the lock (util-linux and BusyBox alike). */
const heldByAnother = 1;

/** Longer than a pass takes, but for the very first ones. */
const longPassMs = 2 * 60 * 60 * 1000;

/**
 * Makes sure that one pass at a time works on a managed table.
 *
 * The kernel's own lock on `<table>.lock` is taken, so it ends with the process, however that ends, and it is seen
 * from every container that has the file mounted. Node has no call for it: flock(1) locks the open file that it
 * inherits from this process, which keeps the lock when flock has gone.
 * The file itself stays: to remove it would let two passes lock two different files of that name.
 * @param now milliseconds since 1970, UTC
 * @returns the function that releases the lock
 * @throws {LockedError} another pass holds it
 * @throws {SetupError} the lock cannot be taken at all
 */
export function acquireLock(managedTable: string, now: number): () => void {
	const file = `${realPath(managedTable)}.lock`;
	const fd = openLockFile(file);
	const flock = spawnSync('flock', ['-n', '-x', '3'], {
		stdio: ['ignore', 'ignore', 'pipe', fd],
		encoding: 'utf8',
	});
	if (flock.status === 0) {
		signLockFile(fd, now);
		return () => closeSync(fd);
	}
	if (flock.status === heldByAnother) {
		const isOld = now - fstatSync(fd).mtimeMs > longPassMs;
		const holder = oneLine(readFileSync(file, 'utf8'));
		closeSync(fd);
		throw new LockedError(`Another pass is at work on ${managedTable}: ${holder}. Nothing was done.`, {
			isOld,
		});
	}
	closeSync(fd);
	const why = flock.error === undefined ? oneLine(flock.stderr) : reasonOf(flock.error);
	throw new SetupError(
		`The lock ${file} cannot be taken: ${why}. The command flock (package util-linux) is needed on the PATH.`,
	);
}

function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}

function openLockFile(file: string): number {
	try {
		return openSync(file, 'a+', 0o666);
	} catch (error) {
		throw new SetupError(`The lock ${file} cannot be taken: ${reasonOf(error)}.`);
	}
}

/** Tells a later pass who holds the lock; only for its message. */
function signLockFile(fd: number, now: number): void {
	try {
		ftruncateSync(fd);
		writeSync(fd, `process ${process.pid} on ${hostname()} since ${new Date(now).toISOString()}\n`);
	} catch {
		// the lock holds without
		return;
	}
}
