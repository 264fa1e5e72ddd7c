import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LogFormat, LogLevel } from '../../src/log/levels.ts';
import type { Log } from '../../src/log/log.ts';
import { openLog } from '../../src/log/open-log.ts';
import { newSecrets } from '../../src/secrets/secrets.ts';
import { tsx } from '../helpers/installation.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const source = (module: string): string =>
	JSON.stringify(new URL(`../../src/${module}`, import.meta.url).href);

function open(
	file: string,
	level: LogLevel = 'info',
	format: LogFormat = 'text',
	isNews: (message: string) => boolean = () => true,
) {
	const out: string[] = [];
	const err: string[] = [];
	const failures: string[] = [];
	const secrets = newSecrets();
	const log: Log = openLog({
		file,
		level,
		format,
		secrets,
		pid: process.pid,
		isNews,
		console: { out: (line) => out.push(line), err: (line) => err.push(line) },
		onFailure: (reason) => failures.push(reason),
	});
	return { log, out, err, failures, secrets };
}

function newFile(): string {
	return join(temporaryFolder(), 'orchestrator.log');
}

describe('the log', () => {
	it('puts information on stdout, warnings and errors on stderr, and all of it in the file with its time', () => {
		const file = newFile();
		const { log, out, err } = open(file);
		log.debug('d');
		log.info('i');
		log.warn('w');
		log.error('e');
		expect(out).toEqual(['i\n']);
		expect(err).toEqual(['Warning: w\n', 'Error: e\n']);
		const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
		expect(readFileSync(file, 'utf8')).toMatch(
			new RegExp(`^${time} INFO  \\[\\d+\\] i\n${time} WARN  \\[\\d+\\] w\n${time} ERROR \\[\\d+\\] e\n$`),
		);
	});

	it('puts a warning that was told before where information goes, and into the file as what it is', () => {
		const file = newFile();
		const { log, out, err } = open(file, 'info', 'text', (message) => message !== 'old');
		log.warn('old');
		log.error('new');
		expect([out, err]).toEqual([['Warning: old\n'], ['Error: new\n']]);
		expect(readFileSync(file, 'utf8')).toContain(' WARN  ');
	});

	it.each([
		['error', 1],
		['warn', 2],
		['info', 3],
		['debug', 4],
	] as const)('has at level %s so many of four lines: %d', (level, lines) => {
		const { log, out, err } = open(newFile(), level);
		for (const each of ['error', 'warn', 'info', 'debug'] as const) {
			log[each](each);
		}
		expect(out.length + err.length).toBe(lines);
	});

	it('does not wait for a reader of a pipe', () => {
		const file = newFile();
		spawnSync('mkfifo', [file]);
		expect(() => open(file)).toThrow('The log cannot be written: it is a pipe, where a file is expected.');
	});

	it('appends to what is there', () => {
		const file = newFile();
		writeFileSync(file, 'earlier\n');
		open(file).log.info('later');
		expect(readFileSync(file, 'utf8')).toMatch(/^earlier\n.* later\n$/);
	});

	it('keeps a message on one line, without secrets, whatever is in it', () => {
		const file = newFile();
		const { log, secrets, out } = open(file);
		secrets.add('s3cr3t-key');
		log.info('a\nb\u001b[2Js3cr3t-key');
		expect(out).toEqual(['a b [2J[secret]\n']);
		expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
	});

	it('has lost nothing when the process ends abruptly', () => {
		const file = newFile();
		const program = `import { openLog } from ${source('log/open-log.ts')}; import { newSecrets } from ${source('secrets/secrets.ts')};
			const log = openLog({ file: ${JSON.stringify(file)}, level: 'info', format: 'text', secrets: newSecrets(),
				console: { out() {}, err() {} }, onFailure() {} });
			for (let n = 1; n <= 5000; n++) log.info('line ' + n);
			process.kill(process.pid, 'SIGKILL');`;
		spawnSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', program]);
		const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
		expect(lines).toHaveLength(5000);
		expect(lines.at(-1)).toMatch(/ line 5000$/);
	});

	it('is rotated by renaming when it has grown past 10 MB, and keeps five old files', () => {
		const file = newFile();
		for (let round = 1; round <= 7; round++) {
			open(file).log.info(`round ${round}`);
			writeFileSync(file, `${readFileSync(file, 'utf8')}${'x'.repeat(10_000_000)}\n`);
		}
		expect(readFileSync(`${file}.1`, 'utf8')).toContain('round 6');
		expect(readFileSync(`${file}.5`, 'utf8')).toContain('round 2');
		expect(existsSync(`${file}.6`)).toBe(false);
		open(file).log.info('small again');
		expect(statSync(file).size).toBeLessThan(100);
	});

	it('says once that it cannot be written any more, and does not throw', () => {
		const { log, failures, out } = open('/dev/full');
		log.info('one');
		log.info('two');
		expect(failures).toEqual([
			expect.stringMatching(/^The log \/dev\/full can no longer be written: ENOSPC/),
		]);
		expect(out).toEqual(['one\n', 'two\n']);
	});
});
