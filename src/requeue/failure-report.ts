import { plausibleTime } from '../common/dates.ts';
import { count, firstFew, oneLine, sentence } from '../common/text.ts';
import type { Step } from '../ica/launch-schemas.ts';
import { type Analysis, nameOf } from '../ica/schemas.ts';
import { runNameOf } from './same-work.ts';

const maxSummaryLength = 500;

/** How many failed, and the first of them. */
export function describeAll(failed: readonly Analysis[]): string {
	const names = failed.map((analysis) => analysis.reference);
	return `${count(failed.length, 'BCLConvert analysis', 'BCLConvert analyses')} failed: ${firstFew(names, 3)}`;
}

/**
 * One failed analysis: when, which run, why, and where.
 * @param step that failed; undefined where ICA does not report it
 * @param now milliseconds since 1970, UTC: a date that cannot be is left out
 */
export function describeFailure(analysis: Analysis, step: Step | undefined, now: number): string {
	const { reference, status, userReference, endDate, startDate, summary } = analysis;
	const why = summary
		? sentence(`ICA's summary: ${oneLine(summary, maxSummaryLength)}`)
		: 'ICA gives no summary.';
	const exit = typeof step?.exitCode === 'number' ? ` (exit code ${step.exitCode})` : '';
	const where = step === undefined ? '' : ` Its step ${step.name} failed${exit}.`;
	const end = plausibleTime(endDate, now) === undefined ? undefined : ` at ${endDate}`;
	const start = plausibleTime(startDate, now) === undefined ? '' : ` started at ${startDate} and`;
	// the reference begins with both, as a rule
	const others = [
		['run', runNameOf(analysis)],
		['user reference', userReference],
	]
		.filter(([, text]) => text && !reference.startsWith(text))
		.map(([what, text]) => `; ${what} ${text}`)
		.join('');
	return `Analysis ${nameOf(analysis)}${end === undefined ? start : ''} ended ${status}${end ?? ''}${others}. ${why}${where}`;
}
