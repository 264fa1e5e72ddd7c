import type { ServiceTime } from '../common/clock-check.ts';
import type { IcaClient } from '../ica/client.ts';
import type { Analysis, Data, Project } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import type { Outbox } from '../state/outbox.ts';
import type { Linked } from './linking.ts';
import type { Recipient } from './recipients.ts';
import type { UploadAction } from './upload.ts';

/** What became of an analysis. */
export interface DeliveryOutcome {
	readonly kind:
		| 'delivered'
		/** It never had anything for anybody, or was delivered before. */
		| 'nothing'
		/** It was never delivered, and its data has been deleted. */
		| 'lost'
		| 'waiting'
		| 'failed'
		/** Several patterns match some of its FASTQs, which was not reported within the last day. */
		| 'ambiguous';
	/** Its reference. */
	readonly run: string;
	/** `waiting` only: so long after its end that a person should have a look. */
	readonly isStuck?: boolean;
	/** Whether a recipient's FASTQs were deleted before they could be delivered. */
	readonly hasLost?: boolean;
	/** What was delivered in this pass, also when the analysis could not be recorded. */
	readonly deliveries: readonly Delivery[];
}

/** What one recipient got, for the line in the log. */
export interface Delivery extends Linked {
	readonly recipient: Recipient;
	readonly files: number;
	readonly bytes: number;
	/** Its FASTQs that were deleted before they could be delivered. */
	readonly lost: number;
	/** Files that are in the archive, or on the way to or from it: linked, and not to be read now. */
	readonly archived: number;
	readonly manifest: UploadAction;
}

/** An analysis of which something was delivered. */
export interface DeliveredAnalysis {
	readonly analysis: Analysis;
	readonly deliveries: readonly Delivery[];
	/** How many FASTQs it has, those of all groups. */
	readonly fastqs: number;
	/** FASTQs that no pattern matches. */
	readonly nobodys: readonly Data[];
	/** Whether there is more than one recipient, so that each is named. */
	readonly areSeveral: boolean;
}

/** Everything that a delivery changes. A dry run has effects that only find out what they would do. */
export interface DeliveryEffects {
	/** Links files to a project, and returns when all are linked. */
	link(run: string, files: readonly Data[], project: Project): Promise<Linked>;
	/** Keeps a manifest here and uploads it to the recipient's project. */
	uploadManifest(recipient: Recipient, project: Project, name: string, csv: Buffer): Promise<UploadAction>;
	/** Writes the analysis into the managed table. */
	record(analysis: Analysis): void;
	/** Whether a recipient got just this in an earlier pass, which could not record the analysis. */
	hasShare(analysis: Analysis, recipient: Recipient, csv: Buffer): boolean;
	/** Leaves for later passes that a recipient has got its share of an analysis that cannot be recorded yet. */
	keepShare(analysis: Analysis, recipient: Recipient, csv: Buffer): void;
	/** Gets what people are to be notified of. */
	readonly outbox: Pick<Outbox, 'add' | 'during'>;
	/** Whether something was not reported within the last day; notes that it is now. */
	isNews(what: string): boolean;
	/** Whether lines about deliveries come in the order of the analyses, or as each comes to its end. */
	readonly linesInOrder: boolean;
	/** What was delivered, or would be, for the log. */
	describe(delivered: DeliveredAnalysis): string;
}

export interface DeliveryContext {
	readonly ica: IcaClient;
	readonly source: Project;
	readonly recipients: readonly Recipient[];
	readonly effects: DeliveryEffects;
	/** By ICA's clock. */
	readonly time: ServiceTime;
}

/** One delivery, with the log of its own lines. */
export type OneDelivery = DeliveryContext & { readonly log: Log };
