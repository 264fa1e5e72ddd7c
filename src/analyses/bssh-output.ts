import { z } from 'zod';
import { ServiceError } from '../common/errors.ts';
import type { IcaClient } from '../ica/client.ts';
import { getCredentials } from '../ica/credentials.ts';
import type { Data, Project } from '../ica/schemas.ts';
import type { Storage } from '../ica/transfer.ts';

/** The file that BaseSpace Sequence Hub leaves in the output of an analysis whose data it manages. */
export const bsshOutputName = 'bsshoutput.json';

const maxBytes = 16 * 1024 * 1024;

const bsshOutputSchema = z.object({ Projects: z.record(z.string(), z.object({ Name: z.string().min(1) })) });

/** The names of the BaseSpace projects that hold an analysis's datasets, or why they are not known. */
export type BsshOutput =
	| { readonly kind: 'names'; readonly names: readonly string[] }
	/** Nothing is wrong with it, and it cannot be read now: it is in the archive, or on its way. */
	| { readonly kind: 'away'; readonly why: string }
	| { readonly kind: 'unreadable'; readonly why: string };

/**
 * Reads the names of the projects out of the text of a `bsshoutput.json`.
 * @returns undefined when it is not what it should be
 */
function parseBsshOutput(text: string): readonly string[] | undefined {
	try {
		const { Projects } = bsshOutputSchema.parse(JSON.parse(text));
		return [...new Set(Object.values(Projects).map(({ Name }) => Name))];
	} catch {
		return undefined;
	}
}

/**
 * Reads a `bsshoutput.json` out of ICA's storage.
 * @throws {StoppedError} any other failure is a result
 */
export async function readBsshOutput(
	{ ica, storage }: { readonly ica: IcaClient; readonly storage: Storage },
	source: Project,
	file: Data,
): Promise<BsshOutput> {
	if (file.status !== 'AVAILABLE') {
		return { kind: 'away', why: `it is ${file.status}` };
	}
	try {
		const credentials = await getCredentials(ica, source.id, file, 'read');
		const names = parseBsshOutput((await storage.download(credentials, maxBytes)).toString('utf8'));
		return names === undefined
			? { kind: 'unreadable', why: 'expected JSON with the projects and their names in it' }
			: { kind: 'names', names };
	} catch (error) {
		if (error instanceof ServiceError) {
			return { kind: 'unreadable', why: error.message };
		}
		throw error;
	}
}
