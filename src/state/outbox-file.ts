import { z } from 'zod';
import { replaceFile } from '../common/atomic-write.ts';
import { readTime } from '../common/dates.ts';
import { reasonOf } from '../common/errors.ts';
import { readRegularFile } from '../common/local-files.ts';
import { notificationEvents } from './notifications.ts';

const shareSchema = z.object({
	name: z.string(),
	files: z.number().optional(),
	bytes: z.number().optional(),
});

const entrySchema = z.object({
	id: z.string(),
	base: z.string(),
	event: z.enum(notificationEvents),
	/** When it happened, ISO 8601. */
	time: z.string(),
	analysis_id: z.string().nullable(),
	run_id: z.string().nullable(),
	recipients: z.array(shareSchema),
	place: z.enum(['ICA', 'BaseSpace']).nullable(),
	item: z.string().nullable(),
	files: z.number().nullable(),
	bytes: z.number().nullable(),
	reason: z.string().nullable(),
	/** By which channels it is still to be told. */
	channels: z.array(z.string()),
	/** Whether it was only about to happen: a pass that was killed then leaves open whether it did. */
	isOpen: z.boolean(),
});

/** A notification that is still to be told by some channel. */
export type OutboxEntry = z.infer<typeof entrySchema>;

const outboxSchema = z.object({
	version: z.literal(1),
	pending: z.array(entrySchema),
	/** What was told by all channels, by the base of its id: when, ISO 8601. */
	told: z.record(z.string(), z.string()),
});

/** What the file of the outbox holds. */
export type SavedOutbox = z.infer<typeof outboxSchema>;

export const emptyOutbox: SavedOutbox = { version: 1, pending: [], told: {} };

const maxFileBytes = 64 * 1024 * 1024;

/** Reads the outbox; one that cannot be read is begun anew. */
export function readOutbox(file: string): SavedOutbox {
	try {
		return outboxSchema.parse(JSON.parse(readRegularFile(file, maxFileBytes).toString('utf8')));
	} catch {
		return emptyOutbox;
	}
}

/**
 * Writes the outbox, whole or not at all.
 * @param text of JSON, in one line: it is written often
 * @returns why that was not possible; undefined: it was
 */
export function writeOutbox(file: string, text: string): string | undefined {
	try {
		replaceFile(file, `${text}\n`);
		return undefined;
	} catch (error) {
		return `${file} could not be written: ${reasonOf(error)}. If this pass is killed, nobody is notified of what it did.`;
	}
}

/** Whether a time was so long ago, or less; one to come was noted by a clock that was wrong. */
export function isWithin(time: string | undefined, now: number, milliseconds: number): boolean {
	const at = readTime(time);
	return at !== undefined && at <= now && now - at < milliseconds;
}
