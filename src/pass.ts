import { resolve } from 'node:path';
import pLimit from 'p-limit';
import { ageEverywhere } from './ageing-places.ts';
import type { BaseSpaceMeans } from './basespace-ageing.ts';
import { type DeliveryOutcome, deliver } from './delivery.ts';
import type { Effects } from './effects.ts';
import { reportFailures } from './failures.ts';
import { listAnalyses } from './ica/analyses.ts';
import type { IcaClient } from './ica/client.ts';
import type { Analysis, Project } from './ica/schemas.ts';
import type { Log } from './log.ts';
import { readManagedTable } from './managed-table.ts';
import { type Monitored, monitor } from './monitor.ts';
import type { Options } from './options.ts';
import { findProject } from './projects.ts';
import { type PassResult, resultOf } from './summary.ts';
import { count } from './text.ts';

const deliveriesAtOnce = 16;

export interface PassContext {
	readonly options: Options;
	readonly ica: IcaClient;
	readonly log: Log;
	/** Real effects, or those of a dry run: the pass does not know which. */
	readonly effectsIn: (source: Project, destination: Project) => Effects;
	/** The command that started the pass. */
	readonly command: string;
	/** Told of how far the deliveries are. */
	readonly onDelivered: (done: number, total: number) => void;
	/** When the pass began, in milliseconds since 1970, UTC: what data's age is counted to. */
	readonly now: number;
	/** undefined when nothing is to be done in BaseSpace. */
	readonly basespace: BaseSpaceMeans | undefined;
}

/**
 * One pass, from the top to the bottom.
 * @throws {SetupError} before anything was changed
 * @throws {ServiceError} when ICA does not tell what there is to do
 * @throws {StoppedError}
 */
export async function runPass({
	options,
	ica,
	log,
	effectsIn,
	command,
	onDelivered,
	now,
	basespace,
}: PassContext): Promise<PassResult> {
	const table = readManagedTable(options.managedTable);
	if (table.isMissing) {
		log.info(`There is no table ${resolve(options.managedTable)} yet: every succeeded analysis is new.`);
	}
	for (const warning of table.warnings) {
		log.warn(warning);
	}

	await ica.signIn();
	const [source, destination] = await findBothProjects(ica, options);
	sayWhere(log, source, destination);

	const { analyses, unreadable } = await listAnalyses(ica, source);
	for (const why of unreadable) {
		log.error(`An analysis of ${source.name} cannot be read, and is passed over: ${why}.`);
	}
	const monitored = monitor(analyses, options.pipelinePattern, table.ids, now);
	log.info(describe(source, monitored));
	if (
		analyses.length > 0 &&
		monitored.underWay.length + monitored.succeeded.length + monitored.failed.length === 0
	) {
		log.warn(
			`None of the ${analyses.length} analyses of ${source.name} has a pipeline that matches --pipeline_pattern.`,
		);
	}

	const effects = effectsIn(source, destination);
	effects.prepare();
	await effects.writeMonitored(monitored.underWay);

	const context = { ica, source, destination, mgiPattern: options.mgiPattern, log, effects, now };
	const outcomes = await toTheEnd(monitored.toDeliver, (analysis) => deliver(context, analysis), onDelivered);

	const { pipelinePattern, daysToArchive, serverUrl } = options;
	const failures = await reportFailures({ ica, source, serverUrl, effects, log }, monitored, {
		daysToArchive,
		now,
	});

	const question = {
		ica,
		source,
		analyses,
		managedIds: table.ids,
		pipelinePattern,
		thresholds: options,
		now,
	};
	const { maxDeletions } = options;
	const ageing = await ageEverywhere({ source, effects, maxDeletions, command, log }, question, basespace);

	const problems =
		unreadable.length === 0 ? [] : [`${count(unreadable.length, 'analysis', 'analyses')} could not be read`];
	return {
		...resultOf(effects.summaryBegins, outcomes, ageing, [...problems, ...failures]),
		source,
		destination,
		monitored,
	};
}

async function findBothProjects(ica: IcaClient, options: Options): Promise<[Project, Project]> {
	const source = findProject(ica, 'source', options.source);
	const destination =
		options.destination === undefined ? source : findProject(ica, 'destination', options.destination);
	return await Promise.all([source, destination]);
}

function sayWhere(log: Log, source: Project, destination: Project): void {
	if (source.id === destination.id) {
		log.info(
			`Source and destination project ${source.name} (${source.id}): nothing needs linking, only manifests are put there.`,
		);
		return;
	}
	log.info(
		`Source project ${source.name} (${source.id}), destination project ${destination.name} (${destination.id}).`,
	);
	if (source.dataSharingEnabled === false) {
		log.warn(
			`Data sharing is not enabled for ${source.name}: ICA will not link its data to another project.`,
		);
	}
}

function describe(source: Project, { underWay, succeeded, toDeliver, failed }: Monitored): string {
	const done = `${count(succeeded.length, 'analysis', 'analyses')} done, ${toDeliver.length} of these new`;
	return `BCLConvert in ${source.name}: ${underWay.length} under way, ${done}, ${failed.length} failed.`;
}

/** Each analysis by itself; when one is stopped by a signal, the others still come to their own stop. */
async function toTheEnd(
	analyses: readonly Analysis[],
	work: (analysis: Analysis) => Promise<DeliveryOutcome>,
	onDone: (done: number, total: number) => void,
): Promise<DeliveryOutcome[]> {
	const limit = pLimit(deliveriesAtOnce);
	let done = 0;
	const workAndTell = async (analysis: Analysis): Promise<DeliveryOutcome> => {
		const outcome = await work(analysis);
		done++;
		onDone(done, analyses.length);
		return outcome;
	};
	const ends = await Promise.allSettled(analyses.map((analysis) => limit(workAndTell, analysis)));
	return ends.map((end) => {
		if (end.status === 'rejected') {
			throw end.reason;
		}
		return end.value;
	});
}
