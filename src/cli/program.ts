import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { reasonOf, SetupError } from '../common/errors.ts';
import { shellWord } from '../common/text.ts';
import { type RawPassOptions, readPassOptions } from '../options/pass-options.ts';
import { type RawRequeueOptions, readRequeueOptions } from '../options/requeue-options.ts';
import { commandLine, type Invocation, requeueCommandLine } from './command-line.ts';
import { commandToAddTo } from './environment.ts';
import { exitStatus } from './exit-status.ts';
import { readHostEnvironment } from './host-environment.ts';
import type { ProcessContext } from './session.ts';
import { createConsole } from './terminal.ts';

// left to itself, V8 lets garbage pile up to several times what is in use where a machine has much memory; a pass shares
// its machine with others, and takes half of that for a twentieth more time (`npm run bench`)
setFlagsFromString('--heap-growing-percent=20');

/**
 * Does what the command line asks for.
 * @param stop aborted by the signal that asks the program to stop
 * @returns the exit status
 */
export async function main(stop: AbortController): Promise<number> {
	let status: number = exitStatus.done;
	// every wait and every request listens
	setMaxListeners(0, stop.signal);
	const context = processContext(stop);
	// a reader of the output who goes away must not end a pass
	process.stdout.on('error', () => undefined);
	process.stderr.on('error', () => undefined);
	const words = process.argv.slice(2);
	// the pass has no name: its options come first, so a command's name cannot be one of their values
	const isRequeue = words[0] === 'requeue';
	const program = isRequeue
		? requeueCommandLine(process.env, async (invocation) => {
				status = await startRequeue(invocation, context);
			})
		: commandLine(context.version, process.env, async (invocation) => {
				status = await startPass(invocation, context);
			});
	try {
		await program.exitOverride().parseAsync(isRequeue ? words.slice(1) : words, { from: 'user' });
		return status;
	} catch (error) {
		if (error instanceof CommanderError) {
			// commander has reported what is wrong; --help and --version end here, too
			return error.exitCode === 0 ? exitStatus.done : exitStatus.wrongSetup;
		}
		if (error instanceof SetupError) {
			process.stderr.write(`Error: ${error.message}\n`);
			return exitStatus.wrongSetup;
		}
		process.stderr.write(`Error: ${reasonOf(error)}\n`);
		return exitStatus.needsAction;
	}
}

async function startPass(
	{ raw, strayWords, assignments }: Invocation<RawPassOptions>,
	context: Omit<ProcessContext, 'command'>,
): Promise<number> {
	checkWorkingDirectory();
	const options = readPassOptions(raw, strayWords);
	// only now: the clients take longer to load than all the rest, and `--help` does without them. And nothing after
	// this: the files may be gone before the pass is over, when an upgrade replaces them
	const { runPassCommand } = await import('./run-pass.ts');
	const words = commandToAddTo(process.argv.slice(2)).map(shellWord);
	const command = [...assignments, 'umich-orchestrator', ...words].join(' ');
	return await runPassCommand(options, { ...context, command });
}

async function startRequeue(
	{ raw, strayWords }: Invocation<RawRequeueOptions>,
	context: Omit<ProcessContext, 'command'>,
): Promise<number> {
	checkWorkingDirectory();
	const options = readRequeueOptions(raw, strayWords);
	const { runRequeueCommand } = await import('./run-requeue.ts');
	return await runRequeueCommand(options, context);
}

/** @throws {SetupError} where it was deleted: files are named relative to it */
function checkWorkingDirectory(): void {
	try {
		process.cwd();
	} catch {
		throw new SetupError(
			'The working directory does not exist any more: start the program in one that does.',
		);
	}
}

function processContext(stop: AbortController): Omit<ProcessContext, 'command'> {
	return {
		version: versionOfPackage(),
		console: createConsole(process.stdout, process.stderr, process.env),
		stop,
		...readHostEnvironment(process.env),
	};
}

function versionOfPackage(): string {
	const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
	const manifest: unknown = JSON.parse(text);
	const named = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
	return named ? String(manifest.version) : 'of unknown version';
}
