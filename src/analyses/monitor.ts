import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFile } from '../common/atomic-write.ts';
import { reasonOf, SetupError } from '../common/errors.ts';
import { readRegularFile, realPathOf } from '../common/local-files.ts';
import { decodeSavedText } from '../common/saved-text.ts';
import { byCodeUnits, sentence } from '../common/text.ts';
import type { Analysis } from '../ica/schemas.ts';
import { isId } from '../options/checks.ts';
import { beginOf } from '../requeue/same-work.ts';
import type { ManagedIds } from '../state/managed-rows.ts';

/** 200,000 ids. */
const maxBytes = 8_000_000;
const whiteSpace = /\s/;

/** Begins a file with an id that is no UUID, which might be any word otherwise. */
const signature = '# ids of the BCLConvert analyses under way\n';

/** ICA's statuses of an analysis that has ended; every other one, known or not, is under way. */
const endedStatuses: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'FAILED_FINAL', 'ABORTED']);

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
	managedIds: ManagedIds,
	now: number,
): Monitored {
	const bclConvert = analyses.filter((analysis) => pipelinePattern.test(analysis.pipelineCode));
	const succeeded = bclConvert.filter((analysis) => analysis.status === 'SUCCEEDED');
	return {
		underWay: bclConvert.filter((analysis) => !endedStatuses.has(analysis.status)),
		succeeded,
		toDeliver: oldestFirst(
			succeeded.filter((analysis) => !managedIds.has(analysis.id)),
			now,
		),
		failed: bclConvert.filter(
			(analysis) => endedStatuses.has(analysis.status) && analysis.status !== 'SUCCEEDED',
		),
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

/**
 * Refuses to replace a file that is something else than a monitored file, such as the managed table.
 * @throws {SetupError}
 */
export function checkMonitoredFile(file: string): void {
	let text: string;
	try {
		// it is replaced by another file, so that its folder is what must be writable
		accessSync(dirname(realPathOf(file)), constants.W_OK);
		text = existsSync(file) ? decodeSavedText(readRegularFile(file, maxBytes)) : '';
	} catch (error) {
		throw new SetupError(`The monitored file ${file} cannot be replaced: ${sentence(reasonOf(error))}`);
	}
	if (!(text.startsWith(signature) || text.split(whiteSpace).every((word) => word === '' || isId(word)))) {
		throw new SetupError(
			`${file} would be replaced by the ids of the analyses under way, and holds something else: give --analyses_monitored_file a file of its own.`,
		);
	}
}

/** Replaces the monitored file, whole or not at all, by the ids of the analyses under way, one a line. */
export function writeMonitoredFile(file: string, underWay: readonly Analysis[]): void {
	const begins = underWay.every(({ id }) => isId(id)) ? '' : signature;
	replaceFile(file, begins + underWay.map(({ id }) => `${id}\n`).join(''));
}
