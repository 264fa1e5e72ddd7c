import { digestOfWords } from './digest.ts';

/*
 * What people are notified of, as values: the words of a mail are somebody else's.
 */

/** What happened. */
export const notificationEvents = [
	'delivered',
	'not_delivered',
	'deleted',
	'failed_analysis',
	'attention',
] as const;
export type NotificationEvent = (typeof notificationEvents)[number];

/** What goes on from pass to pass, and is told once a day. */
const daily: readonly NotificationEvent[] = ['not_delivered', 'attention'];

/** A recipient, and what of something is its own. */
export interface RecipientShare {
	readonly name: string;
	readonly files?: number | undefined;
	readonly bytes?: number | undefined;
}

/** Something that people are to be notified of. */
export interface Notification {
	readonly event: NotificationEvent;
	/** What tells it from all others of its event: the same words get the same id. */
	readonly key: readonly string[];
	readonly analysis?: { readonly id: string; readonly reference: string };
	/** Those whom it concerns; none: the core alone. What it holds is then fit for each of them, but for the shares of others. */
	readonly recipients: readonly RecipientShare[];
	/** Where data was. */
	readonly place?: 'ICA' | 'BaseSpace';
	/** Name and id of something that is no analysis's output. */
	readonly item?: string;
	readonly files?: number;
	readonly bytes?: number;
	/** One sentence or more. */
	readonly reason?: string;
}

/**
 * How a notification is known: `base` for as long as it means the same, `id` whenever it is sent.
 * @param now this machine's time, in milliseconds since 1970
 */
export function nameOfNotification(
	{ event, key }: Pick<Notification, 'event' | 'key'>,
	now: number,
): { readonly base: string; readonly id: string } {
	const base = `${event}-${digestOfWords(JSON.stringify(key))}`;
	const day = new Date(now).toISOString().slice(0, 10);
	return { base, id: isDaily(event) ? `${base}-${day}` : base };
}

/** Whether it is told again, once a day, for as long as it goes on. */
export function isDaily(event: NotificationEvent): boolean {
	return daily.includes(event);
}
