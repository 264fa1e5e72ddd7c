import type { BaseSpaceAction, Item } from '../simulator/basespace/model.ts';
import { daysFrom, hasReached, isNear } from './ages.ts';
import type { BaseSpaceStory } from './basespace-story.ts';
import { type Case, isDeliverable } from './cases.ts';
import { ageOf, deliveryReasons } from './rules.ts';
import type { Story } from './story.ts';

/**
 * Holds what BaseSpace has in the end against what it should have.
 * @returns every difference, in words; none when all is well
 */
export function judgeBaseSpace(story: Story, basespace: BaseSpaceStory): string[] {
	const { items, untouchable, isPreciousThere } = basespace;
	const now = story.world.now();
	const wrong = [...items].filter(([item, cases]) => !isAsOldAsItLooks(story, item, cases));
	const emptied = untouchable.filter(({ state }) => state === 'gone');
	return [
		...wrong.map(
			([item]) => `${nameOf(item)} of ${daysFrom(item.dateCreated, now).toFixed(1)} days is ${stateOf(item)}`,
		),
		...emptied.map((item) => `${nameOf(item)}, thrown away by hand, is lost for good`),
		...(isPreciousThere ? [] : ["somebody else's data in the trash is lost for good"]),
	];
}

/**
 * Whether what was done in BaseSpace was right, by what is known when the pass that did it has ended.
 * @returns what is wrong with it
 */
export function judgeBaseSpaceAction(
	story: Story,
	{ items, untouchable }: BaseSpaceStory,
	{ action, item, at }: BaseSpaceAction,
): string[] {
	const what = `${action} of ${nameOf(item)} at ${at.toISOString()}`;
	const { toArchive, toDelete } = story.parties.longest;
	const border = action === 'archive' ? toArchive : toDelete;
	const age = daysFrom(item.dateCreated, at);
	// what a recipient has had for a short time is a dataset: its run can be much older, and delivered in part long ago
	const own = (items.get(item) ?? [])
		.flatMap((one) => deliveryReasons(story, one, at))
		.filter(({ isNotice }) => item.kind === 'dataset' || isNotice !== true);
	const named = item.kind === 'dataset' ? story.cases.filter((one) => isWaiting(story, one)) : [];
	return [
		...(untouchable.includes(item) ? ['it is not to be touched'] : []),
		...(hasReached(age, border) ? [] : [`it is ${age.toFixed(2)} days old`]),
		...own.map(({ why }) => `of its analysis, ${why}`),
		...named.map(({ analysis }) => `${analysis.reference}, which names its project, waits for its delivery`),
	].map((why) => `${what}: ${why}`);
}

/** Whether it holds the project that it names, as a succeeded analysis does that is not in the managed table. */
function isWaiting({ world, table }: Story, one: Case): boolean {
	return one.managedBy === 'basespace' && isDeliverable(world, one) && !table.ids.has(one.analysis.id);
}

function nameOf({ kind, name }: Item): string {
	return `BaseSpace's ${kind} ${name}`;
}

function stateOf({ state, isArchived }: Item): string {
	return state === 'there' && isArchived ? 'archived' : state;
}

function isAsOldAsItLooks(story: Story, item: Item, cases: readonly Case[]): boolean {
	const now = story.world.now();
	const age = daysFrom(item.dateCreated, now);
	const { toArchive, toDelete } = story.parties.longest;
	if (isNear(age, [toArchive, toDelete]) || isHeld(story, cases, now)) {
		return true;
	}
	const state = stateOf(item);
	if (hasReached(age, toDelete)) {
		return ['in the trash', 'gone'].includes(state) || isProjectYoungerThan(story, toDelete, now);
	}
	if (hasReached(age, toArchive)) {
		return state === 'archived' || (state === 'there' && isProjectYoungerThan(story, toArchive, now));
	}
	// what was in the archive before is judged when it is touched
	return state === 'there' || state === 'archived';
}

/** One that is not proven keeps what its project has, and only what has just been delivered does so for a time. */
function isHeld(story: Story, own: readonly Case[], now: Date): boolean {
	return own.length === 0 || story.cases.some((one) => deliveryReasons(story, one, now).length > 0);
}

/** Whether no analysis names the project that is itself, clearly, so old. */
function isProjectYoungerThan({ cases }: Story, border: number, now: Date): boolean {
	const ages = cases.filter(({ managedBy }) => managedBy === 'basespace').map((one) => ageOf(one, now) ?? 0);
	return !ages.some((age) => age > border + 0.2);
}
