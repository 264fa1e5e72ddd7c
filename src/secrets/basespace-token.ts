import { SetupError } from '../common/errors.ts';
import { fitsHeader, readSecretFile, warningAboutSecretFile } from './secret-file.ts';

/** What the file of the BaseSpace CLI, or one with a token alone, says. */
export interface BaseSpaceToken {
	readonly token: string;
	/** The host of the token's region; undefined when the file does not name it. */
	readonly apiServer: string | undefined;
	/** What to warn about. */
	readonly warning: string | undefined;
}

const expected =
	'a file such as ~/.basespace/default.cfg, or one with nothing but the BaseSpace access token';
const lineEnd = /\r\n|\r|\n/;
const assignment = /^(\w+)\s*[=:]\s*(.*)$/;
const comment = /^[#;[]/;
const quotes = /^(["'])(.*)\1$/;
const whiteSpace = /\s/;

/**
 * Reads the BaseSpace access token: a file of lines `key = value`, as the BaseSpace CLI writes it, with `accessToken`
 * and `apiServer`; or nothing but the token. The token appears in no message.
 * @throws {SetupError} when the file cannot be read, or holds no token that fits an HTTP header
 */
export function readBaseSpaceToken(path: string): BaseSpaceToken {
	const lines = readSecretFile('--basespace_access_token_file', path, expected)
		.split(lineEnd)
		.map((line) => line.trim())
		.filter((line) => line !== '' && !comment.test(line));
	const settings = new Map(
		lines.flatMap((line) => {
			const [, key, value] = assignment.exec(line) ?? [];
			return key === undefined || value === undefined ? [] : [[key.toLowerCase(), unquoted(value)]];
		}),
	);
	const [only] = lines;
	const isTokenAlone = lines.length === 1 && settings.size === 0;
	const token = settings.get('accesstoken') ?? (isTokenAlone ? only : undefined);
	if (token === undefined || token === '') {
		throw new SetupError(`The BaseSpace token file ${path} holds no access token: expected ${expected}.`);
	}
	if (whiteSpace.test(token) || !fitsHeader(token)) {
		throw new SetupError(
			`The BaseSpace token file ${path} holds characters that no access token has: expected ${expected}.`,
		);
	}
	return {
		token,
		apiServer: settings.get('apiserver') || undefined,
		warning: warningAboutSecretFile('BaseSpace token', path),
	};
}

function unquoted(value: string): string {
	return quotes.exec(value)?.[2] ?? value;
}
