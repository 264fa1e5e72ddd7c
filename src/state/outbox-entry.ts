import { type Notification, nameOfNotification } from './notifications.ts';
import type { OutboxEntry } from './outbox-file.ts';

const maxReasonLength = 2000;

/** How people can be notified: by the command, and by an event in a recipient's project. */
export type Channel = 'command' | `event ${string}`;

/** What an outbox works with. */
export interface OutboxSettings {
	/** By what people are notified: what concerns recipients, by their events, and everything by the command. */
	readonly channels: readonly Channel[];
	/** This machine's time, in milliseconds since 1970. */
	readonly now: () => number;
	/** Takes secrets out of a text. */
	readonly blank: (text: string) => string;
	/** Where it is reported that the file cannot be written, or that something was not told for too long. */
	readonly report: (trouble: string) => void;
}

/** What is to be told of a notification, and by which channels. */
export function entryOf(notification: Notification, { channels, now, blank }: OutboxSettings): OutboxEntry {
	const { event, analysis, recipients, place, item, files, bytes, reason } = notification;
	const concerned: readonly Channel[] = [
		'command',
		...recipients.map(({ name }) => `event ${name}` as const),
	];
	return {
		...nameOfNotification(notification, now()),
		event,
		time: new Date(now()).toISOString(),
		analysis_id: analysis?.id ?? null,
		run_id: analysis?.reference ?? null,
		recipients: recipients.map((share) => ({ ...share })),
		place: place ?? null,
		item: item ?? null,
		files: files ?? null,
		bytes: bytes ?? null,
		reason: reason === undefined ? null : blank(reason).slice(0, maxReasonLength),
		channels: channels.filter((channel) => concerned.includes(channel)),
		isOpen: false,
	};
}
