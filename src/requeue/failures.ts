import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Monitored } from '../analyses/monitor.ts';
import { lastTimeOf } from '../analyses/times.ts';
import {
	FileError,
	OutageError,
	reasonOf,
	reportBug,
	ServiceError,
	SetupError,
	StoppedError,
} from '../common/errors.ts';
import { byCodeUnits, sentence, shellWord } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import type { Step } from '../ica/launch-schemas.ts';
import { getSteps } from '../ica/launches.ts';
import type { Analysis, Project } from '../ica/schemas.ts';
import { nameOf } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import { aboutAnalysis } from '../log/log.ts';
import { describeAll, describeFailure } from './failure-report.ts';
import { makeTemplate, notesOnProject } from './launch.ts';
import { settledBy } from './same-work.ts';
import {
	hasFiles,
	noTemplateFile,
	type TemplateFile,
	type TemplateStore,
	templateFiles,
	templateNames,
} from './templates/template-store.ts';

/** What the reporting of failed analyses changes. A dry run has effects that write nothing. */
export interface FailureEffects {
	readonly templates: Pick<TemplateStore, 'folder' | 'names'>;
	keepTemplates(files: readonly TemplateFile[]): Promise<void>;
}

export interface FailureContext {
	readonly ica: IcaClient;
	readonly source: Project;
	readonly serverUrl: string;
	readonly effects: FailureEffects;
	readonly log: Log;
}

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
		for (const line of lines) {
			log.warn(line, { event: 'failed_analysis', ...aboutAnalysis(analysis) });
		}
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

interface Report {
	readonly analysis: Analysis;
	/** What failed, and what to do about it. */
	readonly lines: readonly [failure: string, advice: string];
	readonly files: readonly TemplateFile[];
}

async function prepareReport(context: FailureContext, analysis: Analysis, now: number): Promise<Report> {
	const { ica, source, serverUrl, effects } = context;
	const step = await failedStepOf(context, analysis);
	const report = (advice: string, files: readonly TemplateFile[]): Report => ({
		analysis,
		lines: [describeFailure(analysis, step, now), advice],
		files,
	});
	try {
		const request = { source, analysisId: analysis.id, target: source, purpose: 'requeue' } as const;
		const template = await makeTemplate(ica, request);
		const script = shellWord(join(effects.templates.folder, templateNames(template.record).cli));
		// what holds for the whole project is reported once
		const notes = template.notes.filter((note) => !notesOnProject(source).includes(note));
		return report(
			[`To requeue it: sh ${script}, or the request in the .api.json beside it.`, ...notes].join(' '),
			templateFiles(template, serverUrl),
		);
	} catch (error) {
		if (endsThePass(error)) {
			throw error;
		}
		reportBug(error, context.log);
		const why = sentence(reasonOf(error));
		const advice = `No template to requeue ${nameOf(analysis)} could be made: ${why}`;
		return error instanceof ServiceError && error.isTransient
			? report(`${advice} The next pass tries again, and reports it again.`, [])
			: report(advice, [noTemplateFile(analysis, source, why)]);
	}
}

/** Neither the analysis nor its template is the trouble, so that the next pass can do better. */
function endsThePass(error: unknown): boolean {
	return error instanceof StoppedError || error instanceof OutageError || error instanceof SetupError;
}

/** The step that failed; where ICA does not report it, the report goes without it. */
async function failedStepOf({ ica, source }: FailureContext, { id }: Analysis): Promise<Step | undefined> {
	try {
		return failedStep(await getSteps(ica, { project: source, analysisId: id }));
	} catch (error) {
		if (error instanceof ServiceError) {
			return undefined;
		}
		throw error;
	}
}

/** The first that failed; of ICA's own steps, which fail along with the pipeline's, only when no other did. */
export function failedStep(steps: readonly Step[]): Step | undefined {
	const failed = steps.filter(({ status }) => status === 'FAILED');
	return failed.find(({ technical }) => !technical) ?? failed[0];
}
