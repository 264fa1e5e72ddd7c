import type { AgeingResult } from './ageing.ts';
import type { DeliveryOutcome } from './delivery.ts';
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
	const delivered = outcomes.filter((outcome) => outcome.kind === 'delivered');
	const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
	const sum = (of: (outcome: (typeof delivered)[number]) => number): number =>
		delivered.reduce((total, outcome) => total + of(outcome), 0);
	const files = `${count(
		sum((each) => each.files),
		'file',
	)}, ${formatBytes(sum((each) => each.bytes))}`;
	const links = `${sum((each) => each.linked)} linked, ${sum((each) => each.alreadyLinked)} already linked`;
	const summary = [
		`${begins}: ${count(delivered.length, 'analysis', 'analyses')} delivered (${files}; ${links})`,
		`${outcomes.filter((outcome) => outcome.kind === 'nothing').length} without anything to deliver`,
		`${outcomes.filter((outcome) => outcome.kind === 'waiting').length} waiting`,
		`${failed.length} failed`,
	].join(', ');
	const aged = ageing.summary === '' ? '' : `; old data: ${ageing.summary}`;
	const stuck = outcomes.filter((outcome) => outcome.kind === 'waiting' && outcome.isStuck);
	const troubles = [
		...problemOf(failed, 'could not be delivered'),
		...problemOf(stuck, 'still waiting a day after the end'),
	];
	return { summary: summary + aged, needsPerson: [...problems, ...troubles, ...ageing.problems] };
}

function problemOf(outcomes: readonly DeliveryOutcome[], what: string): string[] {
	const runs = outcomes.flatMap((outcome) => ('run' in outcome ? [outcome.run] : []));
	return runs.length === 0
		? []
		: [`${count(runs.length, 'analysis', 'analyses')} ${what}: ${firstFew(runs)}`];
}
