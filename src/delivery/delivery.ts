import { findFastqs, findOutputs } from '../analyses/outputs.ts';
import { endOf } from '../analyses/times.ts';
import type { ServiceTime } from '../common/clock-check.ts';
import { OutageError, reasonOf, reportBug, ServiceError, StoppedError } from '../common/errors.ts';
import { count, sentence } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import { type Analysis, type Data, nameOf, type Project } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import { aboutAnalysis, type LogFields } from '../log/log.ts';
import type { Linked } from './linking.ts';
import { manifestCsv, manifestName } from './manifest.ts';
import { type DeliveryPlan, describeLost, nearMisses, planDelivery, samplesOf } from './plan.ts';
import { findManifests, manifestPath, proofOf } from './proof.ts';
import type { UploadAction } from './upload.ts';

/** What became of an analysis. */
export type DeliveryOutcome =
	| ({ readonly kind: 'delivered'; readonly run: string } & Delivery)
	| { readonly kind: 'nothing' }
	/** It was never delivered, and its data has been deleted. */
	| { readonly kind: 'lost'; readonly run: string }
	/** `isStuck`: so long after its end that a person should have a look. */
	| { readonly kind: 'waiting'; readonly run: string; readonly isStuck: boolean }
	| { readonly kind: 'failed'; readonly run: string };

/** A delivery, for its line in the log. */
export interface Delivery extends Linked {
	readonly files: number;
	/** How many FASTQs the analysis has, MGI's included. */
	readonly fastqs: number;
	readonly bytes: number;
	/** MGI's FASTQs that were deleted before they could be delivered. */
	readonly lost: number;
	/** Files that are in the archive, or on the way to or from it: linked, and not to be read now. */
	readonly archived: number;
	readonly manifest: UploadAction;
}

/** Everything that a delivery changes. A dry run has effects that only find out what they would do. */
export interface DeliveryEffects {
	/** Links files to the destination, and returns when all are linked. */
	link(run: string, files: readonly Data[]): Promise<Linked>;
	/** Keeps the manifest here and puts it into the destination. */
	uploadManifest(name: string, csv: Buffer): Promise<UploadAction>;
	/** Writes the analysis into the managed table. */
	record(analysis: Analysis): void;
	/** Whether lines about deliveries come in the order of the analyses, or as each comes to its end. */
	readonly linesInOrder: boolean;
	/** What was delivered, or would be, for the log. */
	describe(analysis: Analysis, delivery: Delivery): string;
}

export interface DeliveryContext {
	readonly ica: IcaClient;
	readonly source: Project;
	readonly destination: Project;
	readonly mgiPattern: RegExp;
	/** Whether the pattern is the default one, of which it is known what nearly matches it. */
	readonly isDefaultPattern: boolean;
	readonly effects: DeliveryEffects;
	/** By ICA's clock. */
	readonly time: ServiceTime;
}

/** One delivery, with the log of its own lines. */
type OneDelivery = DeliveryContext & { readonly log: Log };

/**
 * Delivers one analysis: links its MGI FASTQs, publishes their manifest, and only then records it. Cut off anywhere, it
 * is done again from the start, which finds what is there already. A failure is logged, and is an outcome, not an error.
 * @throws {StoppedError}
 */
export async function deliver(context: OneDelivery, analysis: Analysis): Promise<DeliveryOutcome> {
	try {
		return await carryOut(context, analysis, await findPlan(context, analysis));
	} catch (error) {
		if (error instanceof StoppedError || error instanceof OutageError) {
			throw error;
		}
		context.log.error(
			`Could not deliver ${nameOf(analysis)}: ${sentence(reasonOf(error))} ` +
				`${adviceOn(error, context)}It is not recorded; the next pass tries again.`,
			{ event: 'not_delivered', ...aboutAnalysis(analysis) },
		);
		reportBug(error, context.log);
		return { kind: 'failed', run: analysis.reference };
	}
}

/** Looks at the output, of which only the plan is kept while it is carried out. */
async function findPlan(context: OneDelivery, analysis: Analysis): Promise<DeliveryPlan> {
	const { ica, source, mgiPattern, isDefaultPattern, time, log } = context;
	const found = await findOutputs(ica, source, analysis);
	const fastqs = await findFastqs(ica, found.outputs);
	const near = nearMisses(fastqs, mgiPattern, isDefaultPattern);
	if (near.length > 0) {
		log.warn(
			`${nameOf(analysis)}: ${count(near.length, 'FASTQ nearly matches', 'FASTQs nearly match')} MGI's pattern, and ` +
				`${near.length === 1 ? 'is' : 'are'} not taken for MGI's; samples: ${samplesOf(near)}. See --mgi_pattern.`,
			{ event: 'attention', ...aboutAnalysis(analysis) },
		);
	}
	return planDelivery(found, fastqs, {
		mgiPattern,
		endedLongAgo: endedAgo(analysis, time.now, settlingMs) === true,
		// with dates that cannot be, that could not be waited for
		endedAnHourAgo: endedAgo(analysis, time.now, hourMs) !== false,
		isTimeCertain: time.trouble === undefined,
	});
}

/** What ICA's own words for a refusal leave out: where the right is missing. */
function adviceOn(error: unknown, { source, destination }: DeliveryContext): string {
	return error instanceof ServiceError && error.failure === 'forbidden'
		? `Is the key's owner allowed to link and upload data in ${destination.name}, and is data sharing enabled in ${source.name}? `
		: '';
}

/** Whether an analysis ended so many milliseconds ago, or more; undefined where its dates cannot be. */
function endedAgo(analysis: Analysis, now: number, milliseconds: number): boolean | undefined {
	const end = endOf(analysis, now);
	return end === undefined ? undefined : now - end >= milliseconds;
}

const hourMs = 60 * 60 * 1000;
/** Long enough for anything that ICA still has to do after an analysis. */
const settlingMs = 24 * hourMs;

async function carryOut(
	context: OneDelivery,
	analysis: Analysis,
	plan: DeliveryPlan,
): Promise<DeliveryOutcome> {
	const { source, destination, effects, log } = context;
	switch (plan.kind) {
		case 'wait':
			return wait(context, analysis, plan.why);
		case 'nothing':
			log.info(`Nothing to deliver from ${nameOf(analysis)}: ${plan.why}.`, nothingToDeliver(analysis));
			effects.record(analysis);
			return { kind: 'nothing' };
		case 'deleted':
			return await giveUp(context, analysis, plan.why);
		case 'deliver': {
			const { files, fastqs, lost } = plan;
			if (lost.length > 0) {
				log.warn(`${nameOf(analysis)}: ${describeLost(lost)} were deleted before they could be delivered.`, {
					event: 'attention',
					...aboutAnalysis(analysis),
				});
			}
			const isElsewhere = source.id !== destination.id;
			const linked = isElsewhere
				? await effects.link(analysis.reference, files)
				: { linked: 0, alreadyLinked: 0 };
			const bytes = files.reduce((sum, file) => sum + file.size, 0);
			const csv = manifestCsv(files, destination.id);
			const manifest = await effects.uploadManifest(manifestName(analysis.reference), csv);
			effects.record(analysis);
			const archived = files.filter(({ status }) => status !== 'AVAILABLE').length;
			const delivery = {
				files: files.length,
				fastqs,
				bytes,
				lost: lost.length,
				archived,
				manifest,
				...linked,
			};
			log.info(effects.describe(analysis, delivery), {
				event: 'delivered',
				...aboutAnalysis(analysis),
				bytes,
			});
			return { kind: 'delivered', run: analysis.reference, ...delivery };
		}
	}
}

function nothingToDeliver(analysis: Analysis): LogFields {
	return { event: 'nothing_to_deliver', ...aboutAnalysis(analysis) };
}

/** What was delivered before its data was deleted is nobody's loss; its manifest proves it. */
async function giveUp(context: OneDelivery, analysis: Analysis, why: string): Promise<DeliveryOutcome> {
	const { effects, log, time } = context;
	const manifest = (await findManifests(context, [analysis])).get(manifestPath(analysis));
	const proof = manifest && proofOf(manifest, time.now);
	effects.record(analysis);
	if (proof === undefined) {
		log.warn(`${nameOf(analysis)} was never delivered: ${why}.`, nothingToDeliver(analysis));
		return { kind: 'lost', run: analysis.reference };
	}
	const when = proof.kind === 'delivered' ? ` ${new Date(proof.at).toISOString().slice(0, 10)}` : '';
	log.info(
		`Nothing to deliver from ${nameOf(analysis)}: ${why}; its manifest is of an earlier delivery${when}.`,
		nothingToDeliver(analysis),
	);
	return { kind: 'nothing' };
}

function wait({ log, time }: OneDelivery, analysis: Analysis, why: string): DeliveryOutcome {
	// with dates that cannot be, nobody knows whether it is too early
	const isStuck = time.trouble === undefined && (endedAgo(analysis, time.now, settlingMs) ?? true);
	const line = `Waiting for a later pass with ${nameOf(analysis)}: ${why}.`;
	const fields = { event: 'waiting', ...aboutAnalysis(analysis) } as const;
	if (isStuck) {
		log.warn(
			`${line} It did not end within the last day. A row for it in the managed table stops the attempts; its data is not aged then.`,
			fields,
		);
	} else {
		log.info(line, fields);
	}
	return { kind: 'waiting', run: analysis.reference, isStuck };
}
