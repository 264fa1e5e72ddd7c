#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { commandLine, type Invocation, requeueCommandLine } from './command-line.ts';
import { reasonOf, SetupError } from './errors.ts';
import { exitStatus } from './exit-status.ts';
import { type RawOptions, readOptions } from './options.ts';
import { type RawRequeueOptions, readRequeueOptions } from './requeue-options.ts';
import type { Surroundings } from './run.ts';
import { createConsole } from './terminal.ts';
import { shellWord } from './text.ts';

// left to itself, V8 lets garbage pile up to several times what is in use where a machine has much memory; a pass shares
// its machine with others, and takes half of that for a twentieth more time (`npm run bench`)
setFlagsFromString('--heap-growing-percent=20');

// the S3 client's advice about Node versions would be mailed by cron after every pass
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

// an open connection must not keep the process: all that matters is written when `main` is done
process.exit(await main());

async function main(): Promise<number> {
	let status: number = exitStatus.done;
	// a reader of the output who goes away must not end a pass
	process.stdout.on('error', () => undefined);
	process.stderr.on('error', () => undefined);
	const words = process.argv.slice(2);
	// the pass has no name: its options come first, so a command's name cannot be one of their values
	const isRequeue = words[0] === 'requeue';
	const program = isRequeue
		? requeueCommandLine(process.env, async (invocation) => {
				status = await startRequeue(invocation);
			})
		: commandLine(versionOfPackage(), process.env, async (invocation) => {
				status = await startPass(invocation);
			});
	try {
		await program.exitOverride().parseAsync(isRequeue ? words.slice(1) : words, { from: 'user' });
		return status;
	} catch (error) {
		if (error instanceof CommanderError) {
			// commander has said what is wrong; --help and --version end here, too
			return error.exitCode === 0 ? exitStatus.done : exitStatus.wrongSetup;
		}
		if (error instanceof SetupError) {
			process.stderr.write(`Error: ${error.message}\n`);
			return exitStatus.wrongSetup;
		}
		process.stderr.write(`Error: ${reasonOf(error)}\n`);
		return exitStatus.needsPerson;
	}
}

async function startPass({ raw, strayWords, assignments }: Invocation<RawOptions>): Promise<number> {
	const options = readOptions(raw, strayWords);
	// only now: the clients take longer to load than all the rest, and `--help` does without them
	const { run } = await import('./run.ts');
	return await run(options, surroundings(assignments));
}

async function startRequeue({
	raw,
	strayWords,
	assignments,
}: Invocation<RawRequeueOptions>): Promise<number> {
	const options = readRequeueOptions(raw, strayWords);
	const { runRequeue } = await import('./run-requeue.ts');
	return await runRequeue(options, surroundings(assignments));
}

function surroundings(assignments: readonly string[]): Surroundings {
	return {
		version: versionOfPackage(),
		command: [...assignments, 'umich-orchestrator', ...process.argv.slice(2).map(shellWord)].join(' '),
		console: createConsole(process.stdout, process.stderr, process.env),
		stop: stopOnSignals(),
		// empty is as good as unset
		storageEndpoint:
			process.env['AWS_ENDPOINT_URL_S3'] === '' ? undefined : process.env['AWS_ENDPOINT_URL_S3'],
	};
}

/** The first signal asks the pass to stop; a second one ends the process as it always does. */
function stopOnSignals(): AbortController {
	const stop = new AbortController();
	// every wait and every request listens
	setMaxListeners(0, stop.signal);
	for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => stop.abort(signal));
	}
	return stop;
}

function versionOfPackage(): string {
	const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
	const manifest: unknown = JSON.parse(text);
	const named = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
	return named ? String(manifest.version) : 'of unknown version';
}
