import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../src/state/lock.ts';
import { programFile, runCommand, runProgram } from '../helpers/installation.ts';
import { startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const manifest: { version: string } = JSON.parse(
	readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

async function run(...args: string[]) {
	return await runProgram(temporaryFolder(), {}, args).ended;
}

describe('the command line', () => {
	it('helps with defaults, an example and the exit statuses, without anything else', async () => {
		const { status, stdout, stderr } = await run('--help');
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		for (const text of [
			'--api_key_file <path>',
			'(env: ICA_API_KEY_FILE)',
			'(default: "^M[-_]", env: UMICH_ORCHESTRATOR_MGI_PATTERN)',
			'Example',
			'what a pass would do',
			'75 another pass holds the lock',
		]) {
			expect(stdout.replace(/\s+/g, ' ')).toContain(text);
		}
	});

	it('tells its version', async () => {
		expect(await run('--version')).toEqual({
			status: 0,
			signal: null,
			stdout: `${manifest.version}\n`,
			stderr: '',
		});
	});

	it.each([
		[[], "required option '--api_key_file <path>' not specified"],
		[['--api_key_file'], 'argument missing'],
		[['--api_key_file', 'k', '--dry-run'], "unknown option '--dry-run'"],
		[
			['--api_key_file', 'k', '--source_project_name', 'BSSH', 'core'],
			'"core" belongs to no option: a value with',
		],
		[
			['--api_key_file', '--source_project_name', 'BSSH core'],
			'--api_key_file got "--source_project_name" as',
		],
		[['--api_key_file', 'k'], 'Which source project?'],
		[
			['--api_key_file', 'k', '--source_project_name', 'x', '--mgi_pattern', '('],
			'--mgi_pattern is not a regular',
		],
		[['--api_key_file', 'k', '--source_project_name', 'x', '--server_url', 'http://x.org'], 'expected https'],
		[['--api_key_file', 'nowhere', '--source_project_name', 'x'], '--api_key_file cannot be read (ENOENT)'],
	])('refuses %j in one sentence, with exit status 2 and nothing done', async (args, message) => {
		const folder = temporaryFolder();
		const outcome = await runProgram(folder, {}, args).ended;
		expect(outcome).toMatchObject({ status: 2, stdout: '' });
		expect(outcome.stderr).toContain(message);
		expect(outcome.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
	});

	it('says that its working directory is gone', async () => {
		const scene = await startScene();
		const { folder } = scene.install();
		const words = ['bash', '-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', 'bash'];
		const program = [process.execPath, programFile, '--api_key_file', 'k', '--source_project_name', 'x'];
		const { ended } = runCommand([...words, ...program], folder, { PATH: process.env['PATH'] ?? '' });
		expect(await ended).toMatchObject({
			status: 2,
			stderr: 'Error: The working directory does not exist any more: start the program in one that does.\n',
		});
	});

	it('mails a start that fails once a day where passes have been at work', async () => {
		const scene = await startScene();
		const installation = scene.install();
		await installation.pass();
		writeFileSync(join(installation.folder, 'api_key.txt'), 'revoked', { mode: 0o600 });
		const [first, second] = [await installation.pass(), await installation.pass()];
		expect([first.status, second.status]).toEqual([2, 2]);
		expect(first.stderr).toContain('does not accept the API key');
		expect([second.stderr, second.stdout]).toEqual([
			'',
			expect.stringContaining('does not accept the API key'),
		]);
	});

	it('refuses a key file that is empty or holds more than a key, before anything is sent', async () => {
		const scene = await startScene();
		const installation = scene.install();
		const keyFile = join(installation.folder, 'api_key.txt');
		for (const content of ['\n', 'two words']) {
			writeFileSync(keyFile, content);
			expect(await installation.pass()).toMatchObject({ status: 2, stdout: '' });
		}
		expect(scene.operations()).toEqual([]);
		expect(installation.files()).toEqual(['api_key.txt']);
	});

	it('warns of a key file that others can read, and goes on', async () => {
		const scene = await startScene();
		const installation = scene.install();
		chmodSync(join(installation.folder, 'api_key.txt'), 0o644);
		const outcome = await installation.pass();
		expect(outcome.status).toBe(0);
		expect(outcome.stderr).toBe(
			'Warning: The API key file api_key.txt can be read by other users (mode 0644): chmod 600 api_key.txt\n',
		);
	});

	it('ends with status 2 when ICA does not accept the key', async () => {
		const scene = await startScene();
		const installation = scene.install();
		writeFileSync(join(installation.folder, 'api_key.txt'), 'wrong-key');
		const outcome = await installation.pass();
		expect(outcome.status).toBe(2);
		expect(outcome.stderr).toMatch(
			/^Error: ICA at .* does not accept the API key in api_key\.txt \(status 401/,
		);
		expect(outcome.stderr).not.toContain('wrong-key');
		expect(installation.files()).not.toContain('analyses_managed_table.txt');
	});

	it('ends with status 2 when a project is unknown, named twice, or of an unknown id', async () => {
		const scene = await startScene();
		const twins = [scene.world.addProject('twin'), scene.world.addProject('twin')];
		const unknown = await scene.install(['--source_project_name', 'BSSH_core']).pass();
		expect(unknown.status).toBe(2);
		expect(unknown.stderr).toContain('no source project named "BSSH_core". There is "bssh_core".');
		const ambiguous = await scene
			.install(['--source_project_name', 'bssh_core', '--destination_project_name', 'twin'])
			.pass();
		expect(ambiguous.status).toBe(2);
		expect(ambiguous.stderr).toContain(
			`choose one by --destination_project_id (${twins[0]?.id}, ${twins[1]?.id})`,
		);
		const noId = await scene.install(['--source_project_id', '00000000-0000-4000-8000-000000000000']).pass();
		expect(noId.status).toBe(2);
		expect(noId.stderr).toContain('no source project with id 00000000-0000-4000-8000-000000000000');
	});

	it('ends with status 2 before anything is linked when the table cannot be written', async () => {
		const scene = await startScene();
		scene.analysis();
		const installation = scene.install();
		mkdirSync(join(installation.folder, 'table'));
		symlinkSync('/dev/null/table', join(installation.folder, 'table', 'link'));
		for (const table of ['missing/table.txt', 'table', 'table/link']) {
			const outcome = await installation.pass('--analyses_managed_table', table);
			expect(outcome.status).toBe(2);
			expect(outcome.stderr).toMatch(/cannot be (?:read|written|taken)/);
		}
		expect(scene.operations()).not.toContain('createProjectDataLinkingBatch');
	});

	it('ends with status 2 when the log cannot be written', async () => {
		const scene = await startScene();
		const outcome = await scene.install().pass('--log_file', 'missing/folder/x.log');
		expect(outcome).toMatchObject({ status: 2, stdout: '' });
		expect(outcome.stderr).toMatch(/^Error: The log cannot be written: ENOENT/);
		expect(scene.operations()).toEqual([]);
	});

	it('ends with status 75 while another pass holds the lock of the same table, however it is named', async () => {
		const scene = await startScene();
		const installation = scene.install();
		const table = join(installation.folder, 'analyses_managed_table.txt');
		writeFileSync(table, '');
		symlinkSync(table, join(installation.folder, 'alias.txt'));
		const release = acquireLock(table, Date.now(), 'another pass');
		for (const name of ['analyses_managed_table.txt', 'alias.txt']) {
			const outcome = await installation.pass('--analyses_managed_table', name);
			expect(outcome.status).toBe(75);
			expect(outcome.stderr).toBe('');
			expect(outcome.stdout).toMatch(/Another pass is at work on .*: another pass since 20/);
		}
		expect(scene.operations()).toEqual([]);
		expect(await installation.pass('--dry_run')).toMatchObject({ status: 0 });
		release();
		expect(await installation.pass()).toMatchObject({ status: 0 });
	});

	it('fails in one sentence, with exit status 1, when ICA is down', async () => {
		const scene = await startScene();
		const installation = scene.install();
		await scene.simulator.close();
		const begun = Date.now();
		const outcome = await installation.pass();
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toMatch(
			/^Error: The pass was given up: Could not sign in to ICA at http:\S+: the connection was refused \(ECONNREFUSED\), after 6 tries in [\d.]+ s\. Exit status 1\.\n$/,
		);
		expect(Date.now() - begun).toBeLessThan(25_000);
		expect(installation.managedIds()).toEqual([]);
	});
});
