import { type AnalysisDates, ended, endOf } from '../../analyses/times.ts';
import { plausibleTime } from '../../common/dates.ts';
import type { Proof } from '../../delivery/proof.ts';
import { dueAtAge, type RetentionThresholds } from './due.ts';

/** What the policy decides about the output of an analysis. */
export type RetentionAction =
	/** Nothing is due. */
	| 'keep'
	| 'archive'
	/** Unarchive it, so that a later pass can delete it. */
	| 'unarchive'
	| 'delete'
	/** Something is due and cannot be done now; a later pass looks again. */
	| 'wait'
	/** Something is due and must not be done before a person has acted, or a delivery was made. */
	| 'hold';

/** Whether something is to be done, and not only reported. */
export function isAct(action: RetentionAction): action is 'archive' | 'unarchive' | 'delete' {
	return action === 'archive' || action === 'unarchive' || action === 'delete';
}

export interface RetentionDecision {
	readonly action: RetentionAction;
	/** For a reader, without a full stop. */
	readonly why: string;
	/** Whether only a person can end this state. */
	readonly needsAction: boolean;
	/** Days of 24 hours since it came to rest; undefined when that is not known. */
	readonly ageDays: number | undefined;
	/** Before this nothing can change, so that no pass has to look: milliseconds since 1970. */
	readonly notBefore?: number;
}

/** What is known of an analysis without looking at its output. */
export interface AgedAnalysis extends AnalysisDates {
	/** ICA's status of the analysis. */
	readonly status: string;
	readonly isBclConvert: boolean;
	/** Whether it was in the managed table when the pass began. */
	readonly wasManaged: boolean;
}

/** What is in an analysis's output. */
export interface OutputState {
	/** How many of its own files have which of ICA's data statuses. */
	readonly fileStatuses: ReadonlyMap<string, number>;
	/** When its own files were made, as ICA reports it; undefined for one of which it does not. */
	readonly filesCreated: readonly (string | undefined)[];
	/** Why it must not be touched, whatever its age: data of others is in it, or others live below it, too. */
	readonly obstacle: string | undefined;
	readonly proof: Proof;
}

const dayMs = 24 * 60 * 60 * 1000;
/** So long after its delivery nothing is archived or deleted, so that a group has time to fetch or to object. */
const daysAfterDelivery = 14;
/**
 * The whole policy: decides what is to be done with the output of an analysis.
 * @param now milliseconds since 1970, UTC
 */
export function decideRetention(
	analysis: AgedAnalysis,
	output: OutputState,
	thresholds: RetentionThresholds,
	now: number,
): RetentionDecision {
	const rest = restSince(analysis, output, now);
	const ageDays = rest === undefined ? undefined : (now - rest) / dayMs;
	return { needsAction: false, ...decide(analysis, output, thresholds, { now, ageDays }), ageDays };
}

/**
 * Since when nothing was added: the end of the analysis, or the newest of its own files.
 * @returns milliseconds since 1970; undefined when one of these cannot be
 */
function restSince(analysis: AgedAnalysis, { filesCreated }: OutputState, now: number): number | undefined {
	let rest = endOf(analysis, now);
	for (const created of filesCreated) {
		const time = plausibleTime(created, now);
		rest = rest === undefined || time === undefined ? undefined : Math.max(rest, time);
	}
	return rest;
}

export type Verdict = Omit<RetentionDecision, 'needsAction' | 'ageDays'> & { readonly needsAction?: true };

function decide(
	analysis: AgedAnalysis,
	{ fileStatuses, obstacle, proof }: OutputState,
	thresholds: RetentionThresholds,
	{ now, ageDays }: { readonly now: number; readonly ageDays: number | undefined },
): Verdict {
	const files = [...fileStatuses].filter(([, many]) => many > 0);
	if (!ended.has(analysis.status)) {
		return { action: 'keep', why: 'under way' };
	}
	if (files.length === 0 && obstacle === undefined) {
		return { action: 'keep', why: 'nothing is in it', notBefore: now + dayMs };
	}
	if (ageDays === undefined) {
		return { action: 'hold', why: describeDates(analysis), needsAction: true };
	}
	const due = dueAtAge(ageDays, thresholds);
	if (due === 'nothing') {
		const untilDue = Math.min(thresholds.daysToArchive, thresholds.daysToDelete) - ageDays;
		return { action: 'keep', why: 'young', notBefore: now + untilDue * dayMs };
	}
	return protectedBy(analysis, obstacle, proof, now) ?? verdictOf(due, files, thresholds);
}

/** What keeps data that is due by its age, the gravest first. */
function protectedBy(
	analysis: AgedAnalysis,
	obstacle: string | undefined,
	proof: Proof,
	now: number,
): Verdict | undefined {
	if (isUndelivered(analysis)) {
		return {
			action: 'hold',
			why: `it was not delivered when the pass began; what is delivered stays for ${daysAfterDelivery} days`,
		};
	}
	if (obstacle !== undefined) {
		return { action: 'hold', why: obstacle, needsAction: true };
	}
	return withoutProof(proof, now);
}

/** Why an analysis's data is not aged yet, by what is there to be seen of its delivery; undefined: it may be. */
export function withoutProof(proof: Proof, now: number): Verdict | undefined {
	switch (proof.kind) {
		case 'nothing owed':
			return undefined;
		case 'missing':
			return { action: 'hold', why: withoutManifest(proof.whom), needsAction: true };
		case 'unknown':
			return { action: 'wait', why: `whether it was delivered cannot be looked up: ${proof.why}` };
		case 'delivered': {
			const notBefore = proof.at + daysAfterDelivery * dayMs;
			return notBefore <= now
				? undefined
				: {
						action: 'wait',
						why: `delivered ${shortDate(proof.at)}, so it is aged from ${shortDate(notBefore)} on`,
						notBefore,
					};
		}
	}
}

/** @param whom the recipients who have none, where there are several */
function withoutManifest(whom: string | undefined): string {
	const where = whom === undefined ? '' : ` for ${whom}`;
	return `it has FASTQs to be delivered, and there is no manifest of them${where}: delete its row in the managed table, and it is delivered anew`;
}

/** To the minute, in UTC. */
export function shortDate(time: number): string {
	return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

function describeDates({ timeCreated, startDate, endDate }: AnalysisDates): string {
	return (
		'its age is not known, since a date of it or of its files is missing or cannot be ' +
		`(created ${timeCreated}, started ${startDate}, ended ${endDate ?? 'unknown'})`
	);
}

/**
 * What to do about data that is due, by the statuses of its files, in ICA's words.
 * @param files with at least one file
 */
export function verdictOf(due: 'archive' | 'delete', files: Files, thresholds: RetentionThresholds): Verdict {
	return due === 'delete' ? towardsDeletion(files, thresholds) : towardsArchive(files, thresholds);
}

/** Whether an analysis has to be delivered before its data may be touched. */
export function isUndelivered({
	isBclConvert,
	status,
	wasManaged,
}: Pick<AgedAnalysis, 'isBclConvert' | 'status' | 'wasManaged'>): boolean {
	return isBclConvert && status === 'SUCCEEDED' && !wasManaged;
}

export type Files = readonly (readonly [status: string, many: number])[];

function towardsDeletion(files: Files, { daysToDelete }: RetentionThresholds): Verdict {
	const moving = inMotion(files);
	if (moving.length > 0) {
		return { action: 'wait', why: `due for deletion, and ${describeFiles(moving)}` };
	}
	return files.some(([status]) => status === 'ARCHIVED')
		? { action: 'unarchive', why: 'due for deletion, for which it must be unarchived' }
		: { action: 'delete', why: `${daysToDelete} days old or older` };
}

function towardsArchive(files: Files, { daysToArchive }: RetentionThresholds): Verdict {
	return files.some(([status]) => status === 'AVAILABLE') && inMotion(files).length === 0
		? { action: 'archive', why: `${daysToArchive} days old or older` }
		: { action: 'keep', why: describeFiles(files) };
}

/** Also those in a status that ICA may add. */
function inMotion(files: Files): Files {
	return files.filter(([status]) => status !== 'AVAILABLE' && status !== 'ARCHIVED');
}

function describeFiles(files: Files): string {
	return files
		.map(([status, count]) => `${count} of its files ${count === 1 ? 'is' : 'are'} ${status}`)
		.join(', ');
}
