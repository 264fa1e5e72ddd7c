import { count, firstFew, formatBytes, sentence } from '../../common/text.ts';
import type { Recipient } from '../../delivery/recipients.ts';
import type { DataChange } from '../../ica/data.ts';
import type { Notification } from '../../state/notifications.ts';
import type { ChangeOutcome } from '../shared/changes.ts';
import { days } from '../shared/report.ts';
import type { BaseSpaceAged } from './decisions.ts';
import type { BaseSpacePlan } from './plan.ts';

/** A dataset or run that is to be changed. */
export type BaseSpaceChange = BaseSpaceAged & { readonly change: DataChange };

/** The datasets and runs among some items: "3 datasets and 1 run". */
function countItems(items: readonly BaseSpaceAged[]): string {
	const datasets = items.filter(({ item }) => item.kind === 'dataset').length;
	const parts = [
		...(datasets > 0 ? [count(datasets, 'dataset')] : []),
		...(datasets < items.length ? [count(items.length - datasets, 'run')] : []),
	];
	return parts.length === 0 ? 'no datasets and no runs' : parts.join(' and ');
}

/** Name and id, for a reader. */
export function labelOf({ item }: BaseSpaceAged): string {
	return `${item.kind} ${item.name} (${item.id})`;
}

/** One dataset or run, for a reader: its age, size, project and the reason. */
export function describeAged(aged: BaseSpaceAged): string {
	const { project, decision, bytes } = aged;
	const where = project === undefined ? '' : ` of project ${project}`;
	return `${labelOf(aged)}${where} in BaseSpace: ${days({ decision })} old, ${formatBytes(bytes)}: ${decision.why}.`;
}

/**
 * What people are notified of when it is deleted. A dataset concerns the recipient whose pattern alone its name matches; a
 * run, the core alone.
 */
export function deletedThere(
	{ item, decision, bytes }: BaseSpaceAged,
	recipients: readonly Pick<Recipient, 'name' | 'pattern'>[],
): Notification {
	const matching = recipients.filter(({ pattern }) => item.kind === 'dataset' && pattern.test(item.name));
	return {
		event: 'deleted',
		key: ['BaseSpace', item.kind, item.id],
		recipients: matching.length === 1 ? matching.map(({ name }) => ({ name, bytes })) : [],
		place: 'BaseSpace',
		item: `${item.name} (${item.id})`,
		bytes,
		reason: `${days({ decision })} old: ${sentence(decision.why)}`,
	};
}

/** What was looked into, and what was left alone there for which reason. */
export function describeLookedInto({ projects, items, kept }: BaseSpacePlan): string {
	const reasons = [...byReason(kept)].map(([why, some]) => {
		// what is to be expected of most needs no names
		const names = usual.has(why) ? '' : `: ${firstFew(some.map(labelOf), 3)}`;
		return `${some.length} ${why}${names}`;
	});
	const alone = reasons.length === 0 ? '' : ` Left alone: ${reasons.join('; ')}.`;
	return `BaseSpace: ${countItems([...items, ...kept])} in ${count(projects.length, 'project')} (${firstFew(projects, 5)}), ${items.length} due.${alone}`;
}

function byReason(items: readonly BaseSpaceAged[]): Map<string, BaseSpaceAged[]> {
	const groups = new Map<string, BaseSpaceAged[]>();
	for (const aged of items) {
		const group = groups.get(aged.decision.why);
		if (group === undefined) {
			groups.set(aged.decision.why, [aged]);
		} else {
			group.push(aged);
		}
	}
	return groups;
}

/** What is due and not done now: one line each, or one for all when many have the same reason. */
export function describePostponed(items: readonly BaseSpaceAged[]): string[] {
	return [...byReason(items)].flatMap(([why, some]) =>
		some.length <= maxLines
			? some.map(describeAged)
			: [`${countItems(some)} in BaseSpace (${firstFew(some.map(labelOf), 3)}): ${why}.`],
	);
}

const maxLines = 5;
const usual: ReadonlySet<string> = new Set(['young', 'archived already', 'in the trash or deleted already']);

/** What of ageing in BaseSpace needs action. */
export function problemsInBaseSpace(
	plan: BaseSpacePlan,
	outcomes: ReadonlyMap<BaseSpaceChange, ChangeOutcome>,
): string[] {
	const endedSo = (kind: ChangeOutcome['kind']): BaseSpaceChange[] =>
		[...outcomes].filter(([, outcome]) => outcome.kind === kind).map(([change]) => change);
	const parts: readonly (readonly [boolean, string])[] = [
		[
			endedSo('forbidden').length > 0,
			`BaseSpace does not allow this token to archive or delete ${countItems(endedSo('forbidden'))}`,
		],
		[
			endedSo('failed').length > 0,
			`${countItems(endedSo('failed'))} could not be archived or deleted in BaseSpace`,
		],
		[
			plan.items.some(({ decision }) => decision.needsAction),
			`${countItems(plan.items.filter(({ decision }) => decision.needsAction))} in BaseSpace due, and held until somebody acts`,
		],
		[
			plan.heldAll?.needsAction === true && plan.items.some(({ decision }) => decision.action === 'hold'),
			`nothing is aged in BaseSpace: ${plan.heldAll?.why}`,
		],
		[
			plan.ambiguous.length > 0,
			`several BaseSpace projects are named ${firstFew(plan.ambiguous, 3)}: rename all but one`,
		],
		[
			plan.unreadable.length > 0,
			`${count(plan.unreadable.length, 'entry', 'entries')} of BaseSpace could not be read`,
		],
	];
	return parts.flatMap(([isSo, what]) => (isSo ? [what] : []));
}
