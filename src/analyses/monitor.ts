import type { AnalysisIds } from '../common/ids.ts';
import { byCodeUnits } from '../common/text.ts';
import type { Analysis } from '../ica/schemas.ts';
import { beginOf, ended } from './times.ts';

/** The BCLConvert analyses of a project, by what is to be done about them. */
export interface Monitored {
	readonly underWay: readonly Analysis[];
	readonly succeeded: readonly Analysis[];
	/** Succeeded and not yet in the managed table, the oldest first; those without a date that can be are the last. */
	readonly toDeliver: readonly Analysis[];
	readonly failed: readonly Analysis[];
}

/**
 * Sorts out a project's analyses.
 * @param analyses of any pipeline and status
 * @param pipelinePattern which pipeline codes are BCLConvert's
 * @param managedIds ids of the analyses in the managed table
 * @param now milliseconds since 1970, UTC
 */
export function monitor(
	analyses: readonly Analysis[],
	pipelinePattern: RegExp,
	managedIds: AnalysisIds,
	now: number,
): Monitored {
	const bclConvert = analyses.filter((analysis) => pipelinePattern.test(analysis.pipelineCode));
	const succeeded = bclConvert.filter((analysis) => analysis.status === 'SUCCEEDED');
	return {
		underWay: bclConvert.filter((analysis) => !ended.has(analysis.status)),
		succeeded,
		toDeliver: oldestFirst(
			succeeded.filter((analysis) => !managedIds.has(analysis.id)),
			now,
		),
		failed: bclConvert.filter((analysis) => ended.has(analysis.status) && analysis.status !== 'SUCCEEDED'),
	};
}

/** By their beginning; what began at the same time always in the same order. */
function oldestFirst(analyses: readonly Analysis[], now: number): Analysis[] {
	return analyses
		.map((analysis) => ({ analysis, time: beginOf(analysis, now) ?? Number.MAX_VALUE }))
		.sort(
			(a, b) =>
				a.time - b.time ||
				byCodeUnits(a.analysis.reference, b.analysis.reference) ||
				byCodeUnits(a.analysis.id, b.analysis.id),
		)
		.map(({ analysis }) => analysis);
}
