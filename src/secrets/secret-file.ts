import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { reasonOf, SetupError } from '../common/errors.ts';
import { otherKindOf } from '../common/local-files.ts';

const readableByOthers = 0o004;
const maxBytes = 65_536;
const printableAscii = /^[\x21-\x7e]+$/;

/**
 * The text of a small file that holds a secret. A pipe or device is refused: nobody may ever write to it, and cron would
 * find it empty the second time.
 * @param expected completes "expected the path of …"
 * @throws {SetupError} that does not name the path: it may be the secret itself, typed where the path belongs
 */
export function readSecretFile(flag: string, path: string, expected: string): string {
	let fd: number | undefined;
	try {
		fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
		const kind = otherKindOf(fstatSync(fd));
		if (kind !== undefined) {
			throw new SetupError(
				`${flag} names ${kind}: expected the path of ${expected}; keep it in a regular file that only its owner can read.`,
				[flag.slice(2)],
			);
		}
		const bytes = Buffer.alloc(maxBytes);
		// a byte order mark is white space to a regular expression
		return bytes.toString('utf8', 0, readSync(fd, bytes));
	} catch (error) {
		if (error instanceof SetupError) {
			throw error;
		}
		const code = error instanceof Error && 'code' in error ? String(error.code) : reasonOf(error);
		throw new SetupError(`${flag} cannot be read (${code}): expected the path of ${expected}.`, [
			flag.slice(2),
		]);
	} finally {
		if (fd !== undefined) {
			closeSync(fd);
		}
	}
}

/** Whether a secret can be sent in an HTTP header. */
export function fitsHeader(secret: string): boolean {
	return printableAscii.test(secret);
}

/** @returns a warning when other users can read the file */
export function warningAboutSecretFile(what: string, path: string): string | undefined {
	const stats = statSync(path);
	if (!stats.isFile() || (stats.mode & readableByOthers) === 0) {
		return undefined;
	}
	const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
	return `The ${what} file ${path} can be read by other users (mode ${mode}): chmod 600 ${path}`;
}
