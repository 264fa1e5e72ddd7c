import { SetupError } from '../common/errors.ts';
import { fitsHeader, readSecretFile, warningAboutSecretFile } from './secret-file.ts';

const whiteSpace = /\s+/;
const assignmentOrQuotes = /^[A-Z_]+=|^["'].*["']$/;

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
	const text = readSecretFile('--api_key_file', path, 'a text file with the ICA API key in it');
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
	if (!fitsHeader(key)) {
		throw new SetupError(
			`The API key file ${path} holds characters that no API key has: expected plain text with the key and nothing else.`,
		);
	}
	if (assignmentOrQuotes.test(key)) {
		throw new SetupError(
			`The API key file ${path} holds an assignment or quotes: expected the ICA API key and nothing else.`,
		);
	}
	return { key, warning: warningAboutSecretFile('API key', path) };
}
