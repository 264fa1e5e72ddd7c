import { join } from 'node:path';
import { plausibleTime } from '../common/dates.ts';
import {
	OutageError,
	reasonOf,
	reportBug,
	ServiceError,
	SetupError,
	StoppedError,
} from '../common/errors.ts';
import { count, firstFew, oneLine, sentence, shellWord } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import type { Step } from '../ica/launch-schemas.ts';
import { getSteps } from '../ica/launches.ts';
import { type Analysis, nameOf, type Project } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import type { Outbox } from '../state/outbox.ts';
import { makeTemplate, notesOnProject } from './launch.ts';
import { runNameOf } from './same-work.ts';
import {
	noTemplateFile,
	type TemplateFile,
	type TemplateStore,
	templateFiles,
	templateNames,
} from './templates/template-store.ts';

const maxSummaryLength = 500;

/** What the reporting of failed analyses changes. A dry run has effects that write nothing. */
export interface FailureEffects {
	readonly templates: Pick<TemplateStore, 'folder' | 'names'>;
	keepTemplates(files: readonly TemplateFile[]): Promise<void>;
	/** Gets what people are to be notified of. */
	readonly outbox: Pick<Outbox, 'add'>;
}

export interface FailureContext {
	readonly ica: IcaClient;
	readonly source: Project;
	readonly serverUrl: string;
	readonly effects: FailureEffects;
	readonly log: Log;
}

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
function describeFailure(analysis: Analysis, step: Step | undefined, now: number): string {
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

/** The report of one failed analysis. */
export interface Report {
	readonly analysis: Analysis;
	/** What failed, and what to do about it. */
	readonly lines: readonly [failure: string, advice: string];
	readonly files: readonly TemplateFile[];
}

/**
 * Finds out what failed, and makes templates to start it again.
 * @param now milliseconds since 1970, UTC
 * @throws {StoppedError}, {OutageError} and {SetupError}
 */
export async function prepareReport(
	context: FailureContext,
	analysis: Analysis,
	now: number,
): Promise<Report> {
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
