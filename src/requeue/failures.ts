import pLimit from 'p-limit';
import type { Monitored } from '../analyses/monitor.ts';
import { lastTimeOf } from '../analyses/times.ts';
import { FileError } from '../common/errors.ts';
import { byCodeUnits } from '../common/text.ts';
import type { Analysis } from '../ica/schemas.ts';
import { aboutAnalysis } from '../log/log.ts';
import { describeAll, type FailureContext, prepareReport, type Report } from './failure-report.ts';
import { notesOnProject } from './launch.ts';
import { settledBy } from './same-work.ts';
import { hasFiles } from './templates/template-store.ts';

/** Which failures matter. */
export interface FailureThresholds {
	/** Those that ended so many days ago, or more, do not. */
	readonly daysToArchive: number;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

/** So many in one pass, the newest first; a project with a past must not cost a thousand requests at once. */
const maxReports = 25;
const dayMs = 24 * 60 * 60 * 1000;
const templatesAtOnce = 4;

/**
 * The failed analyses that somebody should know of, the newest first: not known to be old, and not settled by an analysis
 * that succeeded later.
 */
export function unsettled(
	{ failed, succeeded }: Pick<Monitored, 'failed' | 'succeeded'>,
	{ daysToArchive, now }: FailureThresholds,
): Analysis[] {
	const timeOf = (analysis: Analysis): number | undefined => lastTimeOf(analysis, now);
	const isOld = (time: number | undefined): boolean =>
		time !== undefined && now - time >= daysToArchive * dayMs;
	const young = failed.filter((analysis) => !isOld(timeOf(analysis)));
	if (young.length === 0) {
		return [];
	}
	const earliest = young.reduce((time, analysis) => Math.min(time, timeOf(analysis) ?? now), now);
	const isSettled = settledBy(succeeded, earliest, now);
	return young
		.filter((analysis) => !isSettled(analysis))
		.toSorted((a, b) => (timeOf(b) ?? 0) - (timeOf(a) ?? 0) || byCodeUnits(a.id, b.id));
}

const couldNotReport = 'failed analyses could not be reported as they should';

/**
 * Reports each failed analysis that was not reported before, and writes templates to requeue it. What was reported is
 * known by its files alone, so that a quiet pass asks ICA nothing.
 * @returns what needs action
 * @throws {StoppedError} and {OutageError}: what was not reported then is reported by the next pass
 */
export async function reportFailures(
	context: FailureContext,
	monitored: Pick<Monitored, 'failed' | 'succeeded'>,
	thresholds: FailureThresholds,
): Promise<string[]> {
	const { log } = context;
	const open = unsettled(monitored, thresholds);
	if (open.length === 0) {
		return [];
	}
	const fresh = notReported(context, open);
	if (fresh === undefined) {
		return [couldNotReport];
	}
	const now = fresh.slice(0, maxReports);
	const limit = pLimit(templatesAtOnce);
	const { now: time } = thresholds;
	const reports = await Promise.all(
		now.map((analysis) => limit(() => prepareReport(context, analysis, time))),
	);
	const areKept = await reportAndKeep(context, reports);
	if (fresh.length > now.length) {
		log.info(`${fresh.length - now.length} older failures are reported by the next passes.`);
	}
	return [...(now.length === 0 ? [] : [describeAll(now)]), ...(areKept ? [] : [couldNotReport])];
}

/** Those without files; undefined, and reported, when it cannot be known which have some. */
function notReported({ effects, log }: FailureContext, open: readonly Analysis[]): Analysis[] | undefined {
	try {
		const there = effects.templates.names();
		return open.filter((analysis) => !hasFiles(analysis, there));
	} catch (error) {
		if (error instanceof FileError) {
			log.error(
				`${error.message} So it is not known which of these were reported: ${describeAll(open)}. The next pass tries again.`,
			);
			return undefined;
		}
		throw error;
	}
}

/** @returns whether all files could be written; the trouble is reported once, since it is the folder's as a rule */
async function reportAndKeep(
	{ source, effects, log }: FailureContext,
	reports: readonly Report[],
): Promise<boolean> {
	let trouble: FileError | undefined;
	for (const { analysis, lines, files } of reports) {
		// reported first: after a power cut twice is better than never
		const [failure, advice] = lines;
		log.warn(failure, { event: 'failed_analysis', ...aboutAnalysis(analysis) });
		log.warn(advice, aboutAnalysis(analysis));
		effects.outbox.add({
			event: 'failed_analysis',
			key: [analysis.id],
			analysis,
			recipients: [],
			reason: failure,
		});
		try {
			await effects.keepTemplates(files);
		} catch (error) {
			if (!(error instanceof FileError)) {
				throw error;
			}
			trouble ??= error;
		}
	}
	if (reports.some(({ files }) => files.length > 1)) {
		for (const note of notesOnProject(source)) {
			log.warn(note);
		}
	}
	if (trouble !== undefined) {
		log.error(`${trouble.message} Until they can, each pass reports these failures again.`);
	}
	return trouble === undefined;
}
