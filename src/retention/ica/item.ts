import type { Analysis, Data } from '../../ica/schemas.ts';
import type { RecipientShare } from '../../state/notifications.ts';
import type { RetentionDecision } from '../shared/policy.ts';
import type { Inspection } from './inspection.ts';

/** What is to be done with the output of one old analysis. */
export interface RetentionItem {
	readonly analysis: Analysis;
	readonly decision: RetentionDecision;
	/** What the analysis lists as its own output, and the source project owns. */
	readonly items: readonly Data[];
	/** Those who got something of it, and how much is theirs. */
	readonly owed: readonly RecipientShare[];
	readonly files: number;
	readonly bytes: number;
}

/** One analysis, with what was seen of it. */
export interface Decided {
	readonly inspection: Inspection;
	readonly item: RetentionItem;
}
