import type { Exchange } from '../simulator/exchange.ts';
import type { ActionDone } from '../simulator/lifecycle.ts';
import { daysFrom, daysOfNotice, hasReached, isNear } from './ages.ts';
import { type Case, isDeliverable, thresholdsOf } from './cases.ts';
import { leaveAlone } from './hands.ts';
import { judgeBaseSpace } from './judge-basespace.ts';
import { judgeDeliveries } from './judge-deliveries.ts';
import { judgeIsolation } from './judge-isolation.ts';
import { judgeNotifications } from './judge-notifications.ts';
import { ageOf, deliveredSince, reasonsAgainst } from './rules.ts';
import type { Story } from './story.ts';

/**
 * Holds what is there in the end against what should be.
 * @param exchanges all requests of the campaign
 * @returns every difference, in words; none when all is well
 */
export function judge(story: Story, exchanges: readonly Exchange[]): string[] {
	return [
		...judgeTable(story),
		...judgeIsolation(story, exchanges),
		...judgeNotifications(story),
		...story.cases.flatMap((one) =>
			[judgeDeliveries(story, one), judgeAge(story, one)].flatMap(([first, ...more]) => {
				const others = more.length === 0 ? '' : `, and ${more.length} more`;
				return first === undefined ? [] : [`${one.analysis.reference}: ${first}${others}`];
			}),
		),
		...(story.basespace === undefined ? [] : judgeBaseSpace(story, story.basespace)),
	];
}

/**
 * Whether an archive, unarchive or delete is right at the moment at which it is done.
 * @returns what is wrong with it
 */
export function judgeAction(story: Story, { action, item, at }: ActionDone): string[] {
	const what = `${action} of ${item.path} at ${at.toISOString()}`;
	const owners = story.cases.filter(
		({ analysis: { outputFolder, output, otherOutputs } }) =>
			outputFolder === item || output.has(item) || otherOutputs.includes(item),
	);
	const [one] = owners;
	if (one === undefined) {
		return [`${what}: not the output of an analysis`];
	}
	const { toArchive, toDelete } = thresholdsOf(story, one);
	const border = action === 'archive' ? toArchive : toDelete;
	const age = ageOf(one, at);
	const tooYoung = age !== undefined && !hasReached(age, border);
	const reasons = reasonsAgainst(story, one, item, at)
		.filter(({ isOpen }) => isOpen !== true)
		.map(({ why }) => why);
	return [...(tooYoung ? [`it is ${age.toFixed(2)} days old`] : []), ...reasons].map(
		(why) => `${what}: ${why} (${one.analysis.id})`,
	);
}

/** Whether anything is to be seen to by a person, so that a pass may say so. */
export function isAnythingForAPerson(story: Story): boolean {
	const now = story.world.now();
	return story.cases.some(
		(one) =>
			one.hasRowByHand ||
			one.manifestDeletedOf !== undefined ||
			one.analysis.otherOutputs.length > 0 ||
			isDoubtful(story, one) ||
			(one.analysis.outputFolder?.gone === false &&
				reasonsAgainst(story, one, one.analysis.outputFolder, now).some(({ needsAction }) => needsAction)),
	);
}

function judgeTable({ cases, world, table }: Story): string[] {
	return table.differences(
		cases.flatMap((one): [string, string][] => {
			const { id, reference } = one.analysis;
			if (one.hasRowByHand) {
				return [[id, leaveAlone]];
			}
			return isDeliverable(world, one) ? [[id, reference]] : [];
		}),
	);
}

/** What the data of an analysis should have come to: what nothing protects is archived and deleted in the end. */
function judgeAge(story: Story, one: Case): string[] {
	const { outputFolder } = one.analysis;
	const now = story.world.now();
	const age = ageOf(one, now);
	if (outputFolder === undefined || age === undefined || isUndecided(story, one)) {
		return [];
	}
	const isGone = outputFolder.gone;
	// where one of its outputs is to be left alone, the others may be, too
	const outputs = [outputFolder, ...one.analysis.otherOutputs].filter(({ gone }) => !gone);
	if (!isGone && outputs.some((output) => reasonsAgainst(story, one, output, now).length > 0)) {
		return [];
	}
	const own = one.analysis.files.filter(({ gone, path }) => !gone && path.startsWith(outputFolder.path));
	const statuses = [...new Set(own.map(({ status }) => status))];
	const state = isGone ? 'gone' : statuses.join(', ');
	const { toArchive, toDelete } = thresholdsOf(story, one);
	const isRight = (): boolean => {
		if (hasReached(age, toDelete)) {
			return isGone;
		}
		const isArchived = hasReached(age, toArchive) || one.beganArchived;
		return !isGone && statuses.every((status) => status === (isArchived ? 'ARCHIVED' : 'AVAILABLE'));
	};
	return isRight() ? [] : [`is ${age.toFixed(1)} days old and ${state}`];
}

/** Whether either side is right. */
function isUndecided(story: Story, one: Case): boolean {
	const now = story.world.now();
	const since = deliveredSince(story, one, now);
	return (
		isDoubtful(story, one) ||
		isNear(ageOf(one, now) ?? 0, Object.values(thresholdsOf(story, one))) ||
		(since !== undefined && isNear(since, [daysOfNotice]))
	);
}

/** What the contract leaves open: an end that can be with a start that cannot, ICA's refusal, and a folder anywhere. */
function isDoubtful({ source }: Story, { analysis, managedBy }: Case): boolean {
	const { startDate, timeCreated, outputFolder, reference } = analysis;
	const isUsualPlace = [`/ilmn-analyses/${reference}/`, `/${reference}/`].includes(outputFolder?.path ?? '');
	return (
		daysFrom(startDate ?? timeCreated, timeCreated) > 1 ||
		(managedBy === 'ica' && source.externallyManaged) ||
		!isUsualPlace
	);
}
