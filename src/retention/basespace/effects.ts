import type { BaseSpaceClient } from '../../basespace/client.ts';
import { emptyTrash, moveItems, moveToTrash } from '../../basespace/items.ts';
import type { BaseSpaceItem } from '../../basespace/schemas.ts';
import { type BaseSpaceMemory, writeMemory } from './state-file.ts';

/** What ageing changes in BaseSpace. A dry run has effects that change nothing. */
export interface BaseSpaceEffects {
	/** Asks for items, all of one kind, to be archived or brought back. */
	move(change: 'archive' | 'unarchive', items: readonly BaseSpaceItem[]): Promise<void>;
	/** @returns whether it is in the trash now */
	moveToTrash(item: BaseSpaceItem): Promise<boolean>;
	emptyTrash(): Promise<void>;
	/** Leaves something for the next pass. */
	remember(memory: BaseSpaceMemory): void;
	/** How the line about an emptied trash begins. */
	readonly emptied: string;
}

/** What the effects need. */
export interface BaseSpaceTarget {
	readonly client: BaseSpaceClient;
	readonly memoryFile: string;
}

/** The effects of a real pass. */
export function realBaseSpaceEffects({ client, memoryFile }: BaseSpaceTarget): BaseSpaceEffects {
	return {
		move: (change, items) => moveItems(client, change, items),
		async moveToTrash(item) {
			await moveToTrash(client, item);
			return true;
		},
		emptyTrash: () => emptyTrash(client),
		remember: (memory) => writeMemory(memoryFile, memory),
		emptied: "Emptied BaseSpace's trash",
	};
}

/** Effects that change nothing. */
export const dryRunBaseSpaceEffects: BaseSpaceEffects = {
	move: () => Promise.resolve(),
	moveToTrash: () => Promise.resolve(false),
	emptyTrash: () => Promise.resolve(),
	remember: () => undefined,
	emptied: "Would empty BaseSpace's trash",
};
