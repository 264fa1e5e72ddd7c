import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { LockedError, SetupError } from '../src/errors.ts';
import { acquireLock } from '../src/lock.ts';
import { temporaryFolder } from './temporary-folder.ts';

const builtModule = new URL('../dist/lock.js', import.meta.url).href;

function newTable(): string {
	return join(temporaryFolder(), 'table.txt');
}

describe('the lock', () => {
	it('is held until it is released, and tells who holds it', () => {
		const table = newTable();
		const release = acquireLock(table);
		expect(() => acquireLock(table)).toThrow(LockedError);
		expect(() => acquireLock(table)).toThrow(new RegExp(`process ${process.pid} on .* since 2`));
		release();
		acquireLock(table)();
	});

	it('is one for each table', () => {
		const release = acquireLock(newTable());
		acquireLock(newTable())();
		release();
	});

	it('ends at once with a process that is killed', async () => {
		const table = newTable();
		const program = `import { acquireLock } from ${JSON.stringify(builtModule)};
			acquireLock(${JSON.stringify(table)}); console.log('held'); setInterval(() => {}, 1000);`;
		const holder = spawn(process.execPath, ['--input-type=module', '-e', program]);
		await once(holder.stdout, 'data');
		expect(() => acquireLock(table)).toThrow(LockedError);
		holder.kill('SIGKILL');
		await once(holder, 'exit');
		acquireLock(table)();
	});

	it('is not disturbed by a lock file that was left behind', () => {
		const table = newTable();
		writeFileSync(`${table}.lock`, 'process 1 on elsewhere since 2020\nand more of it\n');
		const release = acquireLock(table);
		expect(readFileSync(`${table}.lock`, 'utf8')).toMatch(
			new RegExp(`^process ${process.pid} on [^\\n]*\\n$`),
		);
		release();
	});

	it('cannot be taken where its file cannot be written, or without flock', () => {
		expect(() => acquireLock('/nowhere/table.txt')).toThrow(SetupError);
		const table = newTable();
		mkdirSync(`${table}.lock`);
		expect(() => acquireLock(table)).toThrow(/^The lock beside the managed table cannot be taken: EISDIR/);
		vi.stubEnv('PATH', '/nowhere');
		expect(() => acquireLock(newTable())).toThrow(
			/ENOENT.* The command flock \(package util-linux\) is needed/,
		);
		vi.unstubAllEnvs();
	});
});
