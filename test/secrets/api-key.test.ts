import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApiKey } from '../../src/secrets/api-key.ts';
import { tsx } from '../helpers/installation.ts';
import { startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const module = new URL('../../src/secrets/api-key.ts', import.meta.url).href;

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
		expect(() => readApiKey(temporaryFolder())).toThrow(
			'--api_key_file names a folder: expected the path of',
		);
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

	it('is an error when it is no regular file, at once, and the error says what to do', () => {
		const pipe = join(temporaryFolder(), 'pipe');
		execFileSync('mkfifo', [pipe]);
		for (const [path, kind] of [
			[pipe, 'a pipe'],
			['/dev/zero', 'a device'],
		] as const) {
			expect(() => readApiKey(path)).toThrow(
				`--api_key_file names ${kind}: expected the path of a text file with the ICA API key in it; keep it in a regular file that only its owner can read.`,
			);
		}
	});

	it('is an error when it is handed over by the shell', () => {
		const program = `import { readApiKey } from ${JSON.stringify(module)};
			try { readApiKey(process.argv[1]); } catch (error) { console.log(error.message); }`;
		const shell = 'exec "$0" --import "$2" --input-type=module -e "$1" <(echo key)';
		const { stdout } = spawnSync('bash', ['-c', shell, process.execPath, program, tsx], { encoding: 'utf8' });
		expect(stdout).toMatch(/^--api_key_file names a pipe: expected/);
	});

	it('ends the program at once when it is a pipe, before anything is sent or written', async () => {
		const scene = await startScene();
		const installation = scene.install();
		execFileSync('mkfifo', [join(installation.folder, 'pipe')]);
		const outcome = await installation.pass('--api_key_file', 'pipe');
		expect(outcome).toMatchObject({
			status: 2,
			stderr: expect.stringMatching(/^Error: --api_key_file names a pipe/),
		});
		expect(scene.operations()).toEqual([]);
		expect(installation.files()).toEqual(['api_key.txt']);
	});

	it('is read through a link', () => {
		const link = join(temporaryFolder(), 'link');
		symlinkSync(keyFile('key'), link);
		expect(readApiKey(link).key).toBe('key');
	});

	it.each([0o644, 0o604])('gets a warning when others can read it (mode %o)', (mode) => {
		expect(readApiKey(keyFile('key', mode)).warning).toMatch(
			/can be read by other users \(mode 06\d\d\): chmod 600/,
		);
	});
});
