import type { DataItem } from '../simulator/model.ts';
import { dayMillis, daysFrom, daysOfNotice, hasReached, isPossible } from './ages.ts';
import { type Case, isDeliverable, isUnderWay, manifestPathOf, overlap, owedTo } from './cases.ts';
import { sharedFolders } from './places.ts';
import type { Story } from './story.ts';

/** Why data must not be touched. */
export interface Reason {
	readonly why: string;
	/** Whether it takes a person to end it. */
	readonly needsAction: boolean;
	/** Whether it may be passed over, too. */
	readonly isOpen?: boolean;
	/** Whether it is only that the recipient has had it for too short a time. */
	readonly isNotice?: boolean;
}

/** So long after its end a file that ICA's list of outputs does not mention may still be the analysis's own. */
const ownFilesWithinMillis = dayMillis;

/** Counted from the later of the end and the newest file of its own; undefined: from a time that cannot be. */
export function ageOf({ analysis }: Case, at: Date): number | undefined {
	const { endDate, startDate, timeCreated, files, otherOutputs } = analysis;
	const own = [...files, ...otherOutputs.filter(({ type, gone }) => type === 'FILE' && !gone)];
	const times = [endDate ?? startDate ?? timeCreated, ...own.map((file) => file.timeCreated)];
	const newest = new Date(Math.max(...times.map((time) => time.getTime())));
	const [end] = times;
	return end !== undefined && isPossible(end, at) && isPossible(newest, at)
		? daysFrom(newest, at)
		: undefined;
}

/** Since when, in days, its files are with all recipients, as the manifests there say; undefined: they are not. */
export function deliveredSince(story: Story, one: Case, at: Date): number | undefined {
	const manifests = owedTo(story, one).map(({ project }) =>
		story.world.findByPath(project, manifestPathOf(one)),
	);
	const days = manifests.flatMap((manifest) =>
		manifest?.status === 'AVAILABLE' ? [daysFrom(manifest.timeCreated, at)] : [],
	);
	return days.length > 0 && days.length === manifests.length ? Math.min(...days) : undefined;
}

/**
 * Why the output of an analysis must not be archived or deleted, its age apart; nothing: it may be.
 * @param target what of its output
 */
export function reasonsAgainst(story: Story, one: Case, target: DataItem, at: Date): Reason[] {
	return [
		...deliveryReasons(story, one, at),
		...[
			one.managedBy === 'basespace' && 'BaseSpace manages it',
			ageOf(one, at) === undefined && 'it has a date that cannot be',
			foreignIn(story, one, target),
			placeOf(target),
		].flatMap((why) => (typeof why === 'string' ? [{ why, needsAction: true }] : [])),
		...neighbourReasons(story, one, target),
		...useReasons(story, target),
	];
}

/** The undelivered and the just delivered. */
export function deliveryReasons(story: Story, one: Case, at: Date): Reason[] {
	const { world, table } = story;
	if (isUnderWay(world, one.analysis)) {
		return [{ why: 'it is under way', needsAction: false }];
	}
	if (!isDeliverable(world, one)) {
		return [];
	}
	if (!table.ids.has(one.analysis.id)) {
		return [{ why: 'it is not in the managed table', needsAction: false }];
	}
	if (owedTo(story, one).length === 0) {
		return [];
	}
	const since = deliveredSince(story, one, at);
	if (since === undefined) {
		return [{ why: 'it was not delivered', needsAction: true }];
	}
	return hasReached(since, daysOfNotice)
		? []
		: [{ why: `it was delivered ${since.toFixed(1)} days ago`, needsAction: false, isNotice: true }];
}

/** Data below that is not the analysis's own, or, where ICA does not list what is, that does not look so. */
function foreignIn({ world }: Story, { analysis }: Case, target: DataItem): string | undefined {
	if (world.data.linkedBelow(target).length > 0) {
		return "another project's data is linked into it";
	}
	const end = (analysis.endDate ?? analysis.startDate ?? analysis.timeCreated).getTime();
	const isOwn = (file: DataItem): boolean =>
		(analysis.childrenListed ?? world.childrenListed)
			? analysis.output.has(file)
			: file.timeCreated.getTime() <= end + ownFilesWithinMillis;
	const foreign = world.data.below(target).find((item) => item.type === 'FILE' && !isOwn(item));
	return foreign && `${foreign.path} is not its own`;
}

function placeOf({ path }: DataItem): string | undefined {
	return sharedFolders.includes(path) || path.startsWith('/ilmn-runs/')
		? 'it is a place that all share'
		: undefined;
}

/** What is another's output, too. */
function neighbourReasons(story: Story, one: Case, target: DataItem): Reason[] {
	return story.cases
		.filter((other) => other !== one)
		.flatMap((other) => {
			const { outputFolder, otherOutputs } = other.analysis;
			const isNear = ({ gone, path }: DataItem): boolean => !gone && overlap(path, target.path);
			const why = `it is the output of ${other.analysis.reference}, too`;
			if (outputFolder !== undefined && isNear(outputFolder)) {
				return [{ why, needsAction: true }];
			}
			const isListed = otherOutputs.some((item) => !sharedFolders.includes(item.path) && isNear(item));
			return isListed ? [{ why, needsAction: true, isOpen: isMereClaim(story, one, other) }] : [];
		});
}

/**
 * Whether an analysis has only listed what is another's: what it put there itself was made a day or more apart, and is
 * known by that. To ask all that ever ran what they list would be too much.
 */
function isMereClaim(story: Story, one: Case, other: Case): boolean {
	const [end, otherEnd] = [one, other].map(({ analysis }) => analysis.endDate ?? analysis.timeCreated);
	const daysApart = end && otherEnd ? Math.abs(daysFrom(end, otherEnd)) : 0;
	const isDone = deliveryReasons(story, other, story.world.now()).length === 0;
	return isDone && daysApart > 1;
}

function useReasons({ world, users, cases }: Story, target: DataItem): Reason[] {
	const underWay = [...users, ...cases.map(({ analysis }) => analysis)].filter((analysis) =>
		isUnderWay(world, analysis),
	);
	const ids = underWay.flatMap(({ launched }) => launched.inputs.flatMap(({ data }) => data));
	const used = ids
		.map(({ dataId }) => world.data.get(dataId))
		.find((item) => item?.project === target.project && overlap(item.path, target.path));
	return used === undefined ? [] : [{ why: `${used.path} is in use`, needsAction: false }];
}
