import type { AnalysisIds } from '../../common/ids.ts';
import type { ProofRequest } from '../../delivery/proof.ts';
import type { Recipient } from '../../delivery/recipients.ts';
import type { DataChange } from '../../ica/data.ts';
import type { Analysis, Data, Project } from '../../ica/schemas.ts';
import type { Log } from '../../log/log.ts';
import type { Outbox } from '../../state/outbox.ts';
import type { Postponed } from '../../state/state-file.ts';
import type { RetentionThresholds } from './due.ts';
import { longest } from './due.ts';
import type { RetentionTotals } from './totals.ts';

/** What an earlier pass has found out of an analysis that need not be looked at yet. */
export type PostponedItem = Omit<Postponed, 'thresholds'>;

/** What is to be aged, and by which rules. */
export interface RetentionRequest extends ProofRequest {
	/** All analyses of the source project. */
	readonly analyses: readonly Analysis[];
	/** Ids that were in the managed table when the pass began. */
	readonly managedIds: AnalysisIds;
	/** What is younger than these is not looked at: the shortest of all. */
	readonly thresholds: RetentionThresholds;
	/** For what is owed to nobody; each recipient has its own. */
	readonly ownThresholds: RetentionThresholds;
	/** What an earlier pass has found out of an analysis that need not be looked at yet; undefined for any other. */
	readonly postponed: (analysis: Analysis) => PostponedItem | undefined;
	/** Ids of those of which an earlier pass has seen that they put out nothing but into the folders that bear their names. */
	readonly keepToThemselves: ReadonlySet<string>;
}

/** What retention changes. A dry run has effects that change nothing. */
export interface RetentionEffects {
	/** Gets what people are to be notified of. */
	readonly outbox: Pick<Outbox, 'during'>;
	changeData(item: Data, change: DataChange): Promise<void>;
	/** Whether something is gone, or about to be; false where that cannot be seen. */
	isDeleted(item: Data): Promise<boolean>;
	/** How a line about a change begins: "Deleting", or "Would delete". */
	readonly verbs: Readonly<Record<DataChange, string>>;
	/** Whether each deletion that is due is named, though none is done since there are too many. */
	readonly namesAllDue: boolean;
	/** What an earlier pass has found out of an analysis that need not be looked at yet; undefined for any other. */
	postponed(analysis: Analysis, now: number): PostponedItem | undefined;
	/** Whether an earlier pass has reported that an analysis is held, so that this one need not ask for action again. */
	wasHeld(analysis: Analysis, now: number): boolean;
	/** Ids of analyses that put out nothing but into the folders that bear their names, as far as a pass has seen. */
	readonly keepToThemselves: ReadonlySet<string>;
	rememberAlone(analysisIds: readonly string[]): void;
	/** Leaves for later passes that an analysis need not be looked at for some time. */
	postpone(analysis: Analysis, postponed: PostponedItem): void;
}

/** Where and how old data is aged. */
export interface RetentionContext {
	readonly source: Project;
	readonly effects: RetentionEffects;
	readonly maxDeletions: number;
	/** The command that started this pass, for advice on how to go on. */
	readonly command: string;
	readonly log: Log;
}

/** What retention came to in one place. */
export interface RetentionResult {
	/** undefined when nothing could be found out. */
	readonly totals: RetentionTotals | undefined;
	/** What needs action. */
	readonly problems: readonly string[];
	/** What ended it before its end, when something had been changed already. */
	readonly cutShortBy?: unknown;
}

/**
 * By which thresholds an analysis's output is aged: the longest of those to whom it was delivered.
 * @param owedTo those of whom it has FASTQs
 */
export function thresholdsFor(
	{ ownThresholds }: Pick<RetentionRequest, 'ownThresholds'>,
	owedTo: readonly Recipient[],
): RetentionThresholds {
	return owedTo.length === 0 ? ownThresholds : longest(owedTo);
}
