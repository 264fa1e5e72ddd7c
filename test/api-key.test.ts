import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApiKey } from '../src/api-key.ts';
import { temporaryFolder } from './temporary-folder.ts';

function keyFile(content: string, mode = 0o600): string {
	const path = join(temporaryFolder(), 'api_key.txt');
	writeFileSync(path, content);
	chmodSync(path, mode);
	return path;
}

describe('the API key file', () => {
	it.each(['k3y-Of+ICA/=', 'k3y-Of+ICA/=\n', '\ufeffk3y-Of+ICA/=\r\n', '  k3y-Of+ICA/=  \n\n'])(
		'gives the key out of %j',
		(content) => {
			expect(readApiKey(keyFile(content))).toEqual({ key: 'k3y-Of+ICA/=', warning: undefined });
		},
	);

	it.each(['', '\n', '\ufeff\r\n'])('is an error when there is nothing in it: %j', (content) => {
		expect(() => readApiKey(keyFile(content))).toThrow('is empty: expected the ICA API key in it');
	});

	it('is an error with more than one word in it, and the error does not show them', () => {
		const path = keyFile('apiKey: s3cret');
		expect(() => readApiKey(path)).toThrow(
			`${path} holds 2 words: expected the ICA API key and nothing else.`,
		);
		expect(() => readApiKey(path)).not.toThrow('s3cret');
	});

	it('is an error with characters that would not pass through a header, and the error does not show them', () => {
		const path = keyFile('s3cret\u0000ké');
		expect(() => readApiKey(path)).toThrow('holds characters that no API key has');
		expect(() => readApiKey(path)).not.toThrow('s3cret');
	});

	it('is an error when it is missing, or a folder, and the error does not show what may be the key itself', () => {
		expect(() => readApiKey('the-key-typed-here')).not.toThrow('the-key-typed-here');
		expect(() => readApiKey('/nowhere/api_key.txt')).toThrow(
			'--api_key_file cannot be read (ENOENT): expected',
		);
		expect(() => readApiKey(temporaryFolder())).toThrow('--api_key_file cannot be read (EISDIR): expected');
	});

	it('gets no warning when only its group can read it', () => {
		expect(readApiKey(keyFile('key', 0o640)).warning).toBeUndefined();
	});

	it.each(['ICA_API_KEY=abc', '"abc"', "'abc'"])(
		'is an error with more around the key than white space: %s',
		(content) => {
			expect(() => readApiKey(keyFile(content))).toThrow('holds an assignment or quotes');
		},
	);

	it('is an error when it never ends', () => {
		expect(() => readApiKey('/dev/zero')).toThrow('holds characters that no API key has');
	});

	it.each([0o644, 0o604])('gets a warning when others can read it (mode %o)', (mode) => {
		expect(readApiKey(keyFile('key', mode)).warning).toMatch(
			/can be read by other users \(mode 06\d\d\): chmod 600/,
		);
	});
});
