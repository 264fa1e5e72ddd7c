import { OutageError, reasonOf, ServiceError, StoppedError } from '../common/errors.ts';
import { sentence } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import { raiseCustomEvent } from '../ica/custom-events.ts';
import type { Project } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import type { Outbox } from '../state/outbox.ts';
import { documentFor, documentForCore } from './documents.ts';

interface NamedRecipient {
	readonly name: string;
	readonly project: Project | undefined;
}

interface EventContext {
	readonly ica: IcaClient;
	/** Of the events. */
	readonly code: string;
	readonly recipients: readonly NamedRecipient[];
	readonly log: Log;
}

/**
 * Raises one event in the project of each recipient that has something to be told. What ICA refuses is not tried again;
 * what could not be sent is sent by the next pass.
 */
export async function notifyRecipients(outbox: Outbox, context: EventContext): Promise<void> {
	await Promise.all(context.recipients.map((recipient) => notifyRecipient(outbox, recipient, context)));
}

async function notifyRecipient(
	outbox: Outbox,
	{ name, project }: NamedRecipient,
	{ ica, code, log }: EventContext,
): Promise<void> {
	const channel = `event ${name}` as const;
	const entries = outbox.pending(channel);
	if (project === undefined || entries.length === 0) {
		return;
	}
	try {
		await raiseCustomEvent(ica, project, { code, content: documentFor(name, entries) });
		outbox.markTold(channel, entries);
	} catch (error) {
		if (isNotAllowed(error)) {
			log.warn(`Recipient ${name} is not notified: ${sentence(error.message)} That is not tried again.`);
			outbox.markTold(channel, entries);
		} else if (error instanceof ServiceError || error instanceof OutageError) {
			log.warn(
				`Recipient ${name} is not notified yet: ${sentence(error.message)} The next pass tries again.`,
			);
		} else if (!(error instanceof StoppedError)) {
			throw error;
		}
	}
}

function isNotAllowed(error: unknown): error is ServiceError {
	return error instanceof ServiceError && error.isRefusal;
}

interface CommandContext {
	/** Gives the command a text to read; what it comes to: how the command failed, or undefined. */
	readonly run: (input: string) => Promise<string | undefined>;
	readonly warn: (message: string) => void;
	/** What becomes of what the command has failed to tell, one sentence. */
	readonly next: string;
}

/** Runs the command that notifies the core, if there is something to tell. */
export async function notifyCore(outbox: Outbox, { run, warn, next }: CommandContext): Promise<void> {
	const entries = outbox.pending('command');
	if (entries.length === 0) {
		return;
	}
	const failure = await run(`${JSON.stringify(documentForCore(entries))}\n`).catch(reasonOf);
	if (failure === undefined) {
		outbox.markTold('command', entries);
	} else {
		warn(`--notify_command ${sentence(failure)} ${next}`);
	}
}
