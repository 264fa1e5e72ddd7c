import { z } from 'zod';
import { replaceFile } from '../common/atomic-write.ts';
import { readTime } from '../common/dates.ts';
import { reasonOf } from '../common/errors.ts';
import { readRegularFile } from '../common/local-files.ts';
import { digestOf, digestOfWords } from './digest.ts';

/*
 * What one pass leaves for the next beside the managed table: what people were notified of, so that it is not mailed again by
 * every pass, and what need not be looked at before a time. Nothing depends on it: without it, things are reported again and
 * looked at again.
 */

const stateSchema = z.object({
	version: z.literal(1),
	/** What was reported, by a digest of its words: when, ISO 8601. */
	said: z.record(z.string(), z.string()),
	/** By the id of an analysis that need not be looked at: until when, ISO 8601, and what was seen of it. */
	postponed: z.record(
		z.string(),
		z.object({
			until: z.string(),
			as: z.enum(['keep', 'wait', 'hold']),
			bytes: z.number(),
			thresholds: z.string(),
		}),
	),
	/** Ids of young analyses that put out nothing but into the folders that bear their names. */
	keepToThemselves: z.array(z.string()),
	/** By the id of an analysis that could not be recorded, and the name of a recipient: the digest of the manifest it got. */
	shares: z.record(z.string(), z.record(z.string(), z.string())).default({}),
});
type State = z.infer<typeof stateSchema>;

const maxBytes = 64 * 1024 * 1024;
const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;
/** A day, but for the seconds by which passes begin sooner or later. */
const saidAgainAfterMs = dayMs - 5 * minuteMs;
/** A state file that is wrong must not keep anything for ever. */
const maxPostponementMs = 14 * dayMs;

/** An analysis that need not be looked at for some time. */
export interface Postponed {
	/** Milliseconds since 1970, UTC. */
	readonly until: number;
	/** What was decided about it. */
	readonly as: 'keep' | 'wait' | 'hold';
	readonly bytes: number;
	/** By which thresholds: with others it can be due sooner. */
	readonly thresholds: string;
}

export interface PassState {
	/**
	 * Whether something was not reported within the last day. Notes that it is now.
	 * @param words without secrets
	 */
	isNews(words: string): boolean;
	/** What is known of an analysis that need not be looked at yet; undefined for one that has to be. */
	postponed(analysisId: string, now: number): Postponed | undefined;
	postpone(analysisId: string, postponed: Postponed): void;
	/** Ids of young analyses that put out nothing but into the folders that bear their names, as far as a pass has seen. */
	readonly keepToThemselves: ReadonlySet<string>;
	/** Replaces these. */
	rememberAlone(analysisIds: readonly string[]): void;
	/** Whether a recipient got just this of an analysis in an earlier pass. */
	hasShare(analysisId: string, recipient: string, csv: Buffer): boolean;
	keepShare(analysisId: string, recipient: string, csv: Buffer): void;
	/** Drops what is kept of an analysis that is recorded now. */
	dropShares(analysisId: string): void;
	/**
	 * Writes it down, whole or not at all.
	 * @param isWhole whether the pass came to its end: then what it did not report any more is dropped
	 * @returns why that was not possible; undefined: it was
	 */
	save(isWhole: boolean): string | undefined;
}

/**
 * Opens the state file; one that cannot be read is begun anew.
 * @param now this machine's time, in milliseconds since 1970
 */
export function openStateFile(file: string, now: number): PassState {
	const before = readState(file);
	const said = new Map<string, string>();
	const postponements = new Map<string, Postponed>();
	let { keepToThemselves } = before;
	const shares = new Map(Object.entries(before.shares));
	return {
		isNews(words) {
			const key = digestOfWords(words);
			const last = said.get(key) ?? before.said[key];
			const isOld = isLongAgo(last, now);
			said.set(key, last === undefined || isOld ? new Date(now).toISOString() : last);
			return isOld;
		},
		postponed(analysisId, icaNow) {
			const known = before.postponed[analysisId];
			const until = readTime(known?.until);
			return known !== undefined &&
				until !== undefined &&
				until > icaNow &&
				until <= icaNow + maxPostponementMs
				? { ...known, until }
				: undefined;
		},
		postpone(analysisId, postponed) {
			postponements.set(analysisId, postponed);
		},
		keepToThemselves: new Set(keepToThemselves),
		rememberAlone(analysisIds) {
			keepToThemselves = [...analysisIds];
		},
		hasShare: (analysisId, recipient, csv) => shares.get(analysisId)?.[recipient] === digestOf(csv),
		keepShare(analysisId, recipient, csv) {
			shares.set(analysisId, { ...shares.get(analysisId), [recipient]: digestOf(csv) });
		},
		dropShares(analysisId) {
			shares.delete(analysisId);
		},
		save(isWhole) {
			const state: State = {
				version: 1,
				said: { ...(isWhole ? {} : recent(before.said, now)), ...Object.fromEntries(said) },
				postponed: { ...stillPostponed(before.postponed, now), ...asState(postponements, now) },
				keepToThemselves,
				shares: Object.fromEntries(shares),
			};
			return write(file, state, before);
		},
	};
}

function isLongAgo(time: string | undefined, now: number): boolean {
	const last = readTime(time);
	// a time to come was noted by a clock that was wrong
	return last === undefined || last > now || now - last >= saidAgainAfterMs;
}

function recent(said: State['said'], now: number): State['said'] {
	return Object.fromEntries(Object.entries(said).filter(([, time]) => !isLongAgo(time, now)));
}

function stillPostponed(postponed: State['postponed'], now: number): State['postponed'] {
	return Object.fromEntries(
		Object.entries(postponed).filter(([, { until }]) => (readTime(until) ?? 0) > now),
	);
}

function asState(postponements: ReadonlyMap<string, Postponed>, now: number): State['postponed'] {
	const latest = now + maxPostponementMs;
	return Object.fromEntries(
		[...postponements].map(([id, { until, ...seen }]) => [
			id,
			{ until: new Date(Math.min(until, latest)).toISOString(), ...seen },
		]),
	);
}

function readState(file: string): State {
	const empty: State = { version: 1, said: {}, postponed: {}, keepToThemselves: [], shares: {} };
	try {
		const text = readRegularFile(file, maxBytes).toString('utf8');
		return stateSchema.parse(JSON.parse(text));
	} catch {
		return empty;
	}
}

function write(file: string, state: State, before: State): string | undefined {
	if (JSON.stringify(state) === JSON.stringify(before)) {
		return undefined;
	}
	try {
		replaceFile(file, `${JSON.stringify(state, null, '\t')}\n`);
		return undefined;
	} catch (error) {
		return `${file} could not be written: ${reasonOf(error)}. What was reported today is reported again.`;
	}
}
