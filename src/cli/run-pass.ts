import { reasonOf, StoppedError } from '../common/errors.ts';
import { realPathOf } from '../common/local-files.ts';
import { stateFileOf } from '../common/own-files.ts';
import { count, formatDuration } from '../common/text.ts';
import type { Options } from '../options/pass-options.ts';
import { buildPass } from '../pass/build.ts';
import type { BaseSpaceToken } from '../secrets/basespace-token.ts';
import { checkManagedTable } from '../state/managed-table.ts';
import type { Outbox } from '../state/outbox.ts';
import { openStateFile, type PassState } from '../state/state-file.ts';
import { newBaseSpaceClient, newIcaClient, newRequester, newStorage, readToken } from './clients.ts';
import { exitStatus } from './exit-status.ts';
import { keep } from './kept.ts';
import { type PassMode, passMode } from './mode.ts';
import { notifyOfOutcome, notifyOfStart, raiseEvents } from './notifications.ts';
import { doneBefore, type Explaining, explain, outcomeOfPass, type RunOutcome } from './outcome.ts';
import { startProgress } from './progress.ts';
import { openSession, type ProcessContext, type Session } from './session.ts';
import { checkSummaryFile } from './summary-file.ts';
import { systemClock } from './system-clock.ts';

/** What is there before the key is read and the log opened. */
interface PassRun {
	readonly options: Options;
	readonly context: ProcessContext;
	readonly mode: PassMode;
	/** What passes leave for the next. */
	readonly state: PassState;
	/** Whether a warning or an error was not reported lately. */
	readonly isNews: (message: string) => boolean;
}

/**
 * Makes one pass, reports how it ended, and writes the summary file.
 * @returns the exit status
 */
export async function runPassCommand(options: Options, context: ProcessContext): Promise<number> {
	const mode = passMode(options);
	const { console, version, stop } = context;
	const clock = systemClock(stop.signal);
	const begun = clock.now();
	const state = openStateFile(stateFileOf(realPathOf(options.analysesManagedTable)), begun);
	// whoever looks on, or looks what there would be to do, wants to see everything
	const isNews =
		!mode.isKept || console.isTerminal === true ? () => true : (message: string) => state.isNews(message);
	const run = { options, context, mode, state, isNews };
	// where trouble is reported when there is no log
	let report = (trouble: string): void =>
		(isNews(trouble) ? console.err : console.out)(`Error: ${trouble}\n`);
	let outcome: RunOutcome;
	try {
		const session = openSession(options, context, { title: mode.title, isNews });
		report = (trouble) => session.log.error(trouble);
		outcome = await passInSession(run, session);
	} catch (error) {
		// no key, or no log
		const message = reasonOf(error);
		report(message);
		outcome = { exitStatus: exitStatus.wrongSetup, message, needsAction: [message] };
	}
	if (mode.isKept && outcome.isNotified !== true) {
		await notifyOfStart(outcome, (words) => state.isNews(words), {
			options,
			context,
			warn: report,
			next: 'That is not tried again today.',
			now: () => clock.now(),
		});
	}
	return mode.isKept
		? keep(run, outcome, { version, begun, ended: clock.now() }, report)
		: outcome.exitStatus;
}

async function passInSession(run: PassRun, session: Session): Promise<RunOutcome> {
	const { options, mode } = run;
	const { log, clock, stop } = session;
	const explaining = {
		log,
		stop,
		failed: 'The pass was given up: ',
		next: 'the next pass goes on from here',
	};
	try {
		if (options.summaryFile !== undefined) {
			checkSummaryFile(options.summaryFile);
		}
		checkManagedTable(options.analysesManagedTable);
		const token = readToken(options, session);
		const release = mode.lock(options.analysesManagedTable, clock.now());
		stop.addEventListener('abort', () =>
			log.info(
				'Stopping; a change that is under way is finished first. A second signal ends the program at once.',
			),
		);
		try {
			return await passWithLock(run, session, { token, explaining });
		} finally {
			release();
		}
	} catch (error) {
		return explain(error, explaining);
	}
}

interface PassParts {
	/** Of BaseSpace; undefined when nothing is to be done there. */
	readonly token: BaseSpaceToken | undefined;
	readonly explaining: Explaining;
}

/** Whatever becomes of the pass, people are notified of it before the next one can begin. */
async function passWithLock(run: PassRun, session: Session, parts: PassParts): Promise<RunOutcome> {
	const { options, context, mode } = run;
	const { log, clock } = session;
	const outbox = mode.openOutbox(options, session);
	const outcome = await pass(run, session, { ...parts, outbox }).catch((error: unknown) =>
		explain(error, parts.explaining),
	);
	await notifyOfOutcome(outbox, outcome, {
		options,
		context,
		warn: (message) => log.warn(message),
		next: 'The next pass tells it again.',
		now: () => clock.now(),
	});
	return { ...outcome, isNotified: true };
}

async function pass(
	{ options, context, mode, state }: PassRun,
	session: Session,
	{ token, outbox, explaining }: PassParts & { readonly outbox: Outbox },
): Promise<RunOutcome> {
	const { log, clock, secrets } = session;
	const { command, console, storageEndpoint } = context;
	const requester = newRequester(session);
	const begun = clock.ticks();
	const progress = startProgress(console, clock, requester.requestsSent);
	try {
		const ica = newIcaClient(options, session, requester);
		const run = buildPass(options, {
			ica,
			storage: newStorage(storageEndpoint, session, requester),
			basespace: token && newBaseSpaceClient(options, token, session, requester),
			clock,
			log,
			state,
			outbox,
			blank: (text) => secrets.blank(text),
			folder: '.',
			command,
			makeEffects: mode.makeEffects,
			onDelivered: progress.delivered,
		});
		const result = await run();
		progress.end();
		if (result.cutShortBy === undefined) {
			await raiseEvents(outbox, options, result, { ica, log });
		}
		const requests = requester.requestsSent();
		if (result.cutShortBy !== undefined) {
			const outcome = explain(result.cutShortBy, { ...explaining, done: doneBefore(result) });
			const isStopped = result.cutShortBy instanceof StoppedError;
			const needsAction = isStopped ? [] : result.needsAction;
			return { ...outcome, needsAction: [...needsAction, ...outcome.needsAction], result, requests };
		}
		const message = `${result.summary}; ${count(requests, 'request')} in ${formatDuration(clock.ticks() - begun)}.`;
		log.info(message, { event: 'summary' });
		return { ...(await outcomeOfPass(result, message, explaining)), result, requests };
	} finally {
		progress.end();
	}
}
