import type { Analysis } from '../ica/schemas.ts';

/** ICA's own rule for the user reference of a new analysis, and its longest. */
export const userReferencePattern = /^[a-zA-Z0-9 _-]*(?:\/[a-zA-Z0-9 _-]+)*$/;
const longest = 255;

const notAllowed = /[^a-zA-Z0-9 _/-]/g;
const repeatedSlashes = /\/{2,}/g;
const closingSlash = /\/$/;
const requeueEnding = /-requeue(?:-(\d{1,6}))?$/;
/** An instrument's run: date, instrument, number, flow cell, the last of a MiSeq with nine digits before it. */
const sequencingRun = /(?:^|\/)(\d{6,8}_[A-Za-z0-9-]+_\d+_(?:\d{9}-)?[A-Za-z0-9]+)/;

/** The user reference of a requeue, which says that it is one: `x-requeue`, and then `x-requeue-2`. */
export function requeueReference(userReference: string): string {
	const before = requeueEnding.exec(userReference);
	const ending = before === null ? '-requeue' : `-requeue-${Number(before[1] ?? '1') + 1}`;
	return withEnding(withoutRequeue(userReference), ending);
}

/** The user reference of new work that takes an analysis for its template. */
export function templateReference(userReference: string): string {
	return withEnding(userReference, '-from_template');
}

/** The run that an analysis worked on, as its references tell. */
export function sequencingRunOf({
	userReference,
	reference,
}: Pick<Analysis, 'userReference' | 'reference'>): string | undefined {
	return sequencingRun.exec(userReference ?? '')?.[1] ?? sequencingRun.exec(reference)?.[1];
}

/**
 * What tells an analysis's work: its sequencing run, and its user reference, requeued or not. Two analyses with one of
 * these in common worked on the same.
 */
export function workOf(analysis: Pick<Analysis, 'userReference' | 'reference'>): string[] {
	const run = sequencingRunOf(analysis);
	const name = withoutRequeue(analysis.userReference ?? '');
	return [...(run === undefined ? [] : [`run ${run}`]), ...(name === '' ? [] : [`user reference ${name}`])];
}

function withoutRequeue(userReference: string): string {
	return userReference.replace(requeueEnding, '');
}

function withEnding(text: string, ending: string): string {
	const allowed = text.replace(notAllowed, '_').replace(repeatedSlashes, '/');
	return allowed.slice(0, longest - ending.length).replace(closingSlash, '') + ending;
}
