import { isProgramError, OutageError, reasonOf, ServiceError, StoppedError } from './errors.ts';
import type { IcaClient } from './ica/client.ts';
import { type Analysis, type Data, nameOf, type Project } from './ica/schemas.ts';
import type { Linked } from './linking.ts';
import type { Log } from './log.ts';
import { manifestCsv, manifestName } from './manifest.ts';
import { findFastqs, findOutputs, isMgiFastq, type Output } from './outputs.ts';
import type { Placement } from './publication.ts';
import { byCodeUnits, count, firstFew, sentence } from './text.ts';

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
	/** `isStuck`: so long after its end that a person should have a look. */
	| { readonly kind: 'waiting'; readonly run: string; readonly isStuck: boolean }
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
	publishManifest(name: string, csv: Buffer): Promise<Placement>;
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
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

/**
 * Delivers one analysis: links its MGI FASTQs, publishes their manifest, and only then records it. Cut off anywhere, it
 * is done again from the start, which finds what is there already. A failure is logged, and is an outcome, not an error.
 * @throws {StoppedError}
 */
export async function deliver(context: DeliveryContext, analysis: Analysis): Promise<DeliveryOutcome> {
	try {
		return await carryOut(context, analysis, await findPlan(context, analysis));
	} catch (error) {
		if (error instanceof StoppedError || error instanceof OutageError) {
			throw error;
		}
		context.log.error(
			`Could not deliver ${nameOf(analysis)}: ${sentence(reasonOf(error))} ` +
				`${adviceOn(error, context)}It is not recorded; the next pass tries again.`,
		);
		if (isProgramError(error)) {
			context.log.error(`This is an error in the program itself, please report it: ${error.stack}`);
		}
		return { kind: 'failed', run: analysis.reference };
	}
}

/** Looks at the output, of which only the plan is kept while it is carried out. */
async function findPlan(
	{ ica, source, mgiPattern, now }: DeliveryContext,
	analysis: Analysis,
): Promise<DeliveryPlan> {
	const outputs = await findOutputs(ica, source, analysis);
	const fastqs = await findFastqs(ica, outputs);
	return planDelivery(outputs, fastqs, { mgiPattern, endedLongAgo: isSettled(analysis, now) });
}

/** What ICA's own words for a refusal leave out: where the right is missing. */
function adviceOn(error: unknown, { source, destination }: DeliveryContext): string {
	return error instanceof ServiceError && error.failure === 'forbidden'
		? `Is the key's owner allowed to link and upload data in ${destination.name}, and is data sharing enabled in ${source.name}? `
		: '';
}

/** Long enough for anything that ICA still has to do after an analysis. */
function isSettled({ endDate, startDate }: Analysis, now: number): boolean {
	return now - Date.parse(endDate ?? startDate) >= settlingMs;
}

/**
 * Decides what is to be done with an analysis that has this output.
 * @param fastqs of all groups, in the output
 */
export function planDelivery(
	outputs: readonly Pick<Output, 'item'>[],
	fastqs: readonly Data[],
	{ mgiPattern, endedLongAgo }: { readonly mgiPattern: RegExp; readonly endedLongAgo: boolean },
): DeliveryPlan {
	const files = fastqs.filter((file) => isMgiFastq(file.name, mgiPattern));
	const inMotion =
		unsettledAmong(files, 'MGI FASTQ') ??
		unsettledAmong(
			outputs.map(({ item }) => item),
			'output',
		);
	if (inMotion !== undefined) {
		return { kind: 'wait', why: inMotion };
	}
	if (files.length > 0) {
		return { kind: 'deliver', files, fastqs: fastqs.length };
	}
	if (outputs.length === 0) {
		return { kind: 'nothing', why: 'its output has been deleted' };
	}
	if (fastqs.length === 0) {
		return endedLongAgo
			? { kind: 'nothing', why: 'it has no FASTQs at all' }
			: { kind: 'wait', why: 'no FASTQs are in its output yet' };
	}
	return {
		kind: 'nothing',
		why: `none of its ${count(fastqs.length, 'FASTQ')} is MGI's; samples: ${samplesOf(fastqs)}`,
	};
}

/** BCLConvert names a FASTQ `<sample>_S<number>_…`. */
function samplesOf(fastqs: readonly Data[]): string {
	const samples = fastqs.map(({ name }) => sampleOfFastq.exec(name)?.[1] ?? name);
	return firstFew([...new Set(samples)].sort(byCodeUnits), mostSamples);
}

function unsettledAmong(items: readonly Data[], noun: string): string | undefined {
	for (const [status, verb] of unsettled) {
		const names = items.filter((item) => item.status === status).map((item) => item.name);
		if (names.length > 0) {
			return `${count(names.length, noun)} still being ${verb} (${firstFew(names, 3)})`;
		}
	}
	return undefined;
}

const settlingMs = 24 * 60 * 60 * 1000;
const sampleOfFastq = /^(.+)_S\d+_/;
const mostSamples = 50;
const unsettled = [
	['PARTIAL', 'written'],
	['DELETING', 'deleted'],
] as const;

async function carryOut(
	context: DeliveryContext,
	analysis: Analysis,
	plan: DeliveryPlan,
): Promise<DeliveryOutcome> {
	const { source, destination, effects, log } = context;
	switch (plan.kind) {
		case 'wait':
			return wait(context, analysis, plan.why);
		case 'nothing':
			log.info(`Nothing to deliver from ${nameOf(analysis)}: ${plan.why}.`);
			effects.record(analysis);
			return { kind: 'nothing' };
		case 'deliver': {
			const { files, fastqs } = plan;
			const isElsewhere = source.id !== destination.id;
			const linked = isElsewhere
				? await effects.link(analysis.reference, files)
				: { linked: 0, alreadyLinked: 0 };
			const bytes = files.reduce((sum, file) => sum + file.size, 0);
			const csv = manifestCsv(files, destination.id);
			const manifest = await effects.publishManifest(manifestName(analysis.reference), csv);
			effects.record(analysis);
			const delivery = { files: files.length, fastqs, bytes, manifest, ...linked };
			effects.report(analysis, delivery);
			return { kind: 'delivered', ...delivery };
		}
	}
}

function wait({ log, now }: DeliveryContext, analysis: Analysis, why: string): DeliveryOutcome {
	const isStuck = isSettled(analysis, now);
	const line = `Waiting for a later pass with ${nameOf(analysis)}: ${why}.`;
	if (isStuck) {
		log.warn(
			`${line} It ended more than a day ago: to leave it alone, add a row for it to the managed table.`,
		);
	} else {
		log.info(line);
	}
	return { kind: 'waiting', run: analysis.reference, isStuck };
}
