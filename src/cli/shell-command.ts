import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneLine } from '../common/text.ts';

/** A command for the shell. */
export interface ShellCommand {
	readonly command: string;
	/** What it can read from its stdin. */
	readonly input: string;
	/** All of its environment. */
	readonly environment: Readonly<Record<string, string>>;
	readonly timeLimitMs: number;
	/** How long its processes have to end when they are asked to. */
	readonly graceMs: number;
	/** Ends it before its time. */
	readonly stop: AbortSignal;
}

const maxOutput = 1000;
const lookEveryMs = 50;
/** Output that is still in the pipe when the command has ended is read within this time; a process left behind holds it open. */
const outputWithinMs = 200;

/**
 * Runs a command by `/bin/sh -c` in a process group of its own, and waits for its end; what it leaves behind is not waited for.
 * One that takes too long is asked to end, with all processes of its group, and then killed.
 * @returns how it failed, in words that follow its name; undefined: it ended with status 0
 */
export async function runShellCommand(shell: ShellCommand): Promise<string | undefined> {
	const { command, input, environment, timeLimitMs, stop } = shell;
	const child = spawn('/bin/sh', ['-c', command], {
		detached: true,
		env: environment,
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const output = collectOutput(child);
	const ended = endOf(child);
	// one that does not read it all is none the worse
	child.stdin?.on('error', () => undefined).end(input);
	const isInTime = await withinTime(ended, timeLimitMs, stop);
	if (!isInTime) {
		await endGroup(child, shell);
	}
	const how = await ended;
	await output.drained;
	child.stdout?.destroy();
	child.stderr?.destroy();
	if (!isInTime) {
		const why = stop.aborted ? 'this program was stopped' : `it took longer than ${timeLimitMs / 1000} s`;
		return `was ended, since ${why}`;
	}
	const said = oneLine(output.text(), maxOutput);
	return how === undefined ? undefined : `failed: ${how}${said === '' ? '' : `: ${said}`}`;
}

/** How the process ended; undefined: well. */
function endOf(child: ChildProcess): Promise<string | undefined> {
	return new Promise((resolve) => {
		child.once('error', (error) => resolve(error.message));
		child.once('exit', (status, signal) => resolve(status === 0 ? undefined : describeEnd(status, signal)));
	});
}

function describeEnd(status: number | null, signal: NodeJS.Signals | null): string {
	return signal === null ? `exit status ${status}` : `killed by ${signal}`;
}

/** The last of what it writes, stdout and stderr together. */
function collectOutput(child: ChildProcess): {
	readonly text: () => string;
	readonly drained: Promise<unknown>;
} {
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (some: string) => {
			text = `${text}${some}`.slice(-maxOutput);
		});
	}
	const closed = new Promise((resolve) => {
		child.once('close', resolve);
		child.once('error', resolve);
	});
	const drained = endOf(child).then(() =>
		Promise.race([closed, sleep(outputWithinMs, undefined, { ref: false })]),
	);
	return { text: () => text, drained };
}

/** @returns false when it is still at work then, or the program is to stop */
async function withinTime(ended: Promise<unknown>, timeLimitMs: number, stop: AbortSignal): Promise<boolean> {
	const timer = new AbortController();
	const signal = AbortSignal.any([timer.signal, stop]);
	const time = sleep(timeLimitMs, false, { signal }).catch(() => false);
	const isInTime = await Promise.race([ended.then(() => true), time]);
	timer.abort();
	return isInTime;
}

/** Ends all processes of a command's group. */
async function endGroup({ pid }: ChildProcess, { graceMs }: ShellCommand): Promise<void> {
	if (pid === undefined) {
		return;
	}
	for (let waited = 0; signalGroup(pid, waited === 0 ? 'SIGTERM' : 0); waited += lookEveryMs) {
		if (waited >= graceMs) {
			signalGroup(pid, 'SIGKILL');
			return;
		}
		await sleep(lookEveryMs);
	}
}

/** @returns whether the group has a process */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(-leader, signal);
	} catch {
		return false;
	}
}
