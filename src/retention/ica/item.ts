import type { Analysis, Data } from '../../ica/schemas.ts';
import type { RetentionDecision } from '../shared/policy.ts';
import type { Inspection } from './inspection.ts';

/** What is to be done with the output of one old analysis. */
export interface RetentionItem {
	readonly analysis: Analysis;
	readonly decision: RetentionDecision;
	/** What the analysis lists as its own output, and the source project owns. */
	readonly items: readonly Data[];
	readonly files: number;
	readonly bytes: number;
}

/** One analysis, with what was seen of it. */
export interface Decided {
	readonly inspection: Inspection;
	readonly item: RetentionItem;
}
