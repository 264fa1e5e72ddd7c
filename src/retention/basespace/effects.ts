import type { BaseSpaceClient } from '../../basespace/client.ts';
import { emptyTrash, moveItems, moveToTrash } from '../../basespace/items.ts';
import type { BaseSpaceItem } from '../../basespace/schemas.ts';
import { type BaseSpaceState, writeBaseSpaceState } from './state-file.ts';

/** What ageing changes in BaseSpace. A dry run has effects that change nothing. */
export interface BaseSpaceEffects {
	/** Asks for items, all of one kind, to be archived or unarchived. */
	move(change: 'archive' | 'unarchive', items: readonly BaseSpaceItem[]): Promise<void>;
	/** @returns whether it is in the trash now */
	moveToTrash(item: BaseSpaceItem): Promise<boolean>;
	emptyTrash(): Promise<void>;
	/** Leaves something for the next pass. */
	saveState(state: BaseSpaceState): void;
	/** How the line about an emptied trash begins. */
	readonly emptied: string;
}

/** What the effects need. */
export interface BaseSpaceTarget {
	readonly client: BaseSpaceClient;
	readonly stateFile: string;
}

/** The effects of a real pass. */
export function realBaseSpaceEffects({ client, stateFile }: BaseSpaceTarget): BaseSpaceEffects {
	return {
		move: (change, items) => moveItems(client, change, items),
		async moveToTrash(item) {
			await moveToTrash(client, item);
			return true;
		},
		emptyTrash: () => emptyTrash(client),
		saveState: (state) => writeBaseSpaceState(stateFile, state),
		emptied: "Emptied BaseSpace's trash",
	};
}

/** Effects that change nothing. */
export const dryRunBaseSpaceEffects: BaseSpaceEffects = {
	move: () => Promise.resolve(),
	moveToTrash: () => Promise.resolve(false),
	emptyTrash: () => Promise.resolve(),
	saveState: () => undefined,
	emptied: "Would empty BaseSpace's trash",
};
