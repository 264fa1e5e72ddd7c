import { join } from 'node:path';
import pLimit from 'p-limit';
import {
	FileError,
	isProgramError,
	OutageError,
	reasonOf,
	ServiceError,
	SetupError,
	StoppedError,
} from './errors.ts';
import type { IcaClient } from './ica/client.ts';
import type { Step } from './ica/launch-schemas.ts';
import { getSteps } from './ica/launches.ts';
import { type Analysis, nameOf, type Project } from './ica/schemas.ts';
import {
	hasFiles,
	noTemplateFile,
	type TemplateFile,
	type TemplateStore,
	templateFiles,
	templateNames,
} from './launch/template-store.ts';
import { sequencingRunOf, workOf } from './launch/user-reference.ts';
import { makeTemplate } from './launch.ts';
import type { Log } from './log.ts';
import type { Monitored } from './monitor.ts';
import { ageInDays } from './retention.ts';
import { count, firstFew, oneLine, sentence } from './text.ts';

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
	/** Those that started so many days ago, or more, do not. */
	readonly daysToArchive: number;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

/** So many in one pass, the newest first; a project with a past must not cost a thousand requests at once. */
const mostReports = 25;
const templatesAtOnce = 4;
const longestSummary = 500;

/**
 * The failed analyses that somebody should know of, the newest first: young enough, and their run not settled by an
 * analysis that succeeded later.
 */
export function unsettled(
	{ failed, succeeded }: Pick<Monitored, 'failed' | 'succeeded'>,
	{ daysToArchive, now }: FailureThresholds,
): Analysis[] {
	const young = failed.filter((analysis) => (ageInDays(analysis.startDate, now) ?? 0) < daysToArchive);
	if (young.length === 0) {
		return [];
	}
	const lastSuccess = new Map<string, number>();
	for (const analysis of succeeded) {
		for (const work of workOf(analysis)) {
			lastSuccess.set(work, Math.max(lastSuccess.get(work) ?? 0, endOf(analysis)));
		}
	}
	const isSettled = (analysis: Analysis): boolean =>
		workOf(analysis).some((work) => (lastSuccess.get(work) ?? -1) >= endOf(analysis));
	return young.filter((analysis) => !isSettled(analysis)).toSorted((a, b) => endOf(b) - endOf(a));
}

/** When it ended; its start where ICA does not tell. Milliseconds since 1970; 0 when neither can be read. */
function endOf({ endDate, startDate }: Analysis): number {
	return Date.parse(endDate ?? startDate) || 0;
}

/**
 * Reports each failed analysis that was not reported before, and writes templates to requeue it. What was reported is
 * known by its files alone, so that a quiet pass asks ICA nothing.
 * @returns what needs a person
 * @throws {StoppedError} and {OutageError}: what was not reported then is reported by the next pass
 */
export async function reportFailures(
	context: FailureContext,
	monitored: Pick<Monitored, 'failed' | 'succeeded'>,
	thresholds: FailureThresholds,
): Promise<string[]> {
	const { effects, log } = context;
	try {
		const there = effects.templates.names();
		const fresh = unsettled(monitored, thresholds).filter((analysis) => !hasFiles(analysis, there));
		const now = fresh.slice(0, mostReports);
		const limit = pLimit(templatesAtOnce);
		const reports = await Promise.all(now.map((analysis) => limit(() => prepareReport(context, analysis))));
		for (const { words, files } of reports) {
			// said first: after a power cut twice is better than never
			log.warn(words);
			await effects.keepTemplates(files);
		}
		if (fresh.length > now.length) {
			log.info(`${fresh.length - now.length} older failures are reported by the next passes.`);
		}
		const names = now.map((analysis) => analysis.reference);
		return now.length === 0
			? []
			: [`${count(now.length, 'BCLConvert analysis', 'BCLConvert analyses')} failed: ${firstFew(names, 3)}`];
	} catch (error) {
		if (error instanceof FileError) {
			log.error(error.message);
			return ['failed analyses could not be reported as they should'];
		}
		throw error;
	}
}

interface Report {
	readonly words: string;
	readonly files: readonly TemplateFile[];
}

async function prepareReport(context: FailureContext, analysis: Analysis): Promise<Report> {
	const { ica, source, serverUrl, effects } = context;
	const step = await failedStepOf(context, analysis);
	try {
		const question = { source, analysisId: analysis.id, target: source, purpose: 'requeue' } as const;
		const template = await makeTemplate(ica, question);
		const files = templateFiles(template, serverUrl);
		const path = join(effects.templates.folder, templateNames(analysis).beginning);
		return {
			words: describeFailure(
				analysis,
				step,
				['Templates to requeue it:', `${path}.api.json and .cli.sh.`, ...template.notes].join(' '),
			),
			files,
		};
	} catch (error) {
		if (endsThePass(error)) {
			throw error;
		}
		if (isProgramError(error)) {
			context.log.error(`This is an error in the program itself, please report it: ${error.stack}`);
		}
		const why = sentence(reasonOf(error));
		const ending = `No template to requeue it could be made: ${why}`;
		return canPass(error)
			? {
					words: describeFailure(
						analysis,
						step,
						`${ending} The next pass tries again, and reports it again.`,
					),
					files: [],
				}
			: { words: describeFailure(analysis, step, ending), files: [noTemplateFile(analysis, why)] };
	}
}

/** Neither the analysis nor its template is the trouble, so that the next pass can do better. */
function endsThePass(error: unknown): boolean {
	return error instanceof StoppedError || error instanceof OutageError || error instanceof SetupError;
}

/** Whether it is ICA that was in trouble, so that it can be otherwise the next time. */
function canPass(error: unknown): boolean {
	return error instanceof ServiceError && ['unreachable', 'unavailable'].includes(error.failure);
}

/** The step that failed; where ICA does not tell, the report goes without it. */
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

function describeFailure(analysis: Analysis, step: Step | undefined, ending: string): string {
	const { status, userReference, endDate, startDate, summary } = analysis;
	const when =
		endDate === undefined ? `started at ${startDate} and ended ${status}` : `ended ${status} at ${endDate}`;
	const why = summary
		? sentence(`ICA's summary: ${oneLine(summary, longestSummary)}`)
		: 'ICA gives no summary.';
	const exit = typeof step?.exitCode === 'number' ? ` (exit code ${step.exitCode})` : '';
	const where = step === undefined ? '' : ` Its step ${step.name} failed${exit}.`;
	const run = sequencingRunOf(analysis) ?? 'unknown';
	return `Analysis ${nameOf(analysis)} ${when}; run ${run}, user reference ${userReference ?? 'unknown'}. ${why}${where} ${ending}`;
}
