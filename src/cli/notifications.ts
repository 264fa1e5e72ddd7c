import { outboxFileOf } from '../common/own-files.ts';
import type { IcaClient } from '../ica/client.ts';
import { notifyCore, notifyRecipients } from '../notify/notify.ts';
import type { Options } from '../options/pass-options.ts';
import type { PassResult } from '../pass/result.ts';
import { noOutbox, type Outbox, openOutbox } from '../state/outbox.ts';
import type { Channel } from '../state/outbox-entry.ts';
import type { RunOutcome } from './outcome.ts';
import type { ProcessContext, Session } from './session.ts';
import { runShellCommand } from './shell-command.ts';

const commandTimeMs = 30_000;
const graceMs = 5000;

type NotificationOptions = Pick<
	Options,
	'notifyCommand' | 'notifyEventCode' | 'recipients' | 'analysesManagedTable'
>;

/** Opens the outbox of a pass; to be called with the lock held. */
export function openPassOutbox(
	options: NotificationOptions,
	{ log, clock, secrets }: Pick<Session, 'log' | 'clock' | 'secrets'>,
): Outbox {
	const channels = channelsOf(options);
	return channels.length === 0
		? noOutbox
		: openOutbox(outboxFileOf(options.analysesManagedTable), {
				channels,
				now: () => clock.now(),
				blank: (text) => secrets.blank(text),
				report: (trouble) => log.warn(trouble),
			});
}

function channelsOf({ notifyCommand, notifyEventCode, recipients }: NotificationOptions): Channel[] {
	return [
		...(notifyCommand === undefined ? [] : (['command'] as const)),
		...(notifyEventCode === undefined ? [] : recipients.map(({ name }) => `event ${name}` as const)),
	];
}

/** Raises the events of a pass that came to its end. */
export async function raiseEvents(
	outbox: Outbox,
	{ notifyEventCode: code }: NotificationOptions,
	{ recipients }: PassResult,
	{ ica, log }: { readonly ica: IcaClient; readonly log: Session['log'] },
): Promise<void> {
	if (code !== undefined) {
		// what was done is known to the next pass, whatever becomes of this
		outbox.flush();
		await notifyRecipients(outbox, { ica, code, recipients, log });
		outbox.flush();
	}
}

/**
 * Notifies of a run that could not get so far as to hold the lock; nothing is left for the next.
 * @param isNews whether somebody was notified of something within the last day
 */
export async function notifyOfStart(
	{ needsAction }: RunOutcome,
	isNews: (words: string) => boolean,
	run: CommandRun,
): Promise<void> {
	const news = needsAction.filter((reason) => isNews(`notification of ${reason}`));
	const outbox = openOutbox(undefined, {
		channels: run.options.notifyCommand === undefined ? [] : ['command'],
		now: run.now,
		// what a run fails with at its start has neither key nor token in it
		blank: (text) => text,
		report: run.warn,
	});
	await notifyOfOutcome(outbox, { needsAction: news }, run);
}

/** What the command is run with. */
interface CommandRun {
	readonly options: NotificationOptions;
	readonly context: Pick<ProcessContext, 'commandEnvironment' | 'stop'>;
	readonly warn: (message: string) => void;
	/** What becomes of what the command has failed to tell, one sentence. */
	readonly next: string;
	/** This machine's time, in milliseconds since 1970. */
	readonly now: () => number;
}

/** Runs the command with all that there is to tell, and what needs action. One that is to stop leaves that to the next pass. */
export async function notifyOfOutcome(
	outbox: Outbox,
	{ needsAction }: Pick<RunOutcome, 'needsAction'>,
	{ options, context, warn, next }: CommandRun,
): Promise<void> {
	for (const reason of needsAction) {
		outbox.add({ event: 'attention', key: [reason], recipients: [], reason });
	}
	outbox.flush();
	const { notifyCommand: command } = options;
	const { commandEnvironment: environment, stop } = context;
	if (command === undefined || stop.signal.aborted) {
		return;
	}
	await notifyCore(outbox, {
		warn,
		next,
		run: (input) =>
			runShellCommand({
				command,
				input,
				environment,
				timeLimitMs: commandTimeMs,
				graceMs,
				stop: stop.signal,
			}),
	});
	outbox.flush();
}
