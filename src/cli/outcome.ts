import { setImmediate } from 'node:timers/promises';
import { LockedError, reasonOf, reportBug, SetupError, StoppedError } from '../common/errors.ts';
import { sentence } from '../common/text.ts';
import type { Log } from '../log/log.ts';
import type { PassResult } from '../pass/result.ts';
import { exitStatus, stoppedBy } from './exit-status.ts';

/** How a run of the program ended. */
export interface RunOutcome {
	readonly exitStatus: number;
	/** The last words: the summary, or why there is none. */
	readonly message: string;
	readonly needsAction: readonly string[];
	/** undefined when the pass did not come to its end. */
	readonly result?: PassResult;
	readonly requests?: number;
	/** Whether people were notified of it. */
	readonly isNotified?: true;
}

/** Where a run that ended is explained, and how. */
export interface Explaining {
	readonly log: Log;
	readonly stop: AbortSignal;
	/** What a failure's sentence begins with: "The pass was given up: ". */
	readonly failed: string;
	/** What becomes of the rest when it is stopped: "the next pass goes on from here". */
	readonly next?: string;
	/** What was done until then, a sentence; undefined when nothing was changed, so that the setup can be to blame. */
	readonly done?: string;
}

/**
 * Explains why a run did not come to its end, in the log and by its exit status. What was changed already is no matter
 * of the setup any more.
 */
export function explain(error: unknown, explaining: Explaining): RunOutcome {
	const { log, failed, done } = explaining;
	if (error instanceof StoppedError) {
		return explainStop(explaining);
	}
	if (done === undefined && error instanceof LockedError) {
		const { message, isOld } = error;
		log[isOld ? 'warn' : 'info'](message);
		return { exitStatus: exitStatus.locked, message, needsAction: isOld ? [message] : [] };
	}
	if (done === undefined && error instanceof SetupError) {
		const { message } = error;
		log.error(`${message} Nothing was changed. Exit status ${exitStatus.wrongSetup}.`);
		return { exitStatus: exitStatus.wrongSetup, message, needsAction: [message] };
	}
	const why = `${failed}${sentence(reasonOf(error))}`;
	const message = done === undefined ? why : `${why} ${done}`;
	log.error(`${message} Exit status ${exitStatus.needsAction}.`);
	reportBug(error, log);
	return { exitStatus: exitStatus.needsAction, message, needsAction: [why] };
}

function explainStop({ log, stop, next, done }: Explaining): RunOutcome {
	const status = stoppedBy(stop.reason);
	const reason = String(stop.reason);
	const rest = done ?? (next === undefined ? undefined : 'Nothing was changed.');
	if (status === undefined) {
		const advice = next === undefined ? undefined : `When that is mended, ${next}.`;
		const message = wordsOf(`Stopped: ${reason}.`, advice, rest);
		log.error(message);
		return { exitStatus: exitStatus.needsAction, message, needsAction: [message] };
	}
	const message = wordsOf(`Stopped (${reason})${next === undefined ? '' : `; ${next}`}.`, rest);
	log.warn(message);
	return { exitStatus: status, message, needsAction: [] };
}

function wordsOf(...sentences: readonly (string | undefined)[]): string {
	return sentences.filter((each) => each !== undefined).join(' ');
}

/** What a pass had done before it was cut short. */
export function doneBefore({ counts }: PassResult): string {
	return sentence(`Done before that: ${counts}`);
}

/**
 * The outcome of a pass that came to its end, also of one that was asked to stop when it had done all its work.
 * @param message the summary
 */
export async function outcomeOfPass(
	result: PassResult,
	message: string,
	explaining: Explaining,
): Promise<RunOutcome> {
	// a signal that came while a file was written is heard when Node has looked for new events
	for (let turn = 0; turn < 2; turn++) {
		await setImmediate();
	}
	if (explaining.stop.aborted) {
		return explainStop({ ...explaining, done: doneBefore(result) });
	}
	const { needsAction } = result;
	if (needsAction.length === 0) {
		return { exitStatus: exitStatus.done, message, needsAction };
	}
	const attention = `Action needed: ${needsAction.join('; ')}. Exit status ${exitStatus.needsAction}.`;
	explaining.log.error(attention, { event: 'attention' });
	return { exitStatus: exitStatus.needsAction, message, needsAction };
}
