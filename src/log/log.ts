/** What happened, for machines. */
type LogEvent =
	| 'begin'
	| 'delivered'
	| 'nothing_to_deliver'
	| 'waiting'
	| 'not_delivered'
	| 'failed_analysis'
	| 'retention'
	| 'summary'
	| 'attention';

/** What a line is about, for machines: in the JSON log beside the message. */
export interface LogFields {
	readonly event?: LogEvent;
	readonly analysis_id?: string;
	/** The analysis's reference. */
	readonly run_id?: string;
	readonly bytes?: number;
	/** What was done with old data, would be, or is not now. */
	readonly action?: 'archive' | 'unarchive' | 'delete' | 'wait' | 'hold';
}

/** Where a pass reports what it does. A message is one line; secrets in it are blanked out. */
export interface Log {
	error(message: string, fields?: LogFields): void;
	warn(message: string, fields?: LogFields): void;
	info(message: string, fields?: LogFields): void;
	debug(message: string, fields?: LogFields): void;
}

/** The fields that name an analysis. */
export function aboutAnalysis({
	id,
	reference,
}: {
	readonly id: string;
	readonly reference: string;
}): Pick<LogFields, 'analysis_id' | 'run_id'> {
	return { analysis_id: id, run_id: reference };
}

/** What a person sees while the program runs: information on `out`, warnings and errors on `err`. */
export interface Console {
	/** Both get a line with its newline. */
	readonly out: (line: string) => void;
	readonly err: (line: string) => void;
	/** Whether a person is looking on, so that everything is shown as what it is. */
	readonly isTerminal?: boolean;
	/** On a terminal: what is going on just now, in place of what was; an empty text takes it away. */
	readonly progress?: (text: string) => void;
}
