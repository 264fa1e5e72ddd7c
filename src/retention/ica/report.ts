import { count, firstFew, formatBytes, sentence } from '../../common/text.ts';
import type { DataChange } from '../../ica/data.ts';
import { type Analysis, type Data, nameOf } from '../../ica/schemas.ts';
import { aboutAnalysis, type LogFields } from '../../log/log.ts';
import type { Notification } from '../../state/notifications.ts';
import type { ChangeOutcome } from '../shared/changes.ts';
import { shortDate } from '../shared/policy.ts';
import { days } from '../shared/report.ts';
import type { RetentionItem } from './item.ts';
import type { RetentionPlan } from './plan.ts';

/** An item of the plan that is to be changed. */
export type Change = RetentionItem & { readonly change: DataChange };

/**
 * What of ageing needs action.
 * @param wasReported whether that was reported of an analysis within the last day
 */
export function problemsOf(
	plan: RetentionPlan,
	outcomes: ReadonlyMap<Change, ChangeOutcome>,
	wasReported: (analysis: Analysis) => boolean,
): string[] {
	const counted: readonly (readonly [number, string])[] = [
		[plan.failures.length, 'could not be looked at for ageing'],
		[
			[...outcomes.values()].filter((outcome) => outcome.kind === 'failed').length,
			'could not be archived or deleted',
		],
		[
			plan.items.filter(({ analysis, decision }) => decision.needsAction && !wasReported(analysis)).length,
			'due, and held until somebody acts',
		],
	];
	return counted.flatMap(([many, what]) =>
		many === 0 ? [] : [`${count(many, 'analysis', 'analyses')} ${what}`],
	);
}

/** One analysis, for a reader: its age, size, what of it is whose, its place and the reason. */
export function describeItem(item: RetentionItem): string {
	const { analysis, decision, items, files, bytes } = item;
	const where = firstFew(
		items.map((each) => placeOf(each, analysis)),
		3,
	);
	return (
		`${nameOf(analysis)}: ${days({ decision })} old, ` +
		`${count(files, 'file')}${describeOwed(item)}, ${formatBytes(bytes)}, ${where}: ${decision.why}.`
	);
}

/** How many of its files recipients have, and since when. */
function describeOwed({ owed, deliveredAt }: RetentionItem): string {
	const shares = owed.map(({ name, files }) => `${files} ${name}'s`);
	const since =
		deliveredAt === undefined ? 'not known to be delivered' : `delivered ${shortDate(deliveredAt)}`;
	return shares.length === 0 ? '' : ` (${shares.join(', ')}, ${since})`;
}

/** What people are notified of when it is deleted. */
export function deleted({ analysis, decision, owed, files, bytes }: Change): Notification {
	return {
		event: 'deleted',
		key: [analysis.id],
		analysis,
		recipients: owed,
		place: 'ICA',
		files,
		bytes,
		reason: `${days({ decision })} old: ${sentence(decision.why)}`,
	};
}

/** Where an output is; a folder that bears its analysis's name is named by the folder around it. */
function placeOf({ path, id }: Data, { reference }: Analysis): string {
	const ending = `/${reference}/`;
	return path.endsWith(ending) ? `in ${path.slice(0, 1 - ending.length)} (${id})` : `${path} (${id})`;
}

/** The same, for machines. */
export function aboutItem({ analysis, decision: { action }, bytes }: RetentionItem): LogFields {
	return {
		event: 'retention',
		...aboutAnalysis(analysis),
		bytes,
		...(action === 'keep' ? {} : { action }),
	};
}
