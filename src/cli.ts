#!/usr/bin/env node
import { exitStatus } from './cli/exit-status.ts';
import { reasonNotToRun } from './cli/node-version.ts';

/*
 * All that is loaded before it is known that this Node can run the rest: old ones must be able to read it, so that it is
 * built for them, and waits for nothing at its top.
 */
const why = reasonNotToRun(process.versions.node, process.execPath);
if (why === undefined) {
	const stop = stopOnSignals();
	// should this fail, Node says why, and ends with status 1
	void import('./cli/program.ts')
		.then(({ main }) => main(stop))
		// an open connection must not keep the process: all that matters is written when `main` is done
		.then((status) => process.exit(status));
} else {
	process.stderr.write(`Error: ${why}\n`);
	process.exitCode = exitStatus.wrongSetup;
}

/**
 * The first signal asks the program to stop; a second one ends it at once. The listeners stay as long as the program: a
 * package that finds only its own ends the process by the signal.
 */
function stopOnSignals(): AbortController {
	const stop = new AbortController();
	let isAsked = false;
	for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
		process.on(signal, () => {
			if (isAsked) {
				process.exit(exitStatus[signal]);
			}
			isAsked = true;
			stop.abort(signal);
		});
	}
	return stop;
}
