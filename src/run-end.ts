import { setImmediate } from 'node:timers/promises';
import { isProgramError, LockedError, reasonOf, SetupError, StoppedError } from './errors.ts';
import { exitStatus, stoppedBy } from './exit-status.ts';
import type { Log } from './log.ts';
import type { PassResult } from './summary.ts';
import { sentence } from './text.ts';

/** How a run of the program ended. */
export interface RunEnd {
	readonly exitStatus: number;
	/** The last words: the summary, or why there is none. */
	readonly message: string;
	readonly needsPerson: readonly string[];
	/** undefined when the pass did not come to its end. */
	readonly result?: PassResult;
	readonly requests?: number;
}

/** The exit status of a pass that came to its end, and the last words when a person is needed. */
export function statusOf(needsPerson: readonly string[], log: Log): number {
	if (needsPerson.length === 0) {
		return exitStatus.done;
	}
	log.error(`This needs a person: ${needsPerson.join('; ')}. Exit status ${exitStatus.needsPerson}.`);
	return exitStatus.needsPerson;
}

/** Says why a pass did not come to its end. */
export function explain(error: unknown, log: Log, stop: AbortSignal): RunEnd {
	if (error instanceof StoppedError) {
		return explainStop(log, stop);
	}
	if (error instanceof LockedError) {
		const { message, isOld } = error;
		log[isOld ? 'warn' : 'info'](message);
		return { exitStatus: exitStatus.locked, message, needsPerson: isOld ? [message] : [] };
	}
	if (error instanceof SetupError) {
		const { message } = error;
		log.error(`${message} Nothing was changed. Exit status ${exitStatus.wrongSetup}.`);
		return { exitStatus: exitStatus.wrongSetup, message, needsPerson: [message] };
	}
	const message = `The pass was given up: ${sentence(reasonOf(error))}`;
	log.error(`${message} Exit status ${exitStatus.needsPerson}.`);
	if (isProgramError(error)) {
		log.error(`This is an error in the program itself, please report it: ${error.stack}`);
	}
	return { exitStatus: exitStatus.needsPerson, message, needsPerson: [message] };
}

/** The end of a pass that had done all its work when it was asked to stop; undefined when it was not asked. */
export async function lateStop(log: Log, stop: AbortSignal): Promise<RunEnd | undefined> {
	// a signal that came while a file was written is heard when Node has looked for new events
	for (let turn = 0; turn < 2; turn++) {
		await setImmediate();
	}
	return stop.aborted ? explainStop(log, stop) : undefined;
}

function explainStop(log: Log, stop: AbortSignal): RunEnd {
	const status = stoppedBy(stop.reason);
	if (status === undefined) {
		const message = `Stopped: ${String(stop.reason)}. The next pass goes on from here when that is mended.`;
		log.error(message);
		return { exitStatus: exitStatus.needsPerson, message, needsPerson: [message] };
	}
	const message = `Stopped (${String(stop.reason)}); the next pass goes on from here.`;
	log.warn(message);
	return { exitStatus: status, message, needsPerson: [] };
}
