import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { reasonOf, SetupError } from './errors.ts';
import type { Project } from './ica/schemas.ts';
import type { RunEnd } from './run-end.ts';
import type { PassResult } from './summary.ts';

/** When a run was, in milliseconds since 1970, UTC, and of which version. */
export interface RunTimes {
	readonly version: string;
	readonly begun: number;
	readonly ended: number;
}

/**
 * Finds out whether the summary can be written when the pass is over.
 * @throws {SetupError}
 */
export function checkSummaryFile(file: string): void {
	try {
		// it is replaced by another file, so that its folder is what must be writable
		accessSync(dirname(file), constants.W_OK);
	} catch (error) {
		throw new SetupError(`The summary file ${file} cannot be written: ${reasonOf(error)}.`);
	}
	if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
		throw new SetupError(`The summary file ${file} is a folder: give the path of a file.`);
	}
}

/** Replaces the summary file, whole or not at all. */
export async function writeSummaryFile(file: string, end: RunEnd, times: RunTimes): Promise<void> {
	await writeFileAtomic(file, `${JSON.stringify(summaryOf(end, times), undefined, '\t')}\n`);
}

function summaryOf({ exitStatus, message, needsPerson, result, requests }: RunEnd, times: RunTimes): object {
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
		old_data:
			oldData === undefined
				? null
				: Object.fromEntries(
						oldData.map(({ what, count, bytes }) => [
							what.toLowerCase().replaceAll(' ', '_'),
							{ count, bytes },
						]),
					),
	};
}

function nameAndId({ name, id }: Project): object {
	return { name, id };
}
