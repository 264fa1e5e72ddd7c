import type { Monitored } from '../analyses/monitor.ts';
import { count, firstFew, formatBytes } from '../common/text.ts';
import type { DeliveryOutcome } from '../delivery/delivery.ts';
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
	readonly destination: Project;
	readonly monitored: Monitored;
	readonly deliveries: DeliveryTotals;
	readonly oldData: OldData;
	/** What ended the pass before its end; undefined: it came to its end. */
	readonly cutShortBy: unknown;
}

/** How many analyses, and of those that were delivered how many files and bytes. */
interface DeliveryTotals {
	readonly delivered: number;
	readonly files: number;
	readonly bytes: number;
	readonly linked: number;
	readonly alreadyLinked: number;
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
	const lessened = outcomes.filter((outcome) => outcome.kind === 'delivered' && outcome.lost > 0);
	const troubles = [
		...problemOf(failed, 'could not be delivered'),
		...problemOf(lost, 'never delivered, and the data deleted'),
		...problemOf(lessened, 'delivered without files that were deleted before'),
		...problemOf(stuck, 'still waiting a day after the end'),
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
	const delivered = outcomes.filter((outcome) => outcome.kind === 'delivered');
	const sum = (of: (delivery: (typeof delivered)[number]) => number): number =>
		delivered.reduce((total, delivery) => total + of(delivery), 0);
	const many = (kind: DeliveryOutcome['kind']): number =>
		outcomes.filter((outcome) => outcome.kind === kind).length;
	return {
		delivered: delivered.length,
		files: sum((each) => each.files),
		bytes: sum((each) => each.bytes),
		linked: sum((each) => each.linked),
		alreadyLinked: sum((each) => each.alreadyLinked),
		nothing: many('nothing') + many('lost'),
		waiting: many('waiting'),
		failed: many('failed'),
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
	const runs = outcomes.flatMap((outcome) => ('run' in outcome ? [outcome.run] : []));
	return runs.length === 0
		? []
		: [`${count(runs.length, 'analysis', 'analyses')} ${what}: ${firstFew(runs, 3)}`];
}
