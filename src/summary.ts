import type { AgeingResult } from './ageing.ts';
import type { Delivery, DeliveryOutcome } from './delivery.ts';
import { count, firstFew, formatBytes } from './text.ts';

/** What a pass came to. */
export interface PassResult {
	/** The counts, for the summary's line. */
	readonly summary: string;
	/** What a person should look at; empty when all that was due is done. */
	readonly needsPerson: readonly string[];
}

/**
 * Adds up a pass.
 * @param begins the summary's first words
 * @param problems what went wrong beside deliveries and ageing
 */
export function resultOf(
	begins: string,
	outcomes: readonly DeliveryOutcome[],
	ageing: AgeingResult,
	problems: readonly string[],
): PassResult {
	const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
	const counts: readonly (readonly [number, string])[] = [
		[outcomes.filter((outcome) => outcome.kind === 'nothing').length, 'without anything to deliver'],
		[outcomes.filter((outcome) => outcome.kind === 'waiting').length, 'waiting'],
		[failed.length, 'failed'],
	];
	const parts = [
		...describeDelivered(outcomes.filter((outcome) => outcome.kind === 'delivered')),
		...counts.flatMap(([many, what]) => (many === 0 ? [] : [`${many} ${what}`])),
	];
	const summary = `${begins}: ${parts.length === 0 ? 'nothing to deliver' : parts.join(', ')}`;
	const aged = ageing.summary === '' ? '' : `; old data: ${ageing.summary}`;
	const stuck = outcomes.filter((outcome) => outcome.kind === 'waiting' && outcome.isStuck);
	const troubles = [
		...problemOf(failed, 'could not be delivered'),
		...problemOf(stuck, 'still waiting a day after the end'),
	];
	return { summary: summary + aged, needsPerson: [...problems, ...troubles, ...ageing.problems] };
}

function describeDelivered(delivered: readonly Delivery[]): string[] {
	if (delivered.length === 0) {
		return [];
	}
	const sum = (of: (delivery: Delivery) => number): number =>
		delivered.reduce((total, delivery) => total + of(delivery), 0);
	const files = count(
		sum((each) => each.files),
		'file',
	);
	const bytes = formatBytes(sum((each) => each.bytes));
	const linked = sum((each) => each.linked);
	const alreadyLinked = sum((each) => each.alreadyLinked);
	return [
		`${count(delivered.length, 'analysis', 'analyses')} delivered (${files}, ${bytes}; ${linked} linked, ${alreadyLinked} already linked)`,
	];
}

function problemOf(outcomes: readonly DeliveryOutcome[], what: string): string[] {
	const runs = outcomes.flatMap((outcome) => ('run' in outcome ? [outcome.run] : []));
	return runs.length === 0
		? []
		: [`${count(runs.length, 'analysis', 'analyses')} ${what}: ${firstFew(runs, 3)}`];
}
