import type { NotificationEvent } from '../state/notifications.ts';
import type { OutboxEntry } from '../state/outbox-file.ts';

/*
 * What leaves the program as a notification. The keys are documented, and keep their meaning.
 */

/** One event, for one recipient: what is its own. Every key is always there; `null`: not of this event, or not known. */
interface OwnEvent {
	readonly event: NotificationEvent;
	/** The same whenever it is sent. */
	readonly id: string;
	/** When it happened, ISO 8601, UTC. */
	readonly time: string;
	readonly analysis_id: string | null;
	/** The analysis's reference. */
	readonly run_id: string | null;
	readonly place: 'ICA' | 'BaseSpace' | null;
	readonly item: string | null;
	readonly files: number | null;
	readonly bytes: number | null;
	readonly reason: string | null;
}

/** One event, for the core. */
interface WholeEvent extends OwnEvent {
	/** Names; empty: it concerns the core alone. */
	readonly recipients: readonly string[];
}

export interface NotificationDocument<Event> {
	readonly version: 1;
	readonly events: readonly Event[];
}

/** For the core: everything. */
export function documentForCore(entries: readonly OutboxEntry[]): NotificationDocument<WholeEvent> {
	return {
		version: 1,
		events: entries.map((entry) => ({
			...common(entry),
			recipients: entry.recipients.map(({ name }) => name),
			...rest(entry, entry),
		})),
	};
}

/** For one recipient: its own files and bytes of each event, and nobody's name. */
export function documentFor(
	recipient: string,
	entries: readonly OutboxEntry[],
): NotificationDocument<OwnEvent> {
	return {
		version: 1,
		events: entries.map((entry) => {
			const own = entry.recipients.find(({ name }) => name === recipient);
			return { ...common(entry), ...rest(entry, own) };
		}),
	};
}

type Identity = 'event' | 'id' | 'time' | 'analysis_id' | 'run_id';

function common({ event, id, time, analysis_id, run_id }: OutboxEntry): Pick<OwnEvent, Identity> {
	return { event, id, time, analysis_id, run_id };
}

function rest(
	{ place, item, reason, isOpen }: OutboxEntry,
	share:
		| { readonly files?: number | null | undefined; readonly bytes?: number | null | undefined }
		| undefined,
): Omit<OwnEvent, Identity> {
	return {
		place,
		item,
		files: share?.files ?? null,
		bytes: share?.bytes ?? null,
		reason: isOpen ? `${reason === null ? '' : `${reason} `}${leftOpen}` : reason,
	};
}

const leftOpen = 'The pass that asked for this was cut off, so that it is not known whether it was done.';
