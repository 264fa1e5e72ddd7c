import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { reasonOf, SetupError } from './errors.ts';

const whiteSpace = /\s+/;
const printableAscii = /^[\x21-\x7e]+$/;
const assignmentOrQuotes = /^[A-Z_]+=|^["'].*["']$/;
const readableByOthers = 0o004;
const mostBytes = 65_536;

/** The key, and what to warn about. */
export interface ApiKey {
	readonly key: string;
	readonly warning: string | undefined;
}

/**
 * Reads the file that holds the ICA API key and nothing else. The key appears in no message.
 * @throws {SetupError} when the file cannot be read, or holds anything but one word that fits an HTTP header
 */
export function readApiKey(path: string): ApiKey {
	const text = readText(path);
	const words = text.split(whiteSpace).filter((word) => word !== '');
	const [key] = words;
	if (key === undefined) {
		throw new SetupError(`The API key file ${path} is empty: expected the ICA API key in it.`);
	}
	if (words.length > 1) {
		throw new SetupError(
			`The API key file ${path} holds ${words.length} words: expected the ICA API key and nothing else.`,
		);
	}
	if (!printableAscii.test(key)) {
		throw new SetupError(
			`The API key file ${path} holds characters that no API key has: expected plain text with the key and nothing else.`,
		);
	}
	if (assignmentOrQuotes.test(key)) {
		throw new SetupError(
			`The API key file ${path} holds an assignment or quotes: expected the ICA API key and nothing else.`,
		);
	}
	return { key, warning: warningAbout(path) };
}

function readText(path: string): string {
	let fd: number | undefined;
	try {
		fd = openSync(path, 'r');
		const bytes = Buffer.alloc(mostBytes);
		// a byte order mark is white space to a regular expression
		return bytes.toString('utf8', 0, readSync(fd, bytes));
	} catch (error) {
		// not the path: it may be the key itself, typed where the path belongs
		const code = error instanceof Error && 'code' in error ? String(error.code) : reasonOf(error);
		throw new SetupError(
			`--api_key_file cannot be read (${code}): expected the path of a text file with the ICA API key in it.`,
		);
	} finally {
		if (fd !== undefined) {
			closeSync(fd);
		}
	}
}

function warningAbout(path: string): string | undefined {
	const stats = statSync(path);
	if (!stats.isFile() || (stats.mode & readableByOthers) === 0) {
		return undefined;
	}
	const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
	return `The API key file ${path} can be read by other users (mode ${mode}): chmod 600 ${path}`;
}
