import { reasonOf, StoppedError } from './errors.ts';
import type { IcaClient } from './ica/client.ts';
import type { Analysis, Data, Project } from './ica/schemas.ts';
import type { Linked } from './linking.ts';
import type { Log } from './log.ts';
import { manifestCsv, manifestName } from './manifest.ts';
import { findFastqs, isMgiFastq } from './outputs.ts';
import type { Placement } from './publication.ts';
import { count, firstFew } from './text.ts';

/** What is to be done about a succeeded analysis that was not handled before. */
export type DeliveryPlan =
	| { readonly kind: 'deliver'; readonly files: readonly Data[]; readonly fastqs: number }
	/** Nothing now; a later pass looks again. */
	| { readonly kind: 'wait'; readonly why: string }
	/** Nothing ever; recorded, so that it is not looked at again. */
	| { readonly kind: 'nothing'; readonly why: string };

/** What became of an analysis. */
export type DeliveryOutcome =
	| ({ readonly kind: 'delivered' } & Delivery)
	| { readonly kind: 'nothing' }
	| { readonly kind: 'waiting' }
	| { readonly kind: 'failed'; readonly run: string };

/** A delivery, for its line in the log. */
export interface Delivery extends Linked {
	readonly files: number;
	/** How many FASTQs the analysis has, MGI's included. */
	readonly fastqs: number;
	readonly bytes: number;
	readonly manifest: Placement;
}

/** Everything that a delivery changes. A dry run has effects that only find out what they would do. */
export interface DeliveryEffects {
	/** Links files to the destination, and returns when all are linked. */
	link(run: string, files: readonly Data[]): Promise<Linked>;
	/** Keeps the manifest here and puts it into the destination. */
	publishManifest(name: string, csv: string): Promise<Placement>;
	/** Writes the analysis into the managed table. */
	record(analysis: Analysis): void;
	/** Says what was delivered, or would be. */
	report(analysis: Analysis, delivery: Delivery): void;
}

export interface DeliveryContext {
	readonly ica: IcaClient;
	readonly source: Project;
	readonly destination: Project;
	readonly mgiPattern: RegExp;
	readonly log: Log;
	readonly effects: DeliveryEffects;
}

/**
 * Delivers one analysis: links its MGI FASTQs, publishes their manifest, and only then records it. Cut off anywhere, it
 * is done again from the start, which finds what is there already. A failure is logged, and is an outcome, not an error.
 * @throws {StoppedError}
 */
export async function deliver(context: DeliveryContext, analysis: Analysis): Promise<DeliveryOutcome> {
	try {
		const fastqs = await findFastqs(context.ica, context.source, analysis);
		const plan =
			fastqs.kind === 'deleted'
				? ({ kind: 'nothing', why: 'its output has been deleted' } as const)
				: planDelivery(fastqs.files, context.mgiPattern);
		return await carryOut(context, analysis, plan);
	} catch (error) {
		if (error instanceof StoppedError) {
			throw error;
		}
		context.log.error(
			`Could not deliver ${analysis.reference} (analysis ${analysis.id}): ${reasonOf(error)} ` +
				'It is not recorded; the next pass tries again.',
		);
		return { kind: 'failed', run: analysis.reference };
	}
}

/**
 * Decides what is to be done with an analysis that has these FASTQs.
 * @param fastqs of all groups
 */
export function planDelivery(fastqs: readonly Data[], mgiPattern: RegExp): DeliveryPlan {
	const files = fastqs.filter((file) => isMgiFastq(file.name, mgiPattern));
	if (files.length === 0) {
		const names = firstFew(fastqs.map((file) => file.name).toSorted(), 5);
		const why =
			fastqs.length === 0
				? 'it has no FASTQs at all'
				: `none of its ${count(fastqs.length, 'FASTQ')} is MGI's (${names})`;
		return { kind: 'nothing', why };
	}
	for (const [status, verb] of unsettled) {
		const names = files.filter((file) => file.status === status).map((file) => file.name);
		if (names.length > 0) {
			return {
				kind: 'wait',
				why: `${count(names.length, 'MGI FASTQ')} still being ${verb} (${firstFew(names, 3)})`,
			};
		}
	}
	return { kind: 'deliver', files, fastqs: fastqs.length };
}

const unsettled = [
	['PARTIAL', 'written'],
	['DELETING', 'deleted'],
] as const;

async function carryOut(
	{ source, destination, effects, log }: DeliveryContext,
	analysis: Analysis,
	plan: DeliveryPlan,
): Promise<DeliveryOutcome> {
	switch (plan.kind) {
		case 'wait':
			log.info(`Waiting for a later pass with ${analysis.reference}: ${plan.why}.`);
			return { kind: 'waiting' };
		case 'nothing':
			log.info(`Nothing to deliver from ${analysis.reference} (analysis ${analysis.id}): ${plan.why}.`);
			effects.record(analysis);
			return { kind: 'nothing' };
		case 'deliver': {
			const { files, fastqs } = plan;
			const isElsewhere = source.id !== destination.id;
			const linked = isElsewhere
				? await effects.link(analysis.reference, files)
				: { linked: 0, alreadyLinked: 0 };
			const csv = manifestCsv(files, destination.id);
			const manifest = await effects.publishManifest(manifestName(analysis.reference), csv);
			effects.record(analysis);
			const bytes = files.reduce((sum, file) => sum + file.size, 0);
			const delivery = { files: files.length, fastqs, bytes, manifest, ...linked };
			effects.report(analysis, delivery);
			return { kind: 'delivered', ...delivery };
		}
	}
}
