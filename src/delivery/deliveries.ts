import pLimit from 'p-limit';
import type { Analysis } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import { inOrder } from '../log/ordered-log.ts';
import type { DeliveryContext, DeliveryOutcome } from './context.ts';
import { deliver } from './delivery.ts';

/** How a pass follows its deliveries. */
export interface DeliveryReports {
	readonly log: Log;
	/** Whether lines come in the order of the analyses, or as each comes to its end. */
	readonly linesInOrder: boolean;
	/** Called for each that came to an end, in whatever order. */
	readonly onOutcome: (outcome: DeliveryOutcome) => void;
	readonly onProgress: (done: number, total: number) => void;
}

const deliveriesAtOnce = 16;

/**
 * Delivers each analysis by itself; when one is stopped by a signal, the others still come to their own stop.
 * @throws {StoppedError} and {OutageError}
 */
export async function deliverAll(
	context: DeliveryContext,
	analyses: readonly Analysis[],
	{ log, linesInOrder, onOutcome, onProgress }: DeliveryReports,
): Promise<void> {
	const limit = pLimit(deliveriesAtOnce);
	const logs = linesInOrder ? inOrder(log) : undefined;
	let done = 0;
	const work = async (analysis: Analysis): Promise<void> => {
		const own = logs?.next();
		try {
			onOutcome(await deliver({ ...context, log: own ?? log }, analysis));
		} finally {
			own?.end();
		}
		done++;
		onProgress(done, analyses.length);
	};
	const results = await Promise.allSettled(analyses.map((analysis) => limit(work, analysis)));
	const failed = results.find((result) => result.status === 'rejected');
	if (failed !== undefined) {
		throw failed.reason;
	}
}
