import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../common/atomic-write.ts';
import { reasonOf, SetupError } from '../common/errors.ts';
import { readRegularFile, realPathOf } from '../common/local-files.ts';
import { decodeSavedText } from '../common/saved-text.ts';
import { sentence } from '../common/text.ts';
import type { Project } from '../ica/schemas.ts';
import type { PassResult } from '../pass/result.ts';
import { isLocked } from '../state/lock.ts';
import { exitStatus as statuses } from './exit-status.ts';
import type { RunOutcome } from './outcome.ts';

/** When a run was, in milliseconds since 1970, UTC, and of which version. */
export interface RunTimes {
	readonly version: string;
	readonly begun: number;
	readonly ended: number;
}

/** A summary has some kB, and names three analyses for each kind of trouble. */
const maxBytes = 10_000_000;

/** What every version of the summary has had. */
const summarySchema = z.object({ version: z.string(), ended: z.string(), exit_status: z.number() });

/**
 * Finds out whether the summary can be written when the pass is over, and would replace nothing but a summary.
 * @throws {SetupError}
 */
export function checkSummaryFile(file: string): void {
	let text: string;
	try {
		// it is replaced by another file, so that its folder is what must be writable
		accessSync(dirname(realPathOf(file)), constants.W_OK);
		text = existsSync(file) ? decodeSavedText(readRegularFile(file, maxBytes)).trim() : '';
	} catch (error) {
		throw new SetupError(`The summary file ${file} cannot be written: ${sentence(reasonOf(error))}`);
	}
	const other = text === '' ? undefined : otherThanSummary(text);
	if (other !== undefined) {
		throw new SetupError(
			`${file} would be replaced by the summary, and holds ${other}: give --summary_file a file of its own.`,
		);
	}
}

/** What a text is that is no summary; nothing of it is shown, since it might be a secret. */
function otherThanSummary(text: string): string | undefined {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		return 'text that is no JSON';
	}
	return summarySchema.safeParse(content).success ? undefined : 'JSON that is no summary';
}

/**
 * Whether the summary of a run is to be left alone, because it belongs to another pass that is at work: that one will tell
 * how it ended, and neither a run that met it nor one that could not even begin is the last word.
 */
export function belongsToAnother({ exitStatus }: RunOutcome, managedTable: string): boolean {
	return exitStatus === statuses.locked || (exitStatus === statuses.wrongSetup && isLocked(managedTable));
}

/**
 * Replaces the summary file, whole or not at all.
 * @throws {Error} when it cannot be written, or is something else than a summary
 */
export function writeSummaryFile(file: string, end: RunOutcome, times: RunTimes): void {
	try {
		checkSummaryFile(file);
	} catch (error) {
		if (end.exitStatus === statuses.wrongSetup) {
			// that is what the run has ended with, or another thing to mend first
			return;
		}
		throw error;
	}
	replaceFile(file, `${JSON.stringify(summaryOf(end, times), undefined, '\t')}\n`);
}

function summaryOf(
	{ exitStatus, message, needsPerson, result, requests }: RunOutcome,
	times: RunTimes,
): object {
	return {
		version: times.version,
		started: new Date(times.begun).toISOString(),
		ended: new Date(times.ended).toISOString(),
		exit_status: exitStatus,
		message,
		needs_person: needsPerson,
		requests: requests ?? null,
		...(result === undefined ? nothingKnown : countsOf(result)),
	};
}

const nothingKnown = {
	source_project: null,
	destination_project: null,
	analyses: null,
	deliveries: null,
	old_data: null,
	old_data_in_basespace: null,
};

function countsOf({ source, destination, monitored, deliveries, oldData }: PassResult): object {
	return {
		source_project: nameAndId(source),
		destination_project: nameAndId(destination),
		analyses: {
			under_way: monitored.underWay.length,
			succeeded: monitored.succeeded.length,
			new: monitored.toDeliver.length,
			failed: monitored.failed.length,
		},
		deliveries: {
			delivered: deliveries.delivered,
			files: deliveries.files,
			bytes: deliveries.bytes,
			linked: deliveries.linked,
			already_linked: deliveries.alreadyLinked,
			nothing_to_deliver: deliveries.nothing,
			waiting: deliveries.waiting,
			failed: deliveries.failed,
		},
		old_data: oldData.ica ?? null,
		old_data_in_basespace: oldData.basespace ?? null,
	};
}

function nameAndId({ name, id }: Project): object {
	return { name, id };
}
