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
import type { RetentionTotals } from '../retention/shared/totals.ts';
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
 * Whether the summary of a run is to be left alone, because it belongs to another pass that is at work: that one will report
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

interface Named {
	readonly name: string;
	readonly id: string;
}

/** What one recipient got. */
interface RecipientSummary {
	readonly name: string;
	/** `null` when it could not be found. */
	readonly project: Named | null;
	readonly delivered: number;
	readonly files: number;
	readonly bytes: number;
}

/** The summary file. Every key is always there: `null` is what is not known, since the pass did not get so far. */
interface Summary {
	readonly version: string;
	/** ISO 8601, UTC. */
	readonly started: string;
	/** ISO 8601, UTC. */
	readonly ended: string;
	readonly exit_status: number;
	readonly message: string;
	readonly needs_person: readonly string[];
	readonly requests: number | null;
	readonly source_project: Named | null;
	/** `null`, too, where a recipients file names several. */
	readonly destination_project: Named | null;
	/** In the order of the recipients file; the only one is called MGI. */
	readonly recipients: readonly RecipientSummary[] | null;
	/** How many BCLConvert analyses. */
	readonly analyses: Readonly<Record<'under_way' | 'succeeded' | 'new' | 'failed', number>> | null;
	/** How many analyses, and of those that were delivered how many files and bytes. */
	readonly deliveries: Readonly<
		Record<
			| ('delivered' | 'files' | 'bytes' | 'linked' | 'already_linked')
			| ('nothing_to_deliver' | 'waiting' | 'failed'),
			number
		>
	> | null;
	/** Of analyses in ICA. */
	readonly old_data: RetentionTotals | null;
	/** Of datasets and runs in BaseSpace; `null`, too, when nothing is to be done there. */
	readonly old_data_in_basespace: RetentionTotals | null;
}

function summaryOf(
	{ exitStatus, message, needsAction, result, requests }: RunOutcome,
	{ version, begun, ended }: RunTimes,
): Summary {
	const known = <Value>(of: (pass: PassResult) => Value): Value | null =>
		result === undefined ? null : of(result);
	return {
		version,
		started: new Date(begun).toISOString(),
		ended: new Date(ended).toISOString(),
		exit_status: exitStatus,
		message,
		needs_person: needsAction,
		requests: requests ?? null,
		source_project: known(({ source }) => namedOf(source)),
		destination_project: known(({ recipients: [only, ...others] }) =>
			others.length === 0 ? namedOf(only?.project) : null,
		),
		recipients: known(({ recipients, deliveries: { byRecipient } }) =>
			recipients.map(({ name, project }) => {
				const { delivered, files, bytes } = byRecipient.get(name) ?? { delivered: 0, files: 0, bytes: 0 };
				return { name, project: namedOf(project), delivered, files, bytes };
			}),
		),
		analyses: known(({ monitored: { underWay, succeeded, toDeliver, failed } }) => ({
			under_way: underWay.length,
			succeeded: succeeded.length,
			new: toDeliver.length,
			failed: failed.length,
		})),
		deliveries: known(({ deliveries: { alreadyLinked, nothing, byRecipient: _, ...counts } }) => ({
			...counts,
			already_linked: alreadyLinked,
			nothing_to_deliver: nothing,
		})),
		old_data: known(({ oldData }) => oldData.ica ?? null),
		old_data_in_basespace: known(({ oldData }) => oldData.basespace ?? null),
	};
}

function namedOf(project: Project | undefined): Named | null {
	return project === undefined ? null : { name: project.name, id: project.id };
}
