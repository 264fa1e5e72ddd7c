import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBaseSpaceToken } from '../../src/secrets/basespace-token.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

function tokenFile(content: string, mode = 0o600): string {
	const path = join(temporaryFolder(), 'default.cfg');
	writeFileSync(path, content);
	chmodSync(path, mode);
	return path;
}

const server = 'https://api.euc1.sh.basespace.illumina.com';

describe('the file with the BaseSpace access token', () => {
	it.each([
		[`apiServer   = ${server}\naccessToken = abcdef123\n`, server],
		[`[DEFAULT]\r\n# by hand\r\naccessToken=abcdef123\r\napiServer=${server}\r\n`, server],
		[`\ufeffaccessToken: "abcdef123"\n`, undefined],
		['abcdef123\n', undefined],
		['  abcdef123', undefined],
	])('gives the token and the host out of %j', (content, apiServer) => {
		expect(readBaseSpaceToken(tokenFile(content))).toEqual({
			token: 'abcdef123',
			apiServer,
			warning: undefined,
		});
	});

	it.each(['', '\n', 'accessToken = \n', `apiServer = ${server}\n`, 'abcdef123\nxyzxyz456\n'])(
		'is an error when there is no token in it: %j',
		(content) => {
			expect(() => readBaseSpaceToken(tokenFile(content))).toThrow('holds no access token: expected');
			expect(() => readBaseSpaceToken(tokenFile(content))).not.toThrow('xyzxyz456');
		},
	);

	it.each(['accessToken = s3cret s3cret', 's3cret s3cret', 's3crét'])(
		'is an error with what would not pass through a header, and does not show it: %s',
		(content) => {
			expect(() => readBaseSpaceToken(tokenFile(content))).toThrow('characters that no access token has');
			expect(() => readBaseSpaceToken(tokenFile(content))).not.toThrow('s3cr');
		},
	);

	it('is an error when it is missing, and the error does not show what may be the token itself', () => {
		expect(() => readBaseSpaceToken('the-token')).toThrow(
			'--basespace_access_token_file cannot be read (ENOENT): expected the path of a file such as',
		);
		expect(() => readBaseSpaceToken('the-token')).not.toThrow('the-token');
	});

	it('is an error when it is a pipe, at once', () => {
		const pipe = join(temporaryFolder(), 'pipe');
		execFileSync('mkfifo', [pipe]);
		expect(() => readBaseSpaceToken(pipe)).toThrow('--basespace_access_token_file names a pipe: expected');
	});

	it('gets a warning when others can read it', () => {
		const path = tokenFile('abcdef123', 0o644);
		expect(readBaseSpaceToken(path).warning).toBe(
			`The BaseSpace token file ${path} can be read by other users (mode 0644): chmod 600 ${path}`,
		);
	});
});
