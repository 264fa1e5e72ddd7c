import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { closeSync, constants, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { LockedError, reasonOf, SetupError } from '../common/errors.ts';
import { openRegularFile } from '../common/local-files.ts';
import { lockFileOf } from '../common/own-files.ts';
import { oneLine } from '../common/text.ts';

/** The exit status of `flock -n` when somebody else holds the lock (util-linux and BusyBox alike). */
const heldByAnother = 1;

const maxSignatureLength = 500;

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
 * @param holder who takes it, for the message of whoever meets it
 * @returns the function that releases the lock
 * @throws {LockedError} another pass holds it
 * @throws {SetupError} the lock cannot be taken at all
 */
export function acquireLock(managedTable: string, now: number, holder: string): () => void {
	const file = lockFileOf(managedTable);
	const fd = openLockFile(file);
	const flock = runFlock('-x', fd);
	if (flock.status === 0) {
		signLockFile(fd, `${holder} since ${new Date(now).toISOString()}`);
		return () => closeSync(fd);
	}
	if (flock.status === heldByAnother) {
		const isOld = now - fstatSync(fd).mtimeMs > longPassMs;
		const other = holderOf(fd);
		closeSync(fd);
		throw new LockedError(`Another pass is at work on ${managedTable}: ${other}. Nothing was done.`, {
			isOld,
		});
	}
	closeSync(fd);
	const why = flock.error === undefined ? oneLine(flock.stderr) : reasonOf(flock.error);
	throw new SetupError(
		`The lock ${file} cannot be taken: ${why}. The command flock (package util-linux) is needed on the PATH.`,
	);
}

/**
 * Whether a pass is at work on a managed table. It is not kept from beginning, but for the moment of the question; where it
 * is not known, there is none.
 */
export function isLocked(managedTable: string): boolean {
	let fd: number;
	try {
		fd = openRegularFile(lockFileOf(managedTable), constants.O_RDONLY);
	} catch {
		return false;
	}
	try {
		return runFlock('-s', fd).status === heldByAnother;
	} finally {
		closeSync(fd);
	}
}

function runFlock(mode: '-x' | '-s', fd: number): SpawnSyncReturns<string> {
	return spawnSync('flock', ['-n', mode, '3'], { stdio: ['ignore', 'ignore', 'pipe', fd], encoding: 'utf8' });
}

function openLockFile(file: string): number {
	try {
		return openRegularFile(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
	} catch (error) {
		throw new SetupError(`The lock ${file} cannot be taken: ${reasonOf(error)}.`);
	}
}

function holderOf(fd: number): string {
	const bytes = Buffer.alloc(maxSignatureLength);
	return oneLine(bytes.toString('utf8', 0, readSync(fd, bytes, 0, maxSignatureLength, 0)));
}

/** Tells a later pass who holds the lock; only for its message. */
function signLockFile(fd: number, signature: string): void {
	try {
		ftruncateSync(fd);
		writeSync(fd, `${signature}\n`);
	} catch {
		// the lock holds without
		return;
	}
}
