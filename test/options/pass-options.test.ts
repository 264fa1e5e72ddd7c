import { linkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RawPassOptions, readPassOptions } from '../../src/options/pass-options.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const raw: RawPassOptions = {
	api_key_file: '/opt/api_key.txt',
	source_project_name: 'BSSH core',
};

function reading(changes: RawPassOptions): () => unknown {
	return () => readPassOptions({ ...raw, ...changes });
}

describe('the options', () => {
	it('come out typed, with their and cannot be changed', () => {
		const options = readPassOptions(raw);
		expect(options).toMatchObject({
			source: { by: 'name', name: 'BSSH core' },
			linkTimeoutMinutes: 30,
			recipients: [
				{ name: 'MGI', pattern: /^M[-_]/, project: undefined, daysToArchive: 60, daysToDelete: 90 },
			],
			pipelinePattern: /bcl(?!.?2.?fastq).*convert(?![-_ ]*interop)(?![-_ ]*qc)/i,
			serverUrl: 'https://ica.illumina.com',
		});
		expect(Object.isFrozen(options)).toBe(true);
	});

	it('take a project by its id, as it is written, instead of its name', () => {
		const id = 'C78835AB-a488-4b97-848d-e606b0f31772';
		expect(readPassOptions({ ...raw, destination_project_id: id }).recipients[0]?.project).toEqual({
			by: 'id',
			id,
		});
	});

	it('refuse a source project that is not given, or given twice', () => {
		const { source_project_name: _, ...without } = raw;
		expect(() => readPassOptions(without)).toThrow('Give --source_project_name or --source_project_id.');
		expect(reading({ source_project_id: 'c78835ab-a488-4b97-848d-e606b0f31772' })).toThrow('not both');
	});

	it.each([
		[{ source_project_name: '' }, '--source_project_name is empty'],
		[{ destination_project_name: '  ' }, '--destination_project_name is empty'],
		[{ mgi_pattern: '' }, '--mgi_pattern is empty'],
		[
			{ mgi_pattern: '^M[-_]|' },
			'--mgi_pattern "^M[-_]|" matches every name: if that is meant, give a single dot',
		],
		[{ pipeline_pattern: '.*' }, '--pipeline_pattern ".*" matches every name'],
		[{ mgi_pattern: '(' }, '--mgi_pattern is not a regular expression'],
		[{ pipeline_pattern: '[' }, '--pipeline_pattern is not a regular expression'],
		[{ link_timeout_minutes: '0' }, '--link_timeout_minutes is "0"'],
		[{ link_timeout_minutes: '1.5' }, 'expected a whole number'],
		[{ link_timeout_minutes: '1e3' }, 'expected a whole number'],
		[{ link_timeout_minutes: '10081' }, 'from 1 to 10080'],
		[{ days_to_archive: '0' }, '--days_to_archive is "0": expected a whole number from 1 to 36500, or never'],
		[{ days_to_delete: '' }, '--days_to_delete is empty'],
		[{ days_to_delete: '-90' }, '--days_to_delete is "-90"'],
		[{ days_to_delete: '90 days' }, '--days_to_delete is "90 days"'],
		[{ max_deletions: 'many' }, '--max_deletions is "many": expected a whole number from 0 to'],
		[{ log_level: 'loud' }, 'expected one of error, warn, info, debug'],
		[{ empty_trash: true }, '--empty_trash needs --basespace_access_token_file'],
		[
			{ basespace_url: 'https://api.euc1.sh.basespace.illumina.com' },
			'--basespace_url needs --basespace_access_token_file',
		],
		[{ basespace_access_token_file: ' ' }, '--basespace_access_token_file is empty'],
		[
			{ basespace_access_token_file: 't', basespace_url: 'http://api.basespace.illumina.com' },
			'--basespace_url is refused: expected https',
		],
		[{ basespace_access_token_file: '/opt/api_key.txt' }, 'both name /opt/api_key.txt'],
		[{ destination_project_id: '../x' }, '--destination_project_id is "../x": expected an id such as'],
	])('refuse %j', (changes, message) => {
		expect(reading(changes)).toThrow(message);
	});

	it.each([
		['mgi_pattern', '^(M+)+_$'],
		['pipeline_pattern', '(b+|cl)+convert$'],
	])('refuse a pattern that would not end: --%s %s', (flag, source) => {
		expect(reading({ [flag]: source })).toThrow(`--${flag} "${source}" would never end on some names`);
	});

	it.each(['^(M|MGI)[-_]', '^(?:M[-_])+', '^.*M.*_.*S.*_.*L.*_', '^M{1,3}[-_]\\d+(-\\d+)*_S\\d+_L\\d+_.*'])(
		'allow a pattern that only repeats: %s',
		(mgi_pattern) => {
			expect(reading({ mgi_pattern })).not.toThrow();
		},
	);

	it('refuse a flag that was swallowed as the value of the one before it', () => {
		expect(reading({ log_file: '--dry_run' })).toThrow('--log_file got "--dry_run" as its value');
	});

	it('refuse two uses of one file, which would destroy it', () => {
		expect(reading({ log_file: './analyses_managed_table.txt' })).toThrow(
			'--analyses_managed_table and --log_file both name',
		);
	});

	it.each([
		['./analyses_managed_table.txt.lock', 'the lock of the managed table'],
		['analyses_managed_table.txt.basespace', 'what a pass leaves for the next about BaseSpace'],
		['analyses_managed_table.txt.state', 'what people were notified of'],
		['holds.txt', 'the list of what must not be archived or deleted'],
		['fastq_manifests', 'manifests'],
		['fastq_manifests/run.download_manifest.csv', 'manifests'],
		['requeue_templates', 'templates'],
		['./x/../requeue_templates/run.api.json', 'templates'],
		['orchestrator.log.1', 'an old log'],
		['orchestrator.log.5', 'an old log'],
	])('refuse a file that the program keeps: %s', (file, what) => {
		for (const flag of ['summary_file', 'analyses_monitored_file'] as const) {
			expect(reading({ [flag]: file })).toThrow(`--${flag} names ${file}, which is for ${what}: give it a`);
		}
	});

	it('allow files that are only called alike', () => {
		const files = {
			summary_file: 'orchestrator.log.json',
			analyses_monitored_file: 'fastq_manifests.txt',
			log_file: 'logs/holds.txt',
		};
		expect(reading(files)).not.toThrow();
	});

	it('see through hard links, and through links to what is not there yet', () => {
		const folder = temporaryFolder();
		const path = (name: string): string => join(folder, name);
		writeFileSync(path('table.txt'), '');
		writeFileSync(path('table.txt.lock'), '');
		linkSync(path('table.txt'), path('hard.txt'));
		linkSync(path('table.txt.lock'), path('hard.lock'));
		symlinkSync('summary.json', path('link.json'));
		symlinkSync('.', path('here'));
		const table = { analyses_managed_table: path('table.txt') };
		expect(reading({ ...table, log_file: path('hard.txt') })).toThrow('--log_file both name');
		expect(reading({ ...table, summary_file: path('hard.lock') })).toThrow('which is for the lock of');
		expect(reading({ log_file: path('here/summary.json'), summary_file: path('link.json') })).toThrow(
			'both name',
		);
		expect(reading({ ...table, summary_file: path('link.json') })).not.toThrow();
	});

	it('leave it to the one who opens a file whether it can have such a name', () => {
		expect(reading({ api_key_file: 'k'.repeat(5000) })).not.toThrow();
	});

	it('are read at once, however many slashes an address ends in, or does not', () => {
		const slashes = '/'.repeat(200_000);
		expect(readPassOptions({ ...raw, server_url: `https://x${slashes}` }).serverUrl).toBe('https://x');
		expect(readPassOptions({ ...raw, server_url: `https://x${slashes}y` }).serverUrl).toContain('/y');
	});

	it('sees through links to the same file', () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'table.txt'), '');
		symlinkSync(join(folder, 'table.txt'), join(folder, 'link.txt'));
		const files = {
			analyses_managed_table: join(folder, 'table.txt'),
			analyses_monitored_file: join(folder, 'link.txt'),
		};
		expect(reading(files)).toThrow('--analyses_managed_table and --analyses_monitored_file both name');
	});

	it.each([
		'http://ica.illumina.com',
		'http://127.0.0.1.example.org',
		'http://localhost.example.org',
		'ftp://localhost',
		'ica.illumina.com',
		'',
	])('refuse to send the key to %j', (server_url) => {
		expect(reading({ server_url })).toThrow('--server_url');
	});

	it.each([
		'https://user:secret@ica.illumina.com',
		'https://ica.illumina.com/?x=1',
		'https://ica.illumina.com/#x',
	])('refuse an address with more in it than scheme, host and path: %s', (server_url) => {
		expect(reading({ server_url })).toThrow('expected scheme, host and path');
	});

	it.each([
		'https://ica.illumina.com',
		'https://ica.illumina.com/',
		'https://ica.illumina.com/ica/rest',
		'http://localhost:8080',
		'http://127.0.0.1:8080',
		'http://[::1]:8080',
	])('accept %s', (server_url) => {
		expect(readPassOptions({ ...raw, server_url }).serverUrl).toBe(
			server_url.replace(/\/(?:ica\/rest)?$/, ''),
		);
	});
});
