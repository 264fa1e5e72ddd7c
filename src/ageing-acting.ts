import type { AgeingContext } from './ageing.ts';
import type { Change, ChangeEnd } from './ageing-report.ts';
import { ServiceError } from './errors.ts';
import type { Data } from './ica/schemas.ts';

/**
 * Changes one file or folder.
 * @throws whatever is none of ICA's failures
 */
export async function changeItem(context: AgeingContext, item: Data, change: Change): Promise<ChangeEnd> {
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
