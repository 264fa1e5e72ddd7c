import { randomUUID } from 'node:crypto';
import {
	chmodSync,
	chownSync,
	closeSync,
	fsyncSync,
	openSync,
	readdirSync,
	renameSync,
	rmSync,
	type Stats,
	statSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { realPathOf, syncFolder } from './local-files.ts';

/** Nobody else has files of this name, so that one left by a killed process can be removed without a doubt. */
const temporaryName = /^\.umich-orchestrator-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** A temporary file is there for moments. Other passes, in other containers too, may be at work in the same folder. */
const leftoverAfterMs = 60 * 60 * 1000;

/**
 * Replaces a file, whole or not at all, whatever happens; on return it is on the disk. A link is followed, and a file that
 * is there keeps its mode and, where that is allowed, its owner.
 * @param mode of the file, whatever it was; usually that of the file which is there
 * @throws {Error} the system's; then the file is as it was
 */
export function replaceFile(path: string, content: string | Buffer, mode?: number): void {
	const file = realPathOf(path);
	const temporary = join(dirname(file), `.umich-orchestrator-${randomUUID()}.tmp`);
	const before = statSync(file, { throwIfNoEntry: false });
	try {
		writeNewFile(temporary, content, mode ?? 0o666);
		adopt(temporary, before, mode);
		renameSync(temporary, file);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
	syncFolder(dirname(file));
}

function writeNewFile(path: string, content: string | Buffer, mode: number): void {
	const fd = openSync(path, 'wx', mode);
	try {
		writeFileSync(fd, content);
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}

function adopt(path: string, before: Stats | undefined, mode: number | undefined): void {
	if (before === undefined) {
		return;
	}
	const { uid, gid } = statSync(path);
	if (uid !== before.uid || gid !== before.gid) {
		try {
			chownSync(path, before.uid, before.gid);
		} catch {
			// only root may give files away
		}
	}
	chmodSync(path, mode ?? before.mode & 0o7777);
}

/**
 * Removes the temporary files that killed processes left beside the files which they were to replace.
 * @param files which `replaceFile` is used for
 * @param now milliseconds since 1970, UTC
 * @returns the paths of what was removed
 */
export function removeLeftovers(files: readonly string[], now: number): string[] {
	const folders = new Set(files.map((file) => dirname(realPathOf(file))));
	return [...folders].flatMap((folder) =>
		namesIn(folder)
			.filter((name) => temporaryName.test(name))
			.map((name) => join(folder, name))
			.filter((path) => isLeftover(path, now) && isRemoved(path)),
	);
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

function isLeftover(path: string, now: number): boolean {
	const stats = statSync(path, { throwIfNoEntry: false });
	return stats?.isFile() === true && now - stats.mtimeMs > leftoverAfterMs;
}

function isRemoved(path: string): boolean {
	try {
		rmSync(path);
		return true;
	} catch {
		// it harms nobody
		return false;
	}
}
