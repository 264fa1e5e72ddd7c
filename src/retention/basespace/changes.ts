import pLimit from 'p-limit';
import { OutageError, ServiceError } from '../../common/errors.ts';
import type { Recipient } from '../../delivery/recipients.ts';
import type { ChangeOutcome } from '../shared/changes.ts';
import type { RetentionContext } from '../shared/context.ts';
import type { BaseSpaceEffects } from './effects.ts';
import { type BaseSpaceChange, deletedThere, describeAged, labelOf } from './report.ts';
import type { MissingScopes } from './scopes.ts';

export interface ActingContext extends Pick<RetentionContext, 'log'> {
	readonly verbs: RetentionContext['effects']['verbs'];
	readonly effects: BaseSpaceEffects;
	readonly scopes: MissingScopes;
	/** Gets what people are to be notified of. */
	readonly outbox: RetentionContext['effects']['outbox'];
	readonly recipients: readonly Pick<Recipient, 'name' | 'pattern'>[];
	/** Called after each item that has been changed. */
	readonly onDone: (change: BaseSpaceChange, isInTrash: boolean) => void;
}

/** So many ids go into one request. */
const itemsInOneRequest = 100;
const requestsAtOnce = 8;

/**
 * Changes datasets and runs: deletions first, then what is unarchived, then what is archived. What fails does not keep
 * the others.
 * @returns what became of each
 * @throws {StoppedError}
 */
export async function changeInBaseSpace(
	context: ActingContext,
	changes: readonly BaseSpaceChange[],
): Promise<Map<BaseSpaceChange, ChangeOutcome>> {
	const outcomes = new Map<BaseSpaceChange, ChangeOutcome>();
	const allowed = changes.filter((change) => {
		const scope = context.scopes.stopping(change.change);
		if (scope !== undefined) {
			outcomes.set(change, { kind: 'forbidden', why: scope });
			context.log.error(`Not done, since the token lacks ${scope}: ${change.change} ${describeAged(change)}`);
		}
		return scope === undefined;
	});
	const only = (wanted: BaseSpaceChange['change']): BaseSpaceChange[] =>
		allowed.filter(({ change }) => change === wanted);
	const deleted = await toTheEnd(only('delete'), (change) => deleteAndNotify(context, change));
	for (const [change, outcome] of deleted) {
		outcomes.set(change, outcome);
	}
	for (const word of ['unarchive', 'archive'] as const) {
		const moved = await toTheEnd(batchesOf(only(word)), (batch) => moveBatch(context, word, batch));
		for (const [change, outcome] of moved.flat()) {
			outcomes.set(change, outcome);
		}
	}
	return outcomes;
}

/** Several side by side; when one is stopped by a signal, the others still come to their own stop, and are noted. */
async function toTheEnd<Work, Result>(
	works: readonly Work[],
	carryOut: (work: Work) => Promise<Result>,
): Promise<Result[]> {
	const limit = pLimit(requestsAtOnce);
	const outcomes = await Promise.allSettled(works.map((work) => limit(carryOut, work)));
	return outcomes.map((result) => {
		if (result.status === 'rejected') {
			throw result.reason;
		}
		return result.value;
	});
}

/** A request is about datasets or about runs. */
function batchesOf(changes: readonly BaseSpaceChange[]): BaseSpaceChange[][] {
	return (['dataset', 'run'] as const).flatMap((kind) => {
		const some = changes.filter(({ item }) => item.kind === kind);
		const batches: BaseSpaceChange[][] = [];
		for (let start = 0; start < some.length; start += itemsInOneRequest) {
			batches.push(some.slice(start, start + itemsInOneRequest));
		}
		return batches;
	});
}

async function deleteAndNotify(context: ActingContext, change: BaseSpaceChange): Promise<ItemOutcome> {
	return await context.outbox.during(
		deletedThere(change, context.recipients),
		() => deleteOne(context, change),
		([, { kind }], wasLeftOpen) => kind === 'changed' || (kind === 'gone' && wasLeftOpen),
	);
}

async function deleteOne(context: ActingContext, change: BaseSpaceChange): Promise<ItemOutcome> {
	try {
		succeed(context, change, await context.effects.moveToTrash(change.item));
		return [change, { kind: 'changed' }];
	} catch (error) {
		if (!(error instanceof ServiceError && error.failure === 'not found')) {
			return [change, failed(context, error)];
		}
		if (error.afterLostAnswer) {
			// the try before, whose answer was lost, has done it
			succeed(context, change, true);
			return [change, { kind: 'changed' }];
		}
		context.log.info(`${labelOf(change)} is gone from BaseSpace: somebody else has deleted it.`);
		return [change, { kind: 'gone' }];
	}
}

type ItemOutcome = readonly [BaseSpaceChange, ChangeOutcome];

/** One request for many; when BaseSpace refuses it for the sake of some, one request for each. */
async function moveBatch(
	context: ActingContext,
	word: 'archive' | 'unarchive',
	batch: readonly BaseSpaceChange[],
): Promise<ItemOutcome[]> {
	const items = batch.map(({ item }) => item);
	try {
		await context.effects.move(word, items);
	} catch (error) {
		if (batch.length > 1 && error instanceof ServiceError && error.isRefusal) {
			const outcomes: ItemOutcome[] = [];
			for (const each of batch) {
				outcomes.push(...(await moveBatch(context, word, [each])));
			}
			return outcomes;
		}
		const outcome = failed(context, error);
		return batch.map((change) => [change, outcome]);
	}
	return batch.map((change) => {
		succeed(context, change, false);
		return [change, { kind: 'changed' }];
	});
}

function succeed(context: ActingContext, change: BaseSpaceChange, isInTrash: boolean): void {
	context.log.info(`${context.verbs[change.change]} ${describeAged(change)}`, {
		event: 'retention',
		action: change.change,
		bytes: change.bytes,
	});
	context.onDone(change, isInTrash);
}

/** @throws whatever is none of BaseSpace's failures */
function failed({ log }: ActingContext, error: unknown): ChangeOutcome {
	if (!(error instanceof ServiceError || error instanceof OutageError)) {
		throw error;
	}
	if (error instanceof ServiceError && (error.failure === 'not found' || error.failure === 'conflict')) {
		log.info(`${error.message} It is gone, under way, or not to be changed now; a later pass looks again.`);
		return { kind: 'not now' };
	}
	log.error(error.message);
	return error instanceof ServiceError && error.failure === 'forbidden'
		? { kind: 'forbidden', why: error.message }
		: { kind: 'failed' };
}
