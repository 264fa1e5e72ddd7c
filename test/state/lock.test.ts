import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { LockedError, SetupError } from '../../src/common/errors.ts';
import { acquireLock, isLocked } from '../../src/state/lock.ts';
import { tsx } from '../helpers/installation.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const module = new URL('../../src/state/lock.ts', import.meta.url).href;

function newTable(): string {
	return join(temporaryFolder(), 'table.txt');
}

const holder = `process ${process.pid} on this machine`;

describe('the lock', () => {
	it('is held until it is released, and tells who holds it', () => {
		const table = newTable();
		const release = acquireLock(table, Date.now(), holder);
		expect(() => acquireLock(table, Date.now(), holder)).toThrow(LockedError);
		expect(() => acquireLock(table, Date.now(), holder)).toThrow(
			new RegExp(`process ${process.pid} on .* since 2`),
		);
		release();
		acquireLock(table, Date.now(), holder)();
	});

	it('asks for a person only when it has been held for hours', () => {
		const table = newTable();
		const release = acquireLock(table, Date.now(), holder);
		expect(() => acquireLock(table, Date.now(), holder)).toThrow(expect.objectContaining({ isOld: false }));
		const longAgo = new Date(Date.now() - 3 * 3_600_000);
		utimesSync(`${table}.lock`, longAgo, longAgo);
		expect(() => acquireLock(table, Date.now(), holder)).toThrow(expect.objectContaining({ isOld: true }));
		release();
	});

	it('is one for each table', () => {
		const release = acquireLock(newTable(), Date.now(), holder);
		acquireLock(newTable(), Date.now(), holder)();
		release();
	});

	it('ends at once with a process that is killed', async () => {
		const table = newTable();
		const program = `import { acquireLock } from ${JSON.stringify(module)};
			acquireLock(${JSON.stringify(table)}, Date.now(), 'another'); console.log('held'); setInterval(() => {}, 1000);`;
		const other = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', program]);
		await once(other.stdout, 'data');
		expect(() => acquireLock(table, Date.now(), holder)).toThrow(LockedError);
		other.kill('SIGKILL');
		await once(other, 'exit');
		acquireLock(table, Date.now(), holder)();
	});

	it('is not disturbed by a lock file that was left behind', () => {
		const table = newTable();
		writeFileSync(`${table}.lock`, 'process 1 on elsewhere since 2020\nand more of it\n');
		const release = acquireLock(table, Date.now(), holder);
		expect(readFileSync(`${table}.lock`, 'utf8')).toMatch(
			new RegExp(`^process ${process.pid} on [^\\n]*\\n$`),
		);
		release();
	});

	it('is one for a table that is not there yet, however it is named', () => {
		const folder = temporaryFolder();
		symlinkSync('table.txt', join(folder, 'alias.txt'));
		const release = acquireLock(join(folder, 'alias.txt'), Date.now(), holder);
		expect(() => acquireLock(join(folder, 'table.txt'), Date.now(), holder)).toThrow(LockedError);
		release();
	});

	it('can be asked for without being taken', () => {
		const table = newTable();
		expect(isLocked(table)).toBe(false);
		const release = acquireLock(table, Date.now(), holder);
		expect(isLocked(table)).toBe(true);
		release();
		expect(isLocked(table)).toBe(false);
		acquireLock(table, Date.now(), holder)();
	});

	it('is not waited for when its file is a pipe', () => {
		const table = newTable();
		execFileSync('mkfifo', [`${table}.lock`]);
		expect(() => acquireLock(table, Date.now(), holder)).toThrow(
			/cannot be taken: it is a pipe, where a file is expected/,
		);
		expect(isLocked(table)).toBe(false);
	});

	it('cannot be taken where its file cannot be written, or without flock', () => {
		expect(() => acquireLock('/nowhere/table.txt', Date.now(), holder)).toThrow(SetupError);
		const table = newTable();
		mkdirSync(`${table}.lock`);
		expect(() => acquireLock(table, Date.now(), holder)).toThrow(/^The lock \S+ cannot be taken: EISDIR/);
		vi.stubEnv('PATH', '/nowhere');
		expect(() => acquireLock(newTable(), Date.now(), holder)).toThrow(
			/ENOENT.* The command flock \(package util-linux\) is needed/,
		);
		vi.unstubAllEnvs();
	});
});
