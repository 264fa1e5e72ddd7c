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
	/** When the last of these had got it, in milliseconds since 1970; undefined: that is not known, or nobody got anything. */
	readonly deliveredAt: number | undefined;
	readonly files: number;
	readonly bytes: number;
}

/** One analysis, with what was seen of it. */
export interface Decided {
	readonly inspection: Inspection;
	readonly item: RetentionItem;
}
