/** What the policy says about the output of an analysis. */
export type RetentionAction =
	/** Nothing is due. */
	| 'keep'
	| 'archive'
	/** Bring it back from the archive, so that a later pass can delete it. */
	| 'unarchive'
	| 'delete'
	/** Something is due and cannot be done now; a later pass looks again. */
	| 'wait'
	/** Something is due and must not be done before a person, or a delivery, has been there. */
	| 'hold';

export interface RetentionDecision {
	readonly action: RetentionAction;
	/** For a reader, without a full stop. */
	readonly why: string;
	/** Whether only a person can end this state. */
	readonly needsPerson: boolean;
	/** Days of 24 hours since the analysis started; undefined when that is not known. */
	readonly ageDays: number | undefined;
}

/** Thresholds, in days of 24 hours; both at least 1. */
export interface RetentionThresholds {
	readonly daysToArchive: number;
	readonly daysToDelete: number;
}

/** What is known of an analysis without looking at its output. */
export interface AgedAnalysis {
	/** ICA's status of the analysis. */
	readonly status: string;
	/** When it started, ISO 8601; its creation where it has no start. */
	readonly startDate: string;
	readonly isBclConvert: boolean;
	/** Whether it was in the managed table when the pass began. */
	readonly wasManaged: boolean;
}

/** What is in an analysis's output. */
export interface OutputState {
	/** How many of its own files have which of ICA's data statuses. */
	readonly fileStatuses: ReadonlyMap<string, number>;
	/** Why it must not be touched, whatever its age: data of others is in it, or others live below it, too. */
	readonly obstacle: string | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;
/** ICA's statuses of an analysis that will not move any more. */
export const ended: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'FAILED_FINAL', 'ABORTED']);
const zone = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** Days of 24 hours from an ISO 8601 time until `now`; a time without a zone is UTC. Undefined when it cannot be read. */
export function ageInDays(time: string, now: number): number | undefined {
	const start = Date.parse(zone.test(time) ? time : `${time}Z`);
	return Number.isNaN(start) ? undefined : (now - start) / dayMs;
}

/** What age alone asks for. */
export type Due = 'nothing' | 'archive' | 'delete';

/** @param age days of 24 hours; undefined when it is not known: then nothing is due */
export function dueAtAge(age: number | undefined, { daysToArchive, daysToDelete }: RetentionThresholds): Due {
	if (age === undefined) {
		return 'nothing';
	}
	if (age >= daysToDelete) {
		return 'delete';
	}
	return age >= daysToArchive ? 'archive' : 'nothing';
}

/**
 * Decides by age alone what is due for an analysis: nothing, archiving or deletion.
 * @param now milliseconds since 1970, UTC
 */
export function dueByAge(
	{ status, startDate }: Pick<AgedAnalysis, 'status' | 'startDate'>,
	thresholds: RetentionThresholds,
	now: number,
): Due {
	return ended.has(status) ? dueAtAge(ageInDays(startDate, now), thresholds) : 'nothing';
}

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
	return {
		needsPerson: false,
		...decide(analysis, output, thresholds, now),
		ageDays: ageInDays(analysis.startDate, now),
	};
}

export type Verdict = Omit<RetentionDecision, 'needsPerson' | 'ageDays'> & { readonly needsPerson?: true };

function decide(
	analysis: AgedAnalysis,
	{ fileStatuses, obstacle }: OutputState,
	thresholds: RetentionThresholds,
	now: number,
): Verdict {
	const due = dueByAge(analysis, thresholds, now);
	const files = [...fileStatuses].filter(([, many]) => many > 0);
	if (due === 'nothing') {
		return { action: 'keep', why: ended.has(analysis.status) ? 'young' : 'under way' };
	}
	if (files.length === 0) {
		return { action: 'keep', why: 'nothing is in it' };
	}
	if (isUndelivered(analysis)) {
		return { action: 'hold', why: 'it was not delivered when the pass began' };
	}
	if (obstacle !== undefined) {
		return { action: 'hold', why: obstacle, needsPerson: true };
	}
	return verdictOf(due, files, thresholds);
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
		? { action: 'unarchive', why: 'due for deletion, for which it must be back from the archive' }
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
