import pLimit from 'p-limit';
import { type DeliveryOutcome, deliver } from './delivery.ts';
import type { Effects } from './effects.ts';
import { reasonOf } from './errors.ts';
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

const deliveriesAtOnce = 8;

export interface PassContext {
	readonly options: Options;
	readonly ica: IcaClient;
	readonly log: Log;
	/** Real effects, or those of a dry run: the pass does not know which. */
	readonly effectsIn: (destination: Project) => Effects;
}

/**
 * One pass, from the top to the bottom.
 * @throws {SetupError} before anything was changed
 * @throws {ServiceError} when ICA does not tell what there is to do
 * @throws {StoppedError}
 */
export async function runPass({ options, ica, log, effectsIn }: PassContext): Promise<PassResult> {
	const table = readManagedTable(options.managedTable);
	for (const warning of table.warnings) {
		log.warn(warning);
	}

	await ica.signIn();
	const [source, destination] = await findBothProjects(ica, options);
	log.info(
		`Source project ${source.name} (${source.id}), destination project ${destination.name} (${destination.id}).`,
	);

	const analyses = await listAnalyses(ica, source);
	const monitored = monitor(analyses, options.pipelinePattern, table.ids);
	log.info(describe(source, monitored));

	const effects = effectsIn(destination);
	effects.prepareTable();
	const problems = await keepMonitored(effects, monitored, log);

	const context = { ica, source, destination, mgiPattern: options.mgiPattern, log, effects };
	const outcomes = await toTheEnd(monitored.toDeliver, (analysis) => deliver(context, analysis));

	return resultOf(effects.summaryBegins, outcomes, problems);
}

async function findBothProjects(ica: IcaClient, options: Options): Promise<[Project, Project]> {
	const source = findProject(ica, 'source', options.source);
	const destination =
		options.destination === undefined ? source : findProject(ica, 'destination', options.destination);
	return await Promise.all([source, destination]);
}

function describe(source: Project, { underWay, succeeded, toDeliver, failed }: Monitored): string {
	const done = `${count(succeeded.length, 'analysis', 'analyses')} done, ${toDeliver.length} of these new`;
	return `BCLConvert in ${source.name}: ${underWay.length} under way, ${done}, ${failed.length} failed.`;
}

/** The monitored file only informs people: that it cannot be written is said, and stops nothing. */
async function keepMonitored(effects: Effects, { underWay }: Monitored, log: Log): Promise<string[]> {
	try {
		await effects.writeMonitored(underWay);
		return [];
	} catch (error) {
		const problem = `the monitored file cannot be written: ${reasonOf(error)}`;
		log.error(`${problem}.`);
		return [problem];
	}
}

/** Each analysis by itself; when one is stopped by a signal, the others still come to their own stop. */
async function toTheEnd(
	analyses: readonly Analysis[],
	work: (analysis: Analysis) => Promise<DeliveryOutcome>,
): Promise<DeliveryOutcome[]> {
	const limit = pLimit(deliveriesAtOnce);
	const ends = await Promise.allSettled(analyses.map((analysis) => limit(() => work(analysis))));
	return ends.map((end) => {
		if (end.status === 'rejected') {
			throw end.reason;
		}
		return end.value;
	});
}
