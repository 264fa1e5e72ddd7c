import { findProject, getByGivenId, roleOf } from '../analyses/projects.ts';
import { beginOf } from '../analyses/times.ts';
import { ServiceError, SetupError } from '../common/errors.ts';
import { byCodeUnits, count, firstFew } from '../common/text.ts';
import { listAnalyses } from '../ica/analyses.ts';
import type { IcaClient } from '../ica/client.ts';
import type { Launched } from '../ica/launch-schemas.ts';
import { getAnalysisRecord } from '../ica/launches.ts';
import { type Analysis, nameOf, type Project } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import type { RequeueOptions, TemplateChoice } from '../options/requeue-options.ts';
import { makeTemplate } from './launch.ts';
import type { LaunchTemplate } from './templates/template.ts';
import { type TemplateFile, templateFiles } from './templates/template-store.ts';

/** What a requeue changes. A dry run has effects that only report what they would do. */
export interface RequeueEffects {
	/** Keeps the templates on this machine. */
	keep(files: readonly TemplateFile[]): Promise<void>;
	/** Starts the analysis; undefined when it was only reported what would be sent. */
	start(template: LaunchTemplate): Promise<Launched | undefined>;
}

export interface RequeueContext {
	readonly options: Pick<RequeueOptions, 'source' | 'target' | 'choice' | 'launch' | 'serverUrl'>;
	readonly ica: IcaClient;
	readonly log: Log;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
	/** Shows a template as it is. */
	readonly print: (text: string) => void;
	/** Real effects, or those of a dry run: the requeue does not know which. */
	readonly effects: RequeueEffects;
}

/**
 * Makes templates from a previous analysis, shows and keeps them, and starts the analysis when that is asked for.
 * @throws {SetupError} before anything was changed
 * @throws {ServiceError} also when ICA refuses the launch
 * @throws {FileError} when the templates cannot be kept; then nothing is started
 */
export async function requeue({ options, ica, log, now, print, effects }: RequeueContext): Promise<void> {
	await ica.signIn();
	const [source, target] = await findProjects(ica, options);
	const analysisId = await findAnalysis({ ica, source, log, now }, options.choice);
	const purpose = options.choice.by === 'pipeline' ? 'new work' : 'requeue';
	const template = await makeTemplate(ica, { source, analysisId, target, purpose });
	log.info(
		`Templates from ${nameOf(template.record)}, which ${template.record.status === 'SUCCEEDED' ? 'succeeded' : `is ${template.record.status}`}, ` +
			`to be started in ${target.name} as ${template.body.userReference}.`,
	);
	for (const note of template.notes) {
		log.warn(note);
	}
	const files = templateFiles(template, options.serverUrl);
	for (const { text } of files) {
		print(text);
	}
	await effects.keep(files);
	if (options.launch) {
		await launch(template, effects, log);
	}
}

async function findProjects(
	ica: IcaClient,
	{ source, target }: Pick<RequeueOptions, 'source' | 'target'>,
): Promise<[source: Project, target: Project]> {
	const found = findProject(ica, roleOf('source'), source);
	return await Promise.all([
		found,
		target === undefined ? found : findProject(ica, roleOf('launch'), target),
	]);
}

async function launch(template: LaunchTemplate, effects: RequeueEffects, log: Log): Promise<void> {
	const { project, secret } = template;
	if (secret.length > 0) {
		throw new ServiceError(
			'refused',
			`Not started: ICA does not hand out what is in ${firstFew(secret)}. Fill it in in a copy of the API template and send that.`,
		);
	}
	try {
		const started = await effects.start(template);
		if (started !== undefined) {
			log.info(`Started in ${project.name}: ${nameOf(started)}, status ${started.status}.`);
		}
	} catch (error) {
		if (error instanceof ServiceError && error.failure === 'forbidden') {
			throw new ServiceError(
				'forbidden',
				`${error.message} Externally managed projects refuse launches, such as those of BaseSpace Sequence Hub: ` +
					'choose another project to launch in by --project_name or --project_id.',
			);
		}
		if (error instanceof ServiceError && error.mayBeDone) {
			throw new ServiceError(
				error.failure,
				`${error.message} It may have been started all the same: look for ${template.body.userReference} in ${project.name} before you try again.`,
			);
		}
		throw error;
	}
}

interface Search {
	readonly ica: IcaClient;
	readonly source: Project;
	readonly log: Log;
	readonly now: number;
}

async function findAnalysis(search: Search, choice: TemplateChoice): Promise<string> {
	switch (choice.by) {
		case 'analysis':
			return await findById(search, choice.id);
		case 'user reference':
			return await newestOf(search, choice.userReference);
		case 'pipeline':
			return await newestSucceeded(search, choice.pipeline);
	}
}

async function findById({ ica, source }: Search, id: string): Promise<string> {
	try {
		const record = await getByGivenId(id, (analysisId) =>
			getAnalysisRecord(ica, { project: source, analysisId }),
		);
		return record.id;
	} catch (error) {
		if (error instanceof ServiceError && error.failure === 'not found') {
			throw new SetupError(`There is no analysis ${id} in ${source.name}.`);
		}
		throw error;
	}
}

async function newestOf({ ica, source, log, now }: Search, userReference: string): Promise<string> {
	const { analyses } = await listAnalyses(ica, source, { userReference });
	const named = analyses.filter((one) => one.userReference === userReference);
	const [newest, ...older] = newestFirst(named, now);
	if (newest === undefined) {
		throw new SetupError(`There is no analysis with user reference "${userReference}" in ${source.name}.`);
	}
	if (older.length > 0) {
		const others = firstFew(older.map((one) => `${one.id} of ${one.startDate}, ${one.status}`));
		log.info(
			`${count(older.length + 1, 'analysis', 'analyses')} have this user reference: the newest is taken, ` +
				`${newest.id} of ${newest.startDate}, ${newest.status}. Another one can be chosen by --analysis_id: ${others}.`,
		);
	}
	return newest.id;
}

async function newestSucceeded({ ica, source, now }: Search, pipeline: string): Promise<string> {
	const { analyses } = await listAnalyses(ica, source);
	const succeeded = newestFirst(
		analyses.filter(({ status }) => status === 'SUCCEEDED'),
		now,
	);
	const newest = succeeded.find(
		(one) => one.pipelineCode === pipeline || one.pipelineId?.toLowerCase() === pipeline.toLowerCase(),
	);
	if (newest === undefined) {
		const codes = [...new Set(succeeded.map(({ pipelineCode }) => pipelineCode))];
		const advice = codes.length === 0 ? 'None succeeded at all.' : `There are those of ${firstFew(codes)}.`;
		throw new SetupError(`No analysis of pipeline "${pipeline}" succeeded in ${source.name}. ${advice}`);
	}
	return newest.id;
}

/** Those without a date that can be are the last. */
function newestFirst(analyses: readonly Analysis[], now: number): Analysis[] {
	const timeOf = (analysis: Analysis): number => beginOf(analysis, now) ?? 0;
	return analyses.toSorted((a, b) => timeOf(b) - timeOf(a) || byCodeUnits(a.id, b.id));
}
