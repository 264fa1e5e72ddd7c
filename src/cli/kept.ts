import { existsSync } from 'node:fs';
import { reasonOf } from '../common/errors.ts';
import { sentence } from '../common/text.ts';
import type { Options } from '../options/pass-options.ts';
import type { PassState } from '../state/state-file.ts';
import { exitStatus } from './exit-status.ts';
import type { RunOutcome } from './outcome.ts';
import { belongsToAnother, type RunTimes, writeSummaryFile } from './summary-file.ts';

/** What a run leaves behind, and where. */
interface Kept {
	readonly options: Pick<Options, 'summaryFile' | 'analysesManagedTable'>;
	readonly state: PassState;
}

/**
 * Leaves behind what later passes, and monitoring, want to know.
 * @returns the exit status, in which it counts when that is not possible
 */
export function keep(
	{ options, state }: Kept,
	outcome: RunOutcome,
	times: RunTimes,
	report: (trouble: string) => void,
): number {
	const { exitStatus: status } = outcome;
	const { summaryFile, analysesManagedTable: managedTable } = options;
	const unsaved = saveState(state, managedTable, outcome);
	if (unsaved !== undefined) {
		report(unsaved);
	}
	if (summaryFile === undefined || belongsToAnother(outcome, managedTable)) {
		return status;
	}
	try {
		writeSummaryFile(summaryFile, outcome, times);
		return status;
	} catch (error) {
		report(`The summary file ${summaryFile} could not be written: ${sentence(reasonOf(error))}`);
		return status === exitStatus.done ? exitStatus.needsAction : status;
	}
}

/** A start that failed leaves nothing where no pass has been at work before. */
function saveState(
	state: PassState,
	managedTable: string,
	{ result, exitStatus: status }: RunOutcome,
): string | undefined {
	return status === exitStatus.wrongSetup && !existsSync(managedTable)
		? undefined
		: state.save(result !== undefined && result.cutShortBy === undefined);
}
