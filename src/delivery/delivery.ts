import { findFastqs, findOutputs } from '../analyses/outputs.ts';
import { endOf } from '../analyses/times.ts';
import { OutageError, reasonOf, reportBug, StoppedError } from '../common/errors.ts';
import { count, sentence } from '../common/text.ts';
import { type Analysis, type Data, nameOf } from '../ica/schemas.ts';
import { aboutAnalysis, type LogFields } from '../log/log.ts';
import type { DeliveryOutcome, OneDelivery } from './context.ts';
import { nearlyMatching, notDelivered } from './notifications.ts';
import { type DeliveryPlan, nearMisses, planDelivery, samplesOf } from './plan.ts';
import { manifestsOf, proofOf } from './proof.ts';
import { shareOut } from './recipients.ts';
import { deliverShares } from './shares.ts';

/**
 * Delivers one analysis: to each recipient its FASTQs are linked and their manifest uploaded, and only when all have what
 * is theirs it is recorded. Cut off anywhere, it is done again from the start, which finds what is there already. A failure
 * is logged, and is an outcome, not an error.
 * @throws {StoppedError} and {OutageError}
 */
export async function deliver(context: OneDelivery, analysis: Analysis): Promise<DeliveryOutcome> {
	try {
		return await carryOut(context, analysis, await findPlan(context, analysis));
	} catch (error) {
		if (error instanceof StoppedError || error instanceof OutageError) {
			throw error;
		}
		const why = sentence(reasonOf(error));
		context.log.error(
			`Could not deliver ${nameOf(analysis)}: ${why} It is not recorded; the next pass tries again.`,
			{ event: 'not_delivered', ...aboutAnalysis(analysis) },
		);
		context.effects.outbox.add(notDelivered(analysis, why));
		reportBug(error, context.log);
		return { kind: 'failed', run: analysis.reference, deliveries: [] };
	}
}

/** Looks at the output, of which only the plan is kept while it is carried out. */
async function findPlan(context: OneDelivery, analysis: Analysis): Promise<DeliveryPlan> {
	const { ica, source, recipients, time } = context;
	const found = await findOutputs(ica, source, analysis);
	const fastqs = await findFastqs(ica, found.outputs);
	reportNearMisses(context, analysis, shareOut(fastqs, recipients).nobodys);
	return planDelivery(found, fastqs, {
		recipients,
		endedLongAgo: endedAgo(analysis, time.now, settlingMs) === true,
		// with dates that cannot be, that could not be waited for
		endedAnHourAgo: endedAgo(analysis, time.now, hourMs) !== false,
		isTimeCertain: time.trouble === undefined,
	});
}

function reportNearMisses(
	{ effects, recipients, log }: OneDelivery,
	analysis: Analysis,
	nobodys: readonly Data[],
): void {
	for (const recipient of recipients) {
		const near = nearMisses(nobodys, recipient);
		const { name } = recipient;
		if (near.length > 0) {
			log.warn(
				`${nameOf(analysis)}: ${count(near.length, 'FASTQ nearly matches', 'FASTQs nearly match')} ${name}'s pattern, and ` +
					`${near.length === 1 ? 'is' : 'are'} not taken for ${name}'s; samples: ${samplesOf(near)}. See --mgi_pattern.`,
				{ event: 'attention', ...aboutAnalysis(analysis) },
			);
			effects.outbox.add(nearlyMatching(analysis, recipient, near));
		}
	}
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
	const { effects, log } = context;
	switch (plan.kind) {
		case 'wait':
			return wait(context, analysis, plan.why);
		case 'nothing':
			log.info(`Nothing to deliver from ${nameOf(analysis)}: ${plan.why}.`, nothingToDeliver(analysis));
			effects.record(analysis);
			return { kind: 'nothing', run: analysis.reference, deliveries: [] };
		case 'deleted':
			return await giveUp(context, analysis, plan);
		case 'deliver':
			return await deliverAndRecord(context, analysis, plan);
	}
}

/** Records an analysis when each recipient has what is its own, and nothing is open. */
async function deliverAndRecord(
	context: OneDelivery,
	analysis: Analysis,
	plan: Extract<DeliveryPlan, { kind: 'deliver' }>,
): Promise<DeliveryOutcome> {
	const { effects, log } = context;
	const { deliveries, waits, isFailed, hasLost } = await deliverShares(context, analysis, plan);
	const rest = { run: analysis.reference, deliveries, hasLost };
	if (isFailed) {
		return { kind: 'failed', ...rest };
	}
	if (plan.ambiguous.length > 0) {
		return { kind: effects.isNews(`ambiguous ${analysis.id}`) ? 'ambiguous' : 'waiting', ...rest };
	}
	const [why] = waits;
	if (why !== undefined) {
		return { ...wait(context, analysis, why), ...rest };
	}
	effects.record(analysis);
	if (deliveries.length === 0 && !hasLost) {
		const line = `Nothing to deliver from ${nameOf(analysis)}: earlier passes have delivered all of it.`;
		log.info(line, nothingToDeliver(analysis));
		return { kind: 'nothing', ...rest };
	}
	return { kind: 'delivered', ...rest };
}

function nothingToDeliver(analysis: Analysis): LogFields {
	return { event: 'nothing_to_deliver', ...aboutAnalysis(analysis) };
}

/** What was delivered before its data was deleted is nobody's loss; its manifest proves it. */
async function giveUp(
	context: OneDelivery,
	analysis: Analysis,
	{ why, losers }: Extract<DeliveryPlan, { kind: 'deleted' }>,
): Promise<DeliveryOutcome> {
	const { effects, log, time, recipients } = context;
	const { run, deliveries } = { run: analysis.reference, deliveries: [] };
	const manifests = await manifestsOf(context, analysis, losers.length > 0 ? losers : recipients);
	const missing = losers.filter((recipient) => !manifests.has(recipient));
	const [manifest] = manifests.values();
	effects.record(analysis);
	if (manifest === undefined || missing.length > 0) {
		const whom =
			recipients.length > 1 && missing.length > 0 ? ` to ${missing.map(({ name }) => name).join(', ')}` : '';
		log.warn(`${nameOf(analysis)} was never delivered${whom}: ${why}.`, nothingToDeliver(analysis));
		for (const recipient of missing.length > 0 ? missing : recipients) {
			effects.outbox.add(notDelivered(analysis, `${sentence(why)}`, recipient));
		}
		return { kind: 'lost', run, deliveries };
	}
	const proof = proofOf(manifest, time.now);
	const when = proof.kind === 'delivered' ? ` ${new Date(proof.at).toISOString().slice(0, 10)}` : '';
	log.info(
		`Nothing to deliver from ${nameOf(analysis)}: ${why}; its manifest is of an earlier delivery${when}.`,
		nothingToDeliver(analysis),
	);
	return { kind: 'nothing', run, deliveries };
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
	return { kind: 'waiting', run: analysis.reference, isStuck, deliveries: [] };
}
