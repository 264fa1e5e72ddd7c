import { keyOf } from '../../basespace/schemas.ts';
import type { BaseSpaceEffects } from './effects.ts';
import type { BaseSpacePlan } from './plan.ts';
import type { BaseSpaceChange } from './report.ts';
import type { BaseSpaceState } from './state-file.ts';

const weekMs = 7 * 24 * 60 * 60 * 1000;

/** What was unarchived so long ago that it does not matter any more is dropped. */
export function stillRestoring({ restoring }: BaseSpaceState, now: number): BaseSpaceState['restoring'] {
	return Object.fromEntries(Object.entries(restoring).filter(([, since]) => now - since < weekMs));
}

/** What somebody has taken out of the trash is no more this program's, should it ever get there again. */
export function stillTrashed({ trashed }: BaseSpaceState, { items, kept }: BaseSpacePlan): string[] {
	const present = [...items, ...kept].filter(({ item }) => !item.isDeleted);
	const back = new Set(present.map(({ item }) => keyOf(item)));
	return trashed.filter((key) => !back.has(key));
}

/** The state while a pass adds to it; written when there is something new. */
export class StateUpdates {
	readonly justTrashed: string[] = [];
	readonly #effects: BaseSpaceEffects;
	#state: BaseSpaceState;
	#saved: string;

	/** @param saved as earlier passes left it */
	constructor(effects: BaseSpaceEffects, saved: BaseSpaceState) {
		this.#effects = effects;
		this.#state = saved;
		this.#saved = JSON.stringify(saved);
	}

	get trashed(): readonly string[] {
		return this.#state.trashed;
	}

	/** Puts in what was found out, and writes it down: it is good even when the rest of the pass is cut off. */
	update(found: Partial<BaseSpaceState>): void {
		this.#state = { ...this.#state, ...found };
		this.save();
	}

	/** Notes that something has been changed; what is in the trash is written down at once. */
	take({ item, change }: BaseSpaceChange, isInTrash: boolean, now: number): void {
		const key = keyOf(item);
		if (change === 'unarchive') {
			this.#state = { ...this.#state, restoring: { ...this.#state.restoring, [key]: now } };
		}
		if (isInTrash) {
			this.justTrashed.push(key);
			this.update({ trashed: [...new Set([...this.#state.trashed, key])] });
		}
	}

	forgetTrash(): void {
		this.update({ trashed: [], isTrashLeft: undefined });
	}

	save(): void {
		const text = JSON.stringify(this.#state);
		if (text !== this.#saved) {
			this.#effects.saveState(this.#state);
			this.#saved = text;
		}
	}
}
