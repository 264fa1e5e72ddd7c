import { readTime } from '../common/dates.ts';
import { OutageError, StoppedError } from '../common/errors.ts';
import { count } from '../common/text.ts';
import { isDaily, type Notification } from './notifications.ts';
import { type Channel, entryOf, type OutboxSettings } from './outbox-entry.ts';
import {
	emptyOutbox,
	isWithin,
	type OutboxEntry,
	readOutbox,
	type SavedOutbox,
	writeOutbox,
} from './outbox-file.ts';

/*
 * What people are still to be notified of, and what they were: beside the managed table, replaced whole, and written
 * before what it reports can be found out no more. A pass that is killed leaves it to the next.
 */

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;
/** A day, but for the seconds by which passes begin sooner or later. */
const toldAgainAfterMs = dayMs - 5 * minuteMs;
/** So long it is known what was told. */
const toldForMs = 30 * dayMs;
/** What could not be told for so long is of no use to anybody any more. */
const pendingForMs = 7 * dayMs;
/** So many go into one message; the rest is told by the next passes. */
const entriesAtOnce = 500;

export interface Outbox {
	/** Takes what people are to be notified of; what they were notified of, or will be, is left out. */
	add(notification: Notification): void;
	/**
	 * Does something that people are to be notified of. That it is about to be done is written down first, so that a pass that
	 * is killed meanwhile leaves it to the next.
	 * @param isNews of what came of it, and of whether an earlier pass was killed while it did the same
	 * @throws what the work throws
	 */
	during<Result>(
		notification: Notification,
		work: () => Promise<Result>,
		isNews: (result: Result, wasLeftOpen: boolean) => boolean,
	): Promise<Result>;
	/** What is to be told by a channel, the oldest first; not what this pass has left open. */
	pending(channel: Channel): readonly OutboxEntry[];
	/** Takes note of what needs no telling by a channel any more. */
	markTold(channel: Channel, entries: readonly OutboxEntry[]): void;
	/** Writes it down, whole or not at all. */
	flush(): void;
}

/** For a run of which nobody is to be notified. */
export const noOutbox: Outbox = {
	add: () => undefined,
	during: (_, work) => work(),
	pending: () => [],
	markTold: () => undefined,
	flush: () => undefined,
};

/**
 * Opens the outbox; to be called with the lock held, so that nobody else writes it.
 * @param file undefined: nothing is left for the next pass
 */
export function openOutbox(file: string | undefined, settings: OutboxSettings): Outbox {
	return new FileOutbox(file, settings);
}

class FileOutbox implements Outbox {
	readonly #file: string | undefined;
	readonly #settings: OutboxSettings;
	/** By the bases of their ids. */
	readonly #entries: Map<string, OutboxEntry>;
	readonly #told: Map<string, string>;
	/** Bases of what this pass is about to do. */
	readonly #underWay = new Set<string>();
	#written: string;
	#isTroubleReported = false;

	constructor(file: string | undefined, settings: OutboxSettings) {
		this.#file = file;
		this.#settings = settings;
		const saved = file === undefined ? emptyOutbox : readOutbox(file);
		const now = settings.now();
		this.#written = JSON.stringify(saved);
		this.#entries = new Map(stillPending(saved, settings).map((entry) => [entry.base, entry]));
		this.#told = new Map(Object.entries(saved.told).filter(([, time]) => isWithin(time, now, toldForMs)));
	}

	add(notification: Notification): void {
		this.#take(entryOf(notification, this.#settings));
	}

	async during<Result>(
		notification: Notification,
		work: () => Promise<Result>,
		isNews: (result: Result, wasLeftOpen: boolean) => boolean,
	): Promise<Result> {
		const entry = entryOf(notification, this.#settings);
		const before = this.#entries.get(entry.base);
		this.#take({ ...entry, isOpen: true });
		this.#underWay.add(entry.base);
		this.flush();
		try {
			const result = await work();
			this.#settle(entry, before, isNews(result, before?.isOpen === true));
			return result;
		} catch (error) {
			// what was cut off leaves it open
			if (!(error instanceof StoppedError || error instanceof OutageError)) {
				this.#settle(entry, before, false);
			}
			throw error;
		}
	}

	pending(channel: Channel): readonly OutboxEntry[] {
		return [...this.#entries.values()]
			.filter((entry) => entry.channels.includes(channel) && !this.#underWay.has(entry.base))
			.slice(0, entriesAtOnce);
	}

	markTold(channel: Channel, entries: readonly OutboxEntry[]): void {
		for (const { base } of entries) {
			const entry = this.#entries.get(base);
			const left = entry?.channels.filter((each) => each !== channel) ?? [];
			if (entry !== undefined && left.length > 0) {
				this.#entries.set(base, { ...entry, channels: left });
			} else if (entry !== undefined) {
				this.#entries.delete(base);
				this.#noteTold(entry);
			}
		}
	}

	flush(): void {
		const saved: SavedOutbox = {
			version: 1,
			pending: [...this.#entries.values()],
			told: Object.fromEntries(this.#told),
		};
		const text = JSON.stringify(saved);
		if (this.#file === undefined || text === this.#written) {
			return;
		}
		const trouble = writeOutbox(this.#file, text);
		if (trouble === undefined) {
			this.#written = text;
		} else if (!this.#isTroubleReported) {
			this.#isTroubleReported = true;
			this.#settings.report(trouble);
		}
	}

	#take(entry: OutboxEntry): void {
		const known = this.#entries.get(entry.base);
		if (known !== undefined) {
			this.#entries.set(entry.base, { ...known, isOpen: entry.isOpen });
		} else if (entry.channels.length > 0 && !this.#wasTold(entry)) {
			this.#entries.set(entry.base, entry);
		}
	}

	#settle(entry: OutboxEntry, before: OutboxEntry | undefined, hasHappened: boolean): void {
		this.#underWay.delete(entry.base);
		if (hasHappened) {
			this.#take(entry);
		} else if (before === undefined) {
			this.#entries.delete(entry.base);
		} else {
			this.#entries.set(entry.base, before);
		}
	}

	#wasTold({ base, event }: OutboxEntry): boolean {
		const time = this.#told.get(base);
		return time !== undefined && (!isDaily(event) || isWithin(time, this.#settings.now(), toldAgainAfterMs));
	}

	/** What was left open is told again when it is known to have happened. */
	#noteTold({ base, isOpen }: OutboxEntry): void {
		if (!isOpen) {
			this.#told.set(base, new Date(this.#settings.now()).toISOString());
		}
	}
}

/** What is still worth telling, by the channels that there are. */
function stillPending({ pending }: SavedOutbox, { channels, now, report }: OutboxSettings): OutboxEntry[] {
	const young = pending.filter(({ time }) => now() - (readTime(time) ?? 0) < pendingForMs);
	const old = pending.length - young.length;
	if (old > 0) {
		report(
			`${count(old, 'notification')} could not be sent within 7 days, and ${old === 1 ? 'is' : 'are'} dropped.`,
		);
	}
	return young
		.map((entry) => ({
			...entry,
			channels: entry.channels.filter((each) => channels.some((one) => one === each)),
		}))
		.filter((entry) => entry.channels.length > 0);
}
