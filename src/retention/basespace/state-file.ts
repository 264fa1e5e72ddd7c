import { existsSync } from 'node:fs';
import { z } from 'zod';
import { replaceFile } from '../../common/atomic-write.ts';
import { FileError, reasonOf } from '../../common/errors.ts';
import { readRegularFile } from '../../common/local-files.ts';

/** Some 100 bytes for each `bsshoutput.json` that was read. */
const maxBytes = 200_000_000;

/*
 * What one pass leaves for the next about BaseSpace. Losing it loses no data: files are read again, what is on its way
 * back from the archive is asked for again, and a trash of which nobody knows any more who filled it is left alone.
 */

const openProjectSchema = z.object({ name: z.string(), analysis: z.string() });

const stateSchema = z.object({
	/** Which projects the `bsshoutput.json` with this data id names. */
	outputs: z.record(z.string(), z.array(z.string())),
	/**
	 * Projects in which something is still to be aged, each with the id of an analysis that named it when it was due itself.
	 * Earlier versions left bare names, also of projects that no such analysis named: those are forgotten.
	 */
	projects: z
		.array(z.union([z.string(), openProjectSchema]))
		.transform((projects) => projects.filter((project) => typeof project !== 'string')),
	/** When a dataset or run was last asked to be unarchived: milliseconds since 1970. */
	restoring: z.record(z.string(), z.number()),
	/** What this program moved to the trash, and nobody is known to have emptied since. */
	trashed: z.array(z.string()),
	/** What waits for a date or for somebody to act, and until when it need not be looked at: milliseconds since 1970. */
	postponed: z.record(z.string(), z.number()).optional(),
	/** Whether BaseSpace failed when the trash was to be emptied, so that the next pass has to. */
	isTrashLeft: z.boolean().optional(),
});
export type BaseSpaceState = z.infer<typeof stateSchema>;

/**
 * Reads what earlier passes left.
 * @returns what was saved, empty where there is none; and a warning when there is one that cannot be read
 */
export function readBaseSpaceState(file: string): {
	readonly saved: BaseSpaceState;
	readonly warning: string | undefined;
} {
	const empty: BaseSpaceState = { outputs: {}, projects: [], restoring: {}, trashed: [] };
	if (!existsSync(file)) {
		return { saved: empty, warning: undefined };
	}
	try {
		return {
			saved: stateSchema.parse(JSON.parse(readRegularFile(file, maxBytes).toString())),
			warning: undefined,
		};
	} catch {
		return {
			saved: empty,
			warning: `${file} cannot be read, and is begun anew: what is in BaseSpace's trash counts as somebody else's.`,
		};
	}
}

/**
 * Replaces the file, whole or not at all.
 * @throws {FileError}
 */
export function writeBaseSpaceState(file: string, saved: BaseSpaceState): void {
	try {
		replaceFile(file, `${JSON.stringify(saved, null, '\t')}\n`);
	} catch (error) {
		throw new FileError(`${file} could not be written: ${reasonOf(error)}.`);
	}
}
