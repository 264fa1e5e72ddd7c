import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runShellCommand, type ShellCommand } from '../../src/cli/shell-command.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const environment = { PATH: process.env['PATH'] ?? '' };

async function run(command: string, more: Partial<ShellCommand> = {}) {
	const begun = performance.now();
	const failure = await runShellCommand({
		command,
		input: '',
		environment,
		timeLimitMs: 10_000,
		graceMs: 400,
		stop: new AbortController().signal,
		...more,
	});
	return { failure, elapsed: performance.now() - begun };
}

describe('a shell command', () => {
	it('reads its input, and has failed when its status is not 0, with the last that it wrote', async () => {
		const copy = join(temporaryFolder(), 'copy');
		expect(await run(`cat > ${copy}`, { input: 'ü\n' })).toMatchObject({ failure: undefined });
		expect(readFileSync(copy, 'utf8')).toBe('ü\n');
		expect((await run('echo one; echo two >&2; exit 4')).failure).toMatch(/^failed: exit status 4: one two$/);
		expect((await run('kill -9 $$')).failure).toBe('failed: killed by SIGKILL');
		expect((await run('no-such-command')).failure).toContain('exit status 127');
	});

	it('need not read its input, however long that is', async () => {
		expect((await run('true', { input: 'x'.repeat(5_000_000) })).failure).toBeUndefined();
	});

	it('is not waited for by what it leaves behind', async () => {
		const { failure, elapsed } = await run('sleep 5 & echo left');
		expect(failure).toBeUndefined();
		expect(elapsed).toBeLessThan(3000);
	});

	it('is asked to end when it takes too long, and then killed with all its processes', async () => {
		const folder = temporaryFolder();
		const heard = join(folder, 'heard');
		const survived = join(folder, 'survived');
		const polite = `trap 'echo x > ${heard}; exit 0' TERM; sleep 5 & wait`;
		const asked = await run(polite, { timeLimitMs: 300 });
		expect(asked.failure).toBe('was ended, since it took longer than 0.3 s');
		expect(asked.elapsed).toBeLessThan(2500);
		expect(existsSync(heard)).toBe(true);
		const deaf = `trap '' TERM; (sleep 2; echo x > ${survived}) & sleep 5; sleep 5`;
		const killed = await run(deaf, { timeLimitMs: 200 });
		expect(killed.failure).toContain('was ended');
		expect(killed.elapsed).toBeLessThan(2500);
		await new Promise((resolve) => setTimeout(resolve, 2200));
		expect(existsSync(survived)).toBe(false);
	});

	it('is ended when the program is to stop', async () => {
		const stop = new AbortController();
		setTimeout(() => stop.abort('SIGTERM'), 100);
		const { failure, elapsed } = await run('sleep 5', { stop: stop.signal });
		expect(failure).toBe('was ended, since this program was stopped');
		expect(elapsed).toBeLessThan(2500);
	});
});
