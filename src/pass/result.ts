import type { Monitored } from '../analyses/monitor.ts';
import { count, firstFew, formatBytes } from '../common/text.ts';
import type { Delivery, DeliveryOutcome } from '../delivery/context.ts';
import type { Recipient } from '../delivery/recipients.ts';
import type { Project } from '../ica/schemas.ts';
import type { OldDataResult } from '../retention/retention.ts';
import { describeOldData, type OldData } from '../retention/shared/totals.ts';

/** What a pass came to. */
export interface PassResult {
	/** The counts, for the summary's line. */
	readonly summary: string;
	/** The counts alone. */
	readonly counts: string;
	/** What a person should look at; empty when all that was due is done. */
	readonly needsAction: readonly string[];
	readonly source: Project;
	readonly recipients: readonly Recipient[];
	readonly monitored: Monitored;
	readonly deliveries: DeliveryTotals;
	readonly oldData: OldData;
	/** What ended the pass before its end; undefined: it came to its end. */
	readonly cutShortBy: unknown;
}

/** What was delivered: from how many analyses, and how many files and bytes. */
interface DeliveredTotals {
	readonly delivered: number;
	readonly files: number;
	readonly bytes: number;
	readonly linked: number;
	readonly alreadyLinked: number;
}

/** The same of all recipients, and how many analyses came to another end. */
interface DeliveryTotals extends DeliveredTotals {
	/** What each recipient got, by its name. */
	readonly byRecipient: ReadonlyMap<string, DeliveredTotals>;
	readonly nothing: number;
	readonly waiting: number;
	readonly failed: number;
}

/**
 * Adds up a pass.
 * @param begins the summary's first words
 * @param problems what went wrong beside deliveries and ageing
 */
export function resultOf(
	begins: string,
	outcomes: readonly DeliveryOutcome[],
	oldData: OldDataResult | undefined,
	problems: readonly string[],
): Pick<PassResult, 'summary' | 'counts' | 'needsAction' | 'deliveries' | 'oldData'> {
	const deliveries = addUp(outcomes);
	const parts = describe(deliveries);
	const delivered = parts.length === 0 ? 'nothing to deliver' : parts.join(', ');
	const { ica, basespace } = oldData ?? { ica: undefined, basespace: undefined };
	const aged = describeOldData({ ica, basespace });
	const agedPart = aged === '' ? '' : `; old data: ${aged}`;
	const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
	const stuck = outcomes.filter((outcome) => outcome.kind === 'waiting' && outcome.isStuck);
	const lost = outcomes.filter((outcome) => outcome.kind === 'lost');
	const lessened = outcomes.filter((outcome) => outcome.kind !== 'lost' && outcome.hasLost === true);
	const ambiguous = outcomes.filter((outcome) => outcome.kind === 'ambiguous');
	const troubles = [
		...problemOf(failed, 'could not be delivered'),
		...problemOf(lost, 'never delivered, and the data deleted'),
		...problemOf(lessened, 'delivered without files that were deleted before'),
		...problemOf(stuck, 'still waiting a day after the end'),
		...problemOf(ambiguous, 'open, since the patterns of several recipients match some of the files'),
	];
	return {
		summary: `${begins}: ${delivered}${agedPart}`,
		counts: `${parts.length === 0 ? 'nothing delivered' : delivered}${agedPart}`,
		needsAction: [...problems, ...troubles, ...(oldData?.problems ?? [])],
		deliveries,
		oldData: { ica, basespace },
	};
}

function addUp(outcomes: readonly DeliveryOutcome[]): DeliveryTotals {
	const many = (...kinds: readonly DeliveryOutcome['kind'][]): number =>
		outcomes.filter(({ kind }) => kinds.includes(kind)).length;
	const all = outcomes.flatMap(({ deliveries }) => deliveries);
	const names = [...new Set(all.map(({ recipient }) => recipient.name))];
	return {
		...totalsOf(all),
		delivered: outcomes.filter(({ kind, deliveries }) => kind === 'delivered' || deliveries.length > 0)
			.length,
		byRecipient: new Map(
			names.map((name) => [name, totalsOf(all.filter(({ recipient }) => recipient.name === name))]),
		),
		nothing: many('nothing', 'lost'),
		waiting: many('waiting', 'ambiguous'),
		failed: many('failed'),
	};
}

/** @param deliveries each of another analysis, as a rule */
function totalsOf(deliveries: readonly Delivery[]): DeliveredTotals {
	const sum = (of: (delivery: Delivery) => number): number =>
		deliveries.reduce((total, delivery) => total + of(delivery), 0);
	return {
		delivered: deliveries.length,
		files: sum(({ files }) => files),
		bytes: sum(({ bytes }) => bytes),
		linked: sum(({ linked }) => linked),
		alreadyLinked: sum(({ alreadyLinked }) => alreadyLinked),
	};
}

/** Zero counts are omitted. */
function describe(totals: DeliveryTotals): string[] {
	const { delivered, files, bytes, linked, alreadyLinked, nothing, waiting, failed } = totals;
	const parts: readonly (readonly [number, string])[] = [
		[
			delivered,
			`${count(delivered, 'analysis', 'analyses')} delivered (${count(files, 'file')}, ${formatBytes(bytes)}; ` +
				`${linked} linked, ${alreadyLinked} already linked)`,
		],
		[nothing, `${nothing} without anything to deliver`],
		[waiting, `${waiting} waiting`],
		[failed, `${failed} failed`],
	];
	return parts.flatMap(([many, words]) => (many === 0 ? [] : [words]));
}

function problemOf(outcomes: readonly DeliveryOutcome[], what: string): string[] {
	const runs = outcomes.map(({ run }) => run);
	return runs.length === 0
		? []
		: [`${count(runs.length, 'analysis', 'analyses')} ${what}: ${firstFew(runs, 3)}`];
}
