import { OutageError, reasonOf, reportBug, ServiceError, StoppedError } from '../common/errors.ts';
import { firstFew, sentence } from '../common/text.ts';
import { type Analysis, nameOf, type Project } from '../ica/schemas.ts';
import { aboutAnalysis } from '../log/log.ts';
import type { Delivery, OneDelivery } from './context.ts';
import { manifestCsv, manifestName } from './manifest.ts';
import { deliveredTo, notDelivered } from './notifications.ts';
import { type DeliveryPlan, describeLost, type Share } from './plan.ts';
import { manifestsOf } from './proof.ts';
import type { Ambiguous } from './recipients.ts';

type PlanOfShares = Extract<DeliveryPlan, { kind: 'deliver' }>;

/** What became of all shares of an analysis. */
interface DeliveredShares {
	/** What was delivered in this pass. */
	readonly deliveries: readonly Delivery[];
	/** Why recipients have to wait for a later pass. */
	readonly waits: readonly string[];
	/** Whether one could not get what is its own; that was reported. */
	readonly isFailed: boolean;
	/** Whether FASTQs of one were deleted before they could be delivered; that was reported. */
	readonly hasLost: boolean;
}

/**
 * Delivers to each recipient its share of an analysis, side by side; what becomes of one does not keep the others.
 * @throws {StoppedError} and {OutageError}
 */
export async function deliverShares(
	context: OneDelivery,
	analysis: Analysis,
	plan: PlanOfShares,
): Promise<DeliveredShares> {
	const { effects, log, recipients } = context;
	const { shares, ambiguous, fastqs, nobodys } = plan;
	const results = await Promise.allSettled(shares.map((share) => deliverShare(context, analysis, share)));
	const outcomes = results.map((result) => {
		if (result.status === 'rejected') {
			throw result.reason;
		}
		return result.value;
	});
	const deliveries = outcomes.flatMap((outcome) => (outcome.kind === 'delivered' ? [outcome.delivery] : []));
	if (deliveries.length > 0) {
		const delivered = { analysis, deliveries, fastqs, nobodys, areSeveral: recipients.length > 1 };
		log.info(effects.describe(delivered), {
			event: 'delivered',
			...aboutAnalysis(analysis),
			bytes: deliveries.reduce((sum, { bytes }) => sum + bytes, 0),
		});
	}
	if (ambiguous.length > 0) {
		log.warn(describeAmbiguous(analysis, ambiguous), { event: 'attention', ...aboutAnalysis(analysis) });
	}
	return {
		deliveries,
		waits: outcomes.flatMap((outcome) => (outcome.kind === 'waiting' ? [outcome.why] : [])),
		isFailed: outcomes.some(({ kind }) => kind === 'failed'),
		hasLost: outcomes.some(({ kind }) => kind === 'lost') || deliveries.some(({ lost }) => lost > 0),
	};
}

function describeAmbiguous(analysis: Analysis, ambiguous: readonly Ambiguous[]): string {
	const names = firstFew(
		ambiguous.map(
			({ file, recipients }) => `${file.name} (${recipients.map(({ name }) => name).join(', ')})`,
		),
		3,
	);
	return `${nameOf(analysis)}: the patterns of several recipients match ${names}: delivered to nobody, and the analysis stays open. Make the patterns tell them apart.`;
}

type ShareOutcome =
	| { readonly kind: 'delivered'; readonly delivery: Delivery }
	/** It got that in an earlier pass. */
	| { readonly kind: 'there' }
	/** All that was its own was deleted before. */
	| { readonly kind: 'lost' }
	| { readonly kind: 'waiting'; readonly why: string }
	| { readonly kind: 'failed' };

/** A failure is logged, and is an outcome, not an error. */
async function deliverShare(context: OneDelivery, analysis: Analysis, share: Share): Promise<ShareOutcome> {
	const { recipient, wait } = share;
	const { name, project, trouble } = recipient;
	if (wait !== undefined) {
		return { kind: 'waiting', why: wait };
	}
	if (project === undefined) {
		// which was reported for the whole pass
		context.log.info(`${nameOf(analysis)} is not delivered to ${name}: ${trouble}`, aboutAnalysis(analysis));
		return { kind: 'failed' };
	}
	try {
		return await deliverTo(context, analysis, share, project);
	} catch (error) {
		if (error instanceof StoppedError || error instanceof OutageError) {
			throw error;
		}
		const whom = context.recipients.length > 1 ? ` to ${name}` : '';
		const why = `${sentence(reasonOf(error))}${adviceOn(error, context.source, project)}`;
		context.log.error(
			`Could not deliver ${nameOf(analysis)}${whom}: ${why} It is not recorded; the next pass tries again.`,
			{ event: 'not_delivered', ...aboutAnalysis(analysis) },
		);
		context.effects.outbox.add(notDelivered(analysis, why, recipient));
		reportBug(error, context.log);
		return { kind: 'failed' };
	}
}

/** What ICA's own words for a refusal leave out: where the right is missing. */
function adviceOn(error: unknown, source: Project, project: Project): string {
	return error instanceof ServiceError && error.failure === 'forbidden'
		? ` Is the key's owner allowed to link and upload data in ${project.name}, and is data sharing enabled in ${source.name}?`
		: '';
}

async function deliverTo(
	context: OneDelivery,
	analysis: Analysis,
	{ recipient, files, lost }: Share,
	project: Project,
): Promise<ShareOutcome> {
	const { source, effects, log } = context;
	const csv = manifestCsv(files, project.id);
	// what an earlier pass has left is no proof: somebody can have deleted the manifest since
	const isKnown = files.length === 0 || effects.hasShare(analysis, recipient, csv);
	if (isKnown && (await manifestsOf(context, analysis, [recipient])).size > 0) {
		return { kind: 'there' };
	}
	if (lost.length > 0) {
		const what = `${describeLost(recipient, lost)} were deleted before they could be delivered.`;
		log.warn(`${nameOf(analysis)}: ${what}`, { event: 'attention', ...aboutAnalysis(analysis) });
		effects.outbox.add(notDelivered(analysis, what, recipient));
	}
	if (files.length === 0) {
		return { kind: 'lost' };
	}
	const { linked, alreadyLinked, manifest } = await effects.outbox.during(
		deliveredTo(analysis, recipient, { files, csv }),
		async () => {
			const links =
				source.id === project.id
					? { linked: 0, alreadyLinked: 0 }
					: await effects.link(analysis.reference, files, project);
			const name = manifestName(analysis.reference);
			return { ...links, manifest: await effects.uploadManifest(recipient, project, name, csv) };
		},
		(done, wasLeftOpen) => done.linked > 0 || done.manifest !== 'keep' || wasLeftOpen,
	);
	effects.keepShare(analysis, recipient, csv);
	return {
		kind: 'delivered',
		delivery: {
			recipient,
			files: files.length,
			bytes: files.reduce((sum, file) => sum + file.size, 0),
			lost: lost.length,
			archived: files.filter(({ status }) => status !== 'AVAILABLE').length,
			manifest,
			linked,
			alreadyLinked,
		},
	};
}
