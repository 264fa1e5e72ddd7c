import { setImmediate } from 'node:timers/promises';
import { isProgramError, LockedError, reasonOf, SetupError, StoppedError } from '../common/errors.ts';
import { sentence } from '../common/text.ts';
import type { Log } from '../log/log.ts';
import type { PassResult } from '../pass/result.ts';
import { exitStatus, stoppedBy } from './exit-status.ts';

/** How a run of the program ended. */
export interface RunOutcome {
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

/**
 * Says why a pass was cut short that had begun to change something: then it is no matter of its setup any more.
 */
export function explainCutShort(
	{ cutShortBy: error, counts, needsPerson }: PassResult,
	log: Log,
	stop: AbortSignal,
): RunOutcome {
	const done = sentence(`Done before that: ${counts}`);
	if (error instanceof StoppedError) {
		return explainStop(log, stop, done);
	}
	const message = `The pass was given up: ${sentence(reasonOf(error))}`;
	log.error(`${message} ${done} Exit status ${exitStatus.needsPerson}.`);
	reportProgramError(error, log);
	return {
		exitStatus: exitStatus.needsPerson,
		message: `${message} ${done}`,
		needsPerson: [...needsPerson, message],
	};
}

function reportProgramError(error: unknown, log: Log): void {
	if (isProgramError(error)) {
		log.error(`This is an error in the program itself, please report it: ${error.stack}`);
	}
}

/** Says why a pass did not begin to change anything. */
export function explain(error: unknown, log: Log, stop: AbortSignal): RunOutcome {
	if (error instanceof StoppedError) {
		return explainStop(log, stop, 'Nothing was changed.');
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
	reportProgramError(error, log);
	return { exitStatus: exitStatus.needsPerson, message, needsPerson: [message] };
}

/** The end of a pass that had done all its work when it was asked to stop; undefined when it was not asked. */
export async function lateStop(
	{ counts }: PassResult,
	log: Log,
	stop: AbortSignal,
): Promise<RunOutcome | undefined> {
	// a signal that came while a file was written is heard when Node has looked for new events
	for (let turn = 0; turn < 2; turn++) {
		await setImmediate();
	}
	return stop.aborted ? explainStop(log, stop, sentence(`Done before that: ${counts}`)) : undefined;
}

/** @param done what was done until then, a sentence */
function explainStop(log: Log, stop: AbortSignal, done: string): RunOutcome {
	const status = stoppedBy(stop.reason);
	if (status === undefined) {
		const message = `Stopped: ${String(stop.reason)}. The next pass goes on from here when that is mended. ${done}`;
		log.error(message);
		return { exitStatus: exitStatus.needsPerson, message, needsPerson: [message] };
	}
	const message = `Stopped (${String(stop.reason)}); the next pass goes on from here. ${done}`;
	log.warn(message);
	return { exitStatus: status, message, needsPerson: [] };
}
