import { resolve } from 'node:path';
import { type Monitored, monitor } from '../analyses/monitor.ts';
import { type ServiceTime, serviceTime } from '../common/clock-check.ts';
import type { AnalysisIds } from '../common/ids.ts';
import { count } from '../common/text.ts';
import type { DeliveryOutcome } from '../delivery/context.ts';
import { deliverAll } from '../delivery/deliveries.ts';
import type { Recipient } from '../delivery/recipients.ts';
import { listAnalyses } from '../ica/analyses.ts';
import type { IcaClient } from '../ica/client.ts';
import type { Analysis, Project } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import type { Options } from '../options/pass-options.ts';
import { reportFailures } from '../requeue/failures.ts';
import { applyRetention, type OldDataResult, withoutRetention } from '../retention/retention.ts';
import { shortest } from '../retention/shared/due.ts';
import { readManagedTable } from '../state/managed-table.ts';
import type { PassEffects } from './effects.ts';
import { findProjects, reportProjects } from './projects.ts';
import { type PassResult, resultOf } from './result.ts';

export interface PassContext {
	readonly options: Options;
	readonly ica: IcaClient;
	readonly log: Log;
	/** Real effects, or those of a dry run: the pass does not know which. */
	readonly effectsIn: (source: Project, recipients: readonly Recipient[]) => PassEffects;
	/** The command that started the pass. */
	readonly command: string;
	/** Called after each delivery. */
	readonly onDelivered: (done: number, total: number) => void;
	/** This machine's time, in milliseconds since 1970, UTC. */
	readonly now: () => number;
}

/**
 * One pass, from the top to the bottom.
 * @returns what it came to, also when it was cut short after something may have been changed
 * @throws {SetupError} before anything was changed
 * @throws {ServiceError} when ICA does not report what there is to do; then nothing was changed, either
 * @throws {StoppedError} before anything was changed
 */
export async function runPass(context: PassContext): Promise<PassResult> {
	const { options, ica, log, effectsIn, now } = context;
	const table = readManagedTable(options.analysesManagedTable);
	if (table.isMissing) {
		log.info(
			`There is no table ${resolve(options.analysesManagedTable)} yet: every succeeded analysis is new.`,
		);
	}
	for (const warning of table.warnings) {
		log.warn(warning);
	}

	await ica.signIn();
	const { source, recipients } = await findProjects(ica, options);
	reportProjects(log, source, recipients);

	const { analyses, unreadable } = await listAnalyses(ica, source);
	for (const { why } of unreadable) {
		log.error(`An analysis of ${source.name} cannot be read, and is passed over: ${why}.`);
	}
	const time = serviceTime(now(), ica.clockDifferenceMs(), 'ICA');
	const monitored = monitor(analyses, options.pipelinePattern, table.ids, time.now);
	log.info(describe(source, monitored));
	if (
		analyses.length > 0 &&
		monitored.underWay.length + monitored.succeeded.length + monitored.failed.length === 0
	) {
		log.warn(
			`None of the ${analyses.length} analyses of ${source.name} has a pipeline that matches --pipeline_pattern.`,
		);
	}

	const effects = effectsIn(source, recipients);
	effects.prepare();
	const world = { source, recipients, analyses, monitored, managedIds: table.ids, time, effects };
	const withoutProject = recipients.filter(({ project }) => project === undefined);
	return await takeSteps(context, world, {
		problems: [
			...(unreadable.length === 0
				? []
				: [`${count(unreadable.length, 'analysis', 'analyses')} could not be read`]),
			...withoutProject.map(({ name }) => `the project of recipient ${name} cannot be used`),
		],
	});
}

/** What a pass works on, when it is known what there is to do. */
interface PassWorld {
	readonly source: Project;
	readonly recipients: readonly Recipient[];
	/** All analyses of the source project. */
	readonly analyses: readonly Analysis[];
	readonly monitored: Monitored;
	readonly managedIds: AnalysisIds;
	readonly time: ServiceTime;
	readonly effects: PassEffects;
}

/** The steps that change something; what each came to is reported even when a later one is cut short. */
async function takeSteps(
	context: PassContext,
	world: PassWorld,
	{ problems }: { readonly problems: readonly string[] },
): Promise<PassResult> {
	const { source, recipients, monitored, effects } = world;
	const outcomes: DeliveryOutcome[] = [];
	const failures: string[] = [];
	let oldData: OldDataResult | undefined;
	let cutShortBy: unknown;
	try {
		effects.writeMonitored(monitored.underWay);
		await deliver(context, world, (outcome) => outcomes.push(outcome));
		failures.push(...(await report(context, world)));
		oldData = await age(context, world);
		cutShortBy = oldData.cutShortBy;
	} catch (error) {
		cutShortBy = error;
	}
	return {
		...resultOf(effects.summaryBegins, outcomes, oldData, [...problems, ...failures]),
		source,
		recipients,
		monitored,
		cutShortBy,
	};
}

async function deliver(
	{ ica, log, onDelivered }: PassContext,
	{ source, recipients, monitored, effects, time }: PassWorld,
	onOutcome: (outcome: DeliveryOutcome) => void,
): Promise<void> {
	const { delivery } = effects;
	const context = { effects: delivery, ica, source, recipients, time };
	await deliverAll(context, monitored.toDeliver, {
		log,
		linesInOrder: delivery.linesInOrder,
		onOutcome,
		onProgress: onDelivered,
	});
}

async function report({ ica, options, log }: PassContext, world: PassWorld): Promise<string[]> {
	const { source, monitored, effects, time } = world;
	const { serverUrl, daysToArchive } = options;
	return await reportFailures({ ica, source, serverUrl, effects: effects.failures, log }, monitored, {
		daysToArchive,
		now: time.now,
	});
}

async function age(
	{ options, ica, log, command, now }: PassContext,
	{ source, recipients, analyses, managedIds, effects: { retention, basespace } }: PassWorld,
): Promise<OldDataResult> {
	// long deliveries may have gone before
	const time = serviceTime(now(), ica.clockDifferenceMs(), 'ICA');
	if (time.trouble !== undefined) {
		return withoutRetention(log, time.trouble);
	}
	const { pipelinePattern, maxDeletions, daysToArchive, daysToDelete } = options;
	const ownThresholds = { daysToArchive, daysToDelete };
	const request = {
		ica,
		source,
		recipients,
		analyses,
		managedIds,
		pipelinePattern,
		ownThresholds,
		thresholds: shortest([ownThresholds, ...recipients]),
		now: time.now,
		postponed: (analysis: Analysis) => retention.postponed(analysis, time.now),
		keepToThemselves: retention.keepToThemselves,
	};
	return await applyRetention({ source, effects: retention, maxDeletions, command, log }, request, basespace);
}

function describe(source: Project, { underWay, succeeded, toDeliver, failed }: Monitored): string {
	const done = `${count(succeeded.length, 'analysis', 'analyses')} done, ${toDeliver.length} of these new`;
	return `BCLConvert in ${source.name}: ${underWay.length} under way, ${done}, ${failed.length} failed.`;
}
