import pLimit from 'p-limit';
import type { AgeingContext } from './ageing.ts';
import { type Change, type ChangeEnd, describeItem } from './ageing-report.ts';
import { ServiceError } from './errors.ts';
import type { Data } from './ica/schemas.ts';

const changesAtOnce = 8;
/** So many analyses in a row that ICA refuses to touch, and not one that it does not: it is the project. */
const refusalsOfProject = 3;

/** Deletions before archiving; and one by one until ICA has allowed the first. */
export async function changeAll(
	context: AgeingContext,
	changes: readonly Change[],
): Promise<Map<Change, ChangeEnd>> {
	const ends = new Map<Change, ChangeEnd>();
	const attempt = async (change: Change): Promise<ChangeEnd> => {
		const end = await changeOne(context, change);
		ends.set(change, end);
		return end;
	};
	let tried = 0;
	for (const change of changes) {
		tried++;
		const { kind } = await attempt(change);
		if (kind !== 'forbidden') {
			break;
		}
		if (tried === refusalsOfProject) {
			return ends;
		}
	}
	const rest = changes.slice(tried);
	const limit = pLimit(changesAtOnce);
	await Promise.all(rest.filter(({ change }) => change !== 'archive').map((each) => limit(attempt, each)));
	await Promise.all(rest.filter(({ change }) => change === 'archive').map((each) => limit(attempt, each)));
	return ends;
}

/**
 * All items of one analysis. One that is gone, or cannot be changed now, does not keep the others; one that is refused does,
 * and what was changed before it is told all the same.
 */
async function changeOne(context: AgeingContext, change: Change): Promise<ChangeEnd> {
	const changed: Data[] = [];
	let end: ChangeEnd = { kind: 'gone' };
	for (const item of change.items) {
		const of = await changeItem(context, item, change);
		if (of.kind === 'changed') {
			changed.push(item);
		}
		if (of.kind === 'forbidden' || of.kind === 'failed') {
			end = of;
			break;
		}
		end = of.kind === 'gone' || end.kind === 'changed' ? end : of;
	}
	if (changed.length > 0) {
		context.log.info(
			`${context.effects.verbs[change.change]} ${describeItem({ ...change, items: changed })}`,
		);
	}
	return end;
}

/**
 * Changes one file or folder.
 * @throws whatever is none of ICA's failures
 */
async function changeItem(context: AgeingContext, item: Data, change: Change): Promise<ChangeEnd> {
	try {
		await context.effects.changeData(item, change.change);
		return { kind: 'changed' };
	} catch (error) {
		if (!(error instanceof ServiceError)) {
			throw error;
		}
		return await endOf(context, item, change, error);
	}
}

/** What a failure comes to. An answer that was lost is none: what was asked for is found by looking. */
async function endOf(
	{ effects, log }: AgeingContext,
	item: Data,
	{ change, analysis }: Change,
	error: ServiceError,
): Promise<ChangeEnd> {
	const { failure, message } = error;
	if (failure === 'forbidden') {
		return { kind: 'forbidden', why: message };
	}
	if (change === 'delete' && error.afterLostAnswer) {
		return { kind: 'changed' };
	}
	if (failure === 'not found') {
		log.info(`${item.path} of ${analysis.reference} is gone already.`);
		return { kind: 'gone' };
	}
	if (failure === 'conflict') {
		log.info(`${message} It is under way, or not to be changed now; a later pass looks again.`);
		return { kind: 'not now' };
	}
	if (change === 'delete' && (await effects.isDeleted(item))) {
		return { kind: 'changed' };
	}
	log.error(`${message} (${analysis.reference})`);
	return { kind: 'failed' };
}
