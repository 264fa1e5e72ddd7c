import type { Analysis, Data } from '../ica/schemas.ts';
import { digestOf } from '../state/digest.ts';
import type { Notification } from '../state/notifications.ts';
import { samplesOf } from './plan.ts';
import type { Recipient } from './recipients.ts';

/*
 * What people are notified of when analyses are delivered, or are not. What concerns a recipient holds nothing of another.
 */

/** A recipient has got its share of an analysis, with this manifest. */
export function deliveredTo(
	analysis: Analysis,
	{ name }: Recipient,
	{ files, csv }: { readonly files: readonly Data[]; readonly csv: Buffer },
): Notification {
	const share = { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
	return {
		event: 'delivered',
		key: [analysis.id, name, digestOf(csv)],
		analysis,
		recipients: [{ name, ...share }],
		...share,
	};
}

/**
 * An analysis could not be delivered.
 * @param reason one sentence
 * @param recipient to whom; without one, nobody knows yet whom it concerns
 */
export function notDelivered(analysis: Analysis, reason: string, recipient?: Recipient): Notification {
	return {
		event: 'not_delivered',
		key: [analysis.id, recipient?.name ?? '', reason],
		analysis,
		recipients: recipient === undefined ? [] : [{ name: recipient.name }],
		reason,
	};
}

/** Names of FASTQs of nobody nearly match a recipient's pattern. */
export function nearlyMatching(analysis: Analysis, { name }: Recipient, near: readonly Data[]): Notification {
	return {
		event: 'attention',
		key: [analysis.id, name, 'nearly matching'],
		analysis,
		recipients: [],
		files: near.length,
		reason: `The names of ${near.length} FASTQs nearly match ${name}'s pattern; samples: ${samplesOf(near)}.`,
	};
}
