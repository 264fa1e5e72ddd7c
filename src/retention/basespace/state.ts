import { keyOf } from '../../basespace/schemas.ts';
import type { BaseSpaceEffects } from './effects.ts';
import type { BaseSpacePlan } from './plan.ts';
import type { BaseSpaceChange } from './report.ts';
import type { BaseSpaceMemory } from './state-file.ts';

const weekMs = 7 * 24 * 60 * 60 * 1000;

/** What was asked back so long ago that it does not matter any more is forgotten. */
export function stillRestoring({ restoring }: BaseSpaceMemory, now: number): BaseSpaceMemory['restoring'] {
	return Object.fromEntries(Object.entries(restoring).filter(([, since]) => now - since < weekMs));
}

/** What somebody has taken out of the trash is no more this program's, should it ever get there again. */
export function stillTrashed({ trashed }: BaseSpaceMemory, { items, kept }: BaseSpacePlan): string[] {
	const present = [...items, ...kept].filter(({ item }) => !item.isDeleted);
	const back = new Set(present.map(({ item }) => keyOf(item)));
	return trashed.filter((key) => !back.has(key));
}

/** The memory while a pass adds to it; written when there is something new. */
export class Notes {
	readonly justTrashed: string[] = [];
	readonly #effects: BaseSpaceEffects;
	#memory: BaseSpaceMemory;
	#saved: string;

	/** @param memory as earlier passes left it */
	constructor(effects: BaseSpaceEffects, memory: BaseSpaceMemory) {
		this.#effects = effects;
		this.#memory = memory;
		this.#saved = JSON.stringify(memory);
	}

	get trashed(): readonly string[] {
		return this.#memory.trashed;
	}

	/** Puts in what was found out, and writes it down: it is good even when the rest of the pass is cut off. */
	update(found: Partial<BaseSpaceMemory>): void {
		this.#memory = { ...this.#memory, ...found };
		this.save();
	}

	/** Notes that something has been changed; what is in the trash is written down at once. */
	take({ item, change }: BaseSpaceChange, isInTrash: boolean, now: number): void {
		const key = keyOf(item);
		if (change === 'unarchive') {
			this.#memory = { ...this.#memory, restoring: { ...this.#memory.restoring, [key]: now } };
		}
		if (isInTrash) {
			this.justTrashed.push(key);
			this.update({ trashed: [...new Set([...this.#memory.trashed, key])] });
		}
	}

	forgetTrash(): void {
		this.update({ trashed: [], isTrashLeft: undefined });
	}

	save(): void {
		const text = JSON.stringify(this.#memory);
		if (text !== this.#saved) {
			this.#effects.remember(this.#memory);
			this.#saved = text;
		}
	}
}
