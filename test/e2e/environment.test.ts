import { describe, expect, it } from 'vitest';
import { commandLine, type Invocation } from '../../src/cli/command-line.ts';
import { commandToAddTo } from '../../src/cli/environment.ts';
import type { RawPassOptions } from '../../src/options/pass-options.ts';
import { runProgram } from '../helpers/installation.ts';
import { startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** What the program makes of these words and this environment. */
async function invoke(words: readonly string[], environment: Readonly<Record<string, string>>) {
	const before = process.env;
	process.env = { ...environment };
	try {
		let invocation: Invocation<RawPassOptions> | undefined;
		const program = commandLine('1.0.0', process.env, (asked) => {
			invocation = asked;
			return Promise.resolve();
		});
		await program.exitOverride().parseAsync([...words], { from: 'user' });
		return invocation;
	} finally {
		process.env = before;
	}
}

const someId = 'c78835ab-a488-4b97-848d-e606b0f31772';
const key = { ICA_API_KEY_FILE: 'key.txt' };

describe('the environment', () => {
	it('gives a whole pass, which ends like one that is asked for on the command line', async () => {
		const scene = await startScene();
		const { id } = scene.analysis();
		const installation = scene.install();
		const environment = {
			AWS_ENDPOINT_URL_S3: scene.simulator.s3Url,
			ICA_API_KEY_FILE: 'api_key.txt',
			UMICH_ORCHESTRATOR_SERVER_URL: scene.simulator.url,
			UMICH_ORCHESTRATOR_SOURCE_PROJECT_NAME: 'bssh_core',
			UMICH_ORCHESTRATOR_DESTINATION_PROJECT_NAME: 'MGI',
		};
		const dry = await runProgram(
			installation.folder,
			{ ...environment, UMICH_ORCHESTRATOR_DRY_RUN: 'yes' },
			[],
		).ended;
		expect(dry).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('Would deliver') });
		expect(installation.managedIds()).toEqual([]);
		const { ended } = runProgram(installation.folder, environment, []);
		expect(await ended).toMatchObject({ status: 0, stderr: '' });
		expect(installation.managedIds()).toEqual([id]);
	});

	it('gives way to the command line', async () => {
		const asked = await invoke(['--api_key_file', 'other.txt', '--days_to_delete', '100'], {
			...key,
			UMICH_ORCHESTRATOR_DAYS_TO_DELETE: '200',
			UMICH_ORCHESTRATOR_DAYS_TO_ARCHIVE: '300',
		});
		expect(asked?.raw).toMatchObject({
			api_key_file: 'other.txt',
			days_to_delete: '100',
			days_to_archive: '300',
		});
	});

	it.each([
		['--source_project_id', 'SOURCE_PROJECT_NAME'],
		['--source_project_name', 'SOURCE_PROJECT_ID'],
		['--destination_project_id', 'DESTINATION_PROJECT_NAME'],
		['--destination_project_name', 'DESTINATION_PROJECT_ID'],
	])('gives way to %s, however it names the project', async (flag, variable) => {
		const asked = await invoke([flag, 'x'], { ...key, [`UMICH_ORCHESTRATOR_${variable}`]: 'y' });
		expect(asked?.raw).toMatchObject({ [flag.slice(2)]: 'x', [variable.toLowerCase()]: undefined });
	});

	it.each([
		['1', true],
		['TRUE', true],
		['yes', true],
		['0', false],
		['False', false],
		['no', false],
	])('says with UMICH_ORCHESTRATOR_DRY_RUN=%s whether it is a dry run: %s', async (text, isDryRun) => {
		const asked = await invoke([], { ...key, UMICH_ORCHESTRATOR_DRY_RUN: text });
		expect(asked?.raw.dry_run).toBe(isDryRun);
	});

	it('is not guessed at: a dry run that cannot be read, or a name that is none, is no real pass', async () => {
		await expect(invoke([], { ...key, UMICH_ORCHESTRATOR_DRY_RUN: '' })).rejects.toThrow(
			'UMICH_ORCHESTRATOR_DRY_RUN is "": expected 1, true or yes, or 0, false or no.',
		);
		await expect(invoke([], { ...key, UMICH_ORCHESTRATOR_DRYRUN: '1' })).rejects.toThrow(
			'The environment has UMICH_ORCHESTRATOR_DRYRUN, which is no option',
		);
	});

	it('is named when a value of it is wrong', async () => {
		const { status, stderr } = await runProgram(
			temporaryFolder(),
			{ ...key, UMICH_ORCHESTRATOR_SOURCE_PROJECT_NAME: 'x', UMICH_ORCHESTRATOR_DAYS_TO_DELETE: 'ninety' },
			[],
		).ended;
		expect(status).toBe(2);
		expect(stderr).toBe(
			'Error: --days_to_delete is "ninety": expected a whole number from 1 to 36500, or never. ' +
				'(It comes from the environment: UMICH_ORCHESTRATOR_DAYS_TO_DELETE.)\n',
		);
	});

	it.each([
		[
			['requeue', '--source_project_name', 'x', '--analysis_id', someId],
			{ UMICH_ORCHESTRATOR_PIPELINE: 'x' },
			'PIPELINE',
		],
		[
			['--source_project_id', someId],
			{ UMICH_ORCHESTRATOR_DESTINATION_PROJECT_NAME: 'x', UMICH_ORCHESTRATOR_DESTINATION_PROJECT_ID: someId },
			'DESTINATION_PROJECT_NAME',
		],
	])('is named when it contradicts: %j', async (words, variables, name) => {
		const environment = { ...key, ...variables };
		const { status, stderr } = await runProgram(temporaryFolder(), environment, words).ended;
		expect(status).toBe(2);
		expect(stderr).toContain(`(It comes from the environment: UMICH_ORCHESTRATOR_${name}.)`);
	});

	it('goes before the command in advice on how to go on, quoted for a shell, but for a dry run', async () => {
		const asked = await invoke([], {
			...key,
			UMICH_ORCHESTRATOR_SOURCE_PROJECT_NAME: 'BSSH core',
			UMICH_ORCHESTRATOR_DRY_RUN: '1',
		});
		expect(asked?.assignments).toEqual([
			'ICA_API_KEY_FILE=key.txt',
			"UMICH_ORCHESTRATOR_SOURCE_PROJECT_NAME='BSSH core'",
		]);
	});
});

describe('the command that advice adds to', () => {
	it('is no look any more, and has no limit of its own', () => {
		const words = ['--dry_run', '--source_project_name', 'x', '--max_deletions', '3', '--log_level', 'debug'];
		const kept = ['--source_project_name', 'x', '--log_level', 'debug'];
		expect(commandToAddTo(words)).toEqual(kept);
		expect(commandToAddTo([...kept, '--max_deletions=3', '--dry_run'])).toEqual(kept);
	});
});
