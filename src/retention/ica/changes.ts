import pLimit from 'p-limit';
import { ServiceError } from '../../common/errors.ts';
import type { Data } from '../../ica/schemas.ts';
import { aboutAnalysis } from '../../log/log.ts';
import type { ChangeOutcome } from '../shared/changes.ts';
import type { RetentionContext } from '../shared/context.ts';
import { aboutItem, type Change, deleted, describeItem } from './report.ts';

const changesAtOnce = 8;
/** So many analyses in a row that ICA refuses to touch, and not one that it does not: it is the project. */
const refusalsOfProject = 3;

/** What became of each change, and what cut them short. */
interface Changed {
	readonly outcomes: ReadonlyMap<Change, ChangeOutcome>;
	readonly cutShortBy: unknown;
}

/**
 * Deletions before archiving; and one by one until ICA has allowed the first.
 * @returns also when a signal, or ICA, put an end to it: what was changed until then is reported
 */
export async function changeAll(context: RetentionContext, changes: readonly Change[]): Promise<Changed> {
	const outcomes = new Map<Change, ChangeOutcome>();
	const attempt = async (change: Change): Promise<ChangeOutcome> => {
		const outcome = await changeAndNotify(context, change);
		outcomes.set(change, outcome);
		return outcome;
	};
	try {
		const tried = await tryUntilAllowed(changes, attempt);
		if (tried !== undefined) {
			const rest = changes.slice(tried);
			await allOf(
				rest.filter(({ change }) => change !== 'archive'),
				attempt,
			);
			await allOf(
				rest.filter(({ change }) => change === 'archive'),
				attempt,
			);
		}
		return { outcomes, cutShortBy: undefined };
	} catch (error) {
		return { outcomes, cutShortBy: error };
	}
}

/** @returns how many were tried; undefined when ICA allows none */
async function tryUntilAllowed(
	changes: readonly Change[],
	attempt: (change: Change) => Promise<ChangeOutcome>,
): Promise<number | undefined> {
	let tried = 0;
	for (const change of changes) {
		tried++;
		const { kind } = await attempt(change);
		if (kind !== 'forbidden') {
			return tried;
		}
		if (tried === refusalsOfProject) {
			return undefined;
		}
	}
	return tried;
}

/** Each comes to its end, whatever becomes of the others. */
async function allOf(
	changes: readonly Change[],
	attempt: (change: Change) => Promise<ChangeOutcome>,
): Promise<void> {
	const limit = pLimit(changesAtOnce);
	const outcomes = await Promise.allSettled(changes.map((each) => limit(attempt, each)));
	const failed = outcomes.find((outcome) => outcome.status === 'rejected');
	if (failed !== undefined) {
		throw failed.reason;
	}
}

async function changeAndNotify(context: RetentionContext, change: Change): Promise<ChangeOutcome> {
	const changed: Data[] = [];
	const changeAllOf = (): Promise<ChangeOutcome> => changeOne(context, change, changed);
	return change.change === 'delete'
		? await context.effects.outbox.during(
				deleted(change),
				changeAllOf,
				({ kind }, wasLeftOpen) => changed.length > 0 || (kind === 'gone' && wasLeftOpen),
			)
		: await changeAllOf();
}

/**
 * All items of one analysis. One that is gone, or cannot be changed now, does not keep the others; one that is refused does,
 * and what was changed before it is reported all the same.
 * @param changed gets what was changed
 */
async function changeOne(context: RetentionContext, change: Change, changed: Data[]): Promise<ChangeOutcome> {
	let outcome: ChangeOutcome = { kind: 'gone' };
	try {
		for (const item of change.items) {
			const of = await changeItem(context, item, change);
			if (of.kind === 'changed') {
				changed.push(item);
			}
			if (of.kind === 'forbidden' || of.kind === 'failed') {
				return of;
			}
			outcome = of.kind === 'gone' || outcome.kind === 'changed' ? outcome : of;
		}
		return outcome;
	} finally {
		if (changed.length > 0) {
			const verb = context.effects.verbs[change.change];
			context.log.info(`${verb} ${describeItem({ ...change, items: changed })}`, aboutItem(change));
		}
	}
}

/**
 * Changes one file or folder.
 * @throws whatever is none of ICA's failures
 */
async function changeItem(context: RetentionContext, item: Data, change: Change): Promise<ChangeOutcome> {
	try {
		await context.effects.changeData(item, change.change);
		return { kind: 'changed' };
	} catch (error) {
		if (!(error instanceof ServiceError)) {
			throw error;
		}
		return await outcomeOf(context, item, change, error);
	}
}

/** What a failure comes to. An answer that was lost is none: what was asked for is found by looking. */
async function outcomeOf(
	{ effects, log }: RetentionContext,
	item: Data,
	planned: Change,
	error: ServiceError,
): Promise<ChangeOutcome> {
	const { change, analysis } = planned;
	const { failure, message } = error;
	if (failure === 'forbidden') {
		return { kind: 'forbidden', why: message };
	}
	if (change === 'delete' && error.afterLostAnswer) {
		return { kind: 'changed' };
	}
	if (failure === 'not found') {
		log.info(`${item.path} is gone already.`, aboutAnalysis(analysis));
		return { kind: 'gone' };
	}
	if (failure === 'conflict') {
		log.info(`${message} It is under way, or not to be changed now; a later pass looks again.`);
		return { kind: 'not now' };
	}
	if (change === 'delete' && (await effects.isDeleted(item))) {
		return { kind: 'changed' };
	}
	log.error(message.includes(analysis.reference) ? message : `${message} (${analysis.reference})`, {
		event: 'attention',
		...aboutAnalysis(analysis),
	});
	return { kind: 'failed' };
}
