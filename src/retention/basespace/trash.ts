import type { BaseSpaceClient } from '../../basespace/client.ts';
import { listTrash } from '../../basespace/items.ts';
import type { BaseSpaceList } from '../../basespace/paging.ts';
import type { TrashEntry } from '../../basespace/schemas.ts';
import { OutageError, ServiceError } from '../../common/errors.ts';
import { count, firstFew, sentence } from '../../common/text.ts';
import type { Log } from '../../log/log.ts';
import type { BaseSpaceEffects } from './effects.ts';

/** What this program put into the trash: keys of datasets and runs. */
export interface TrashKnowledge {
	/** In this pass or an earlier one. */
	readonly ours: ReadonlySet<string>;
	/** In this pass. */
	readonly justNow: readonly string[];
}

/**
 * Decides whether the trash may be emptied, which takes everything in it along.
 * @returns why not, or undefined
 */
export function reasonToKeepTrash(
	{ items, unreadable }: BaseSpaceList<TrashEntry>,
	{ ours, justNow }: TrashKnowledge,
): string | undefined {
	const foreign = items.filter(({ key }) => key === undefined || !ours.has(key)).map(({ name }) => name);
	if (foreign.length + unreadable.length > 0) {
		const names = [...foreign, ...unreadable.map(() => 'an entry that cannot be read')];
		return `${count(names.length, 'thing')} in it that this program did not put there: ${firstFew(names, 5)}`;
	}
	const listed = new Set(items.map(({ key }) => key));
	const missing = justNow.filter((key) => !listed.has(key));
	return missing.length === 0
		? undefined
		: `BaseSpace does not list everything in it: ${firstFew(missing, 3)}, which was put there just now, is missing`;
}

export interface TrashContext {
	readonly client: BaseSpaceClient;
	readonly effects: BaseSpaceEffects;
	readonly log: Log;
}

/** What became of the trash, and what of it needs action. */
export interface TrashOutcome {
	/** `failed`: BaseSpace did not answer as it should, so that a later pass has to try again. */
	readonly kind: 'emptied' | 'left' | 'failed';
	readonly problems: readonly string[];
}

/**
 * Empties the trash if it holds nothing but what this program put there.
 * @throws {StoppedError}
 */
export async function emptyTrashIfOurs(
	{ client, effects, log }: TrashContext,
	knowledge: TrashKnowledge,
): Promise<TrashOutcome> {
	const problems = ["BaseSpace's trash was not emptied"];
	try {
		const trash = await listTrash(client);
		const reason = reasonToKeepTrash(trash, knowledge);
		if (reason !== undefined) {
			log.warn(`BaseSpace's trash is not emptied: ${reason}.`);
			return { kind: 'left', problems };
		}
		await effects.emptyTrash();
		log.info(
			`${effects.emptied}: ${count(trash.items.length, 'thing')} in it, all put there by this program.`,
		);
		return { kind: 'emptied', problems: [] };
	} catch (error) {
		if (error instanceof ServiceError || error instanceof OutageError) {
			log.error(`${sentence(error.message)} BaseSpace's trash is left as it is.`);
			return { kind: 'failed', problems };
		}
		throw error;
	}
}
