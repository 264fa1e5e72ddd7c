import { beginOf, lastTimeOf } from '../analyses/times.ts';
import { plausibleTime } from '../common/dates.ts';
import { uuid } from '../common/ids.ts';
import type { Analysis } from '../ica/schemas.ts';
import { isFromTemplate, requeuedNames, requeueKind, withoutRequeue } from './user-reference.ts';

/** An instrument's run: date, instrument, number, flow cell, the last of a MiSeq with nine digits before it. */
const instrumentRun = /(?:^|\/)(\d{6,8}_[A-Za-z0-9-]+_\d+_(?:\d{9}-)?[A-Za-z0-9]+)/;
/** What BaseSpace's autolaunch makes of a run's name: two hexadecimal parts behind it, other ones each time. */
const autolaunched = /^(.+)_([0-9a-f]{6}_[0-9a-f]{6})(?:-.*)?$/s;
const closingId = new RegExp(`-${uuid}$`, 'i');
const folders = /^.*\//s;
const hexLetter = /[a-f]/;
const notComparable = /[^a-z0-9]/g;

/** What an analysis shows of itself. */
export type Named = Pick<Analysis, 'userReference' | 'reference' | 'pipelineCode'>;

/** The run that an analysis worked on, as its references show. */
interface Run {
	/** The run's name in the sample sheet, which need not be the instrument's. */
	readonly sheetName: string | undefined;
	readonly instrumentRun: string | undefined;
}

/** The name of the run that an analysis worked on, as its references show. */
export function runNameOf(analysis: Named): string | undefined {
	const run = runOf(analysis);
	return run.sheetName ?? run.instrumentRun;
}

function runOf({ userReference, reference, pipelineCode }: Named): Run {
	const texts = [withoutRequeue(userReference ?? ''), reference.replace(closingId, '')];
	// it can be work on other data, by which nobody changed the name
	if (texts.some(isFromTemplate)) {
		return { sheetName: undefined, instrumentRun: undefined };
	}
	const names = texts.map((text) => sheetNameIn(text, pipelineCode));
	const runs = texts.map((text) => instrumentRun.exec(text)?.[1]);
	return { sheetName: names[0] ?? names[1], instrumentRun: runs[0] ?? runs[1] };
}

/** A reference is `<sample sheet's run name>_<hex>_<hex>-<pipeline code>`, the code being left out at times. */
function sheetNameIn(text: string, pipelineCode: string): string | undefined {
	const [, name, hex = ''] = autolaunched.exec(withoutCode(text.replace(folders, ''), pipelineCode)) ?? [];
	// digits alone are rather somebody's date or number
	return hexLetter.test(hex) ? name : undefined;
}

/** ICA replaces some of a code's characters where it makes a name of it. */
function withoutCode(text: string, code: string): string {
	const ending = `-${code}`;
	const tail = text.slice(-ending.length);
	return tail.startsWith('-') && comparable(tail) === comparable(ending)
		? text.slice(0, -ending.length)
		: text;
}

function comparable(text: string): string {
	return text.toLowerCase().replace(notComparable, '_');
}

/**
 * Which failures are settled: by a success of the same user reference, requeued or not, that ended later; or by one of the
 * same run that began after the failure had ended, since one that ran beside it did other work. Where both have the run's
 * name in the sample sheet, that decides, and else the instrument's run. What cannot be a date settles nothing.
 * @param since what ended and began until then is of no interest: the earliest end of the failures in question, so that
 *   years of successes need not be read by name
 * @param now milliseconds since 1970, UTC
 */
export function settledBy(
	succeeded: readonly Analysis[],
	since: number,
	now: number,
): (failure: Analysis) => boolean {
	const ended = new Latest();
	const began = new Latest();
	for (const success of succeeded) {
		const begin = beginOf(success, now);
		const end = plausibleTime(success.endDate, now) ?? begin;
		if (end !== undefined && end > since) {
			ended.add(userReferenceKeys(success), end);
		}
		if (begin !== undefined && begin > since) {
			began.add(runKeys(success), begin);
		}
	}
	return (failure) =>
		ended.isAfter(keysOfRequeues(failure), lastTimeOf(failure, now)) ||
		began.isAfter(keysOfSameRun(failure), plausibleTime(failure.endDate, now));
}

/** The latest time of each key. */
class Latest {
	readonly #times = new Map<string, number>();

	add(keys: readonly string[], time: number): void {
		for (const key of keys) {
			this.#times.set(key, Math.max(this.#times.get(key) ?? time, time));
		}
	}

	isAfter(keys: readonly string[], time: number | undefined): boolean {
		return time !== undefined && keys.some((key) => (this.#times.get(key) ?? time) > time);
	}
}

function userReferenceKeys({ userReference }: Named): string[] {
	if (!userReference) {
		return [];
	}
	const name = withoutRequeue(userReference);
	const kind = requeueKind(userReference);
	return [
		`user reference ${name}`,
		...(kind === 'none' ? [] : [`requeue of ${name}`]),
		...(kind === 'cut' ? [`requeue of ${name}…`] : []),
	];
}

function keysOfRequeues({ userReference }: Named): string[] {
	if (!userReference) {
		return [];
	}
	const { whole, cut } = requeuedNames(userReference);
	return [
		`user reference ${withoutRequeue(userReference)}`,
		`requeue of ${whole}`,
		...cut.map((name) => `requeue of ${name}…`),
	];
}

function runKeys(analysis: Named): string[] {
	const run = runOf(analysis);
	return [
		...(run.sheetName === undefined ? [] : [`named ${run.sheetName}`]),
		...(run.instrumentRun === undefined ? [] : [`run ${run.instrumentRun}`]),
		...(run.instrumentRun === undefined || run.sheetName !== undefined
			? []
			: [`only run ${run.instrumentRun}`]),
	];
}

function keysOfSameRun(analysis: Named): string[] {
	const run = runOf(analysis);
	if (run.sheetName === undefined) {
		return run.instrumentRun === undefined ? [] : [`run ${run.instrumentRun}`];
	}
	return [
		`named ${run.sheetName}`,
		...(run.instrumentRun === undefined ? [] : [`only run ${run.instrumentRun}`]),
	];
}
