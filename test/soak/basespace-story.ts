import type { Item } from '../simulator/basespace/model.ts';
import type { BaseSpaceStore } from '../simulator/basespace/store.ts';
import type { Dice } from './dice.ts';

const coreProject = 'Core';
const precious = 'precious';
const longInArchiveMillis = 62 * 86_400_000;

/** The BaseSpace side of a source project that BaseSpace manages, and what is to become of it. */
export class BaseSpaceStory {
	readonly store: BaseSpaceStore;
	/** What the core's runs have brought forth, to be aged. */
	readonly items: Item[] = [];
	/** What was put into the trash by hand, and what belongs to others. */
	readonly untouchable: Item[] = [];
	/** Whether somebody else's data is in the trash. */
	readonly hasPrecious: boolean;
	readonly #isThrownAwayByHand: boolean;
	readonly #dice: Dice;
	readonly #project;

	constructor(store: BaseSpaceStore, dice: Dice) {
		this.store = store;
		this.#dice = dice;
		this.#project = store.addProject(coreProject);
		this.hasPrecious = dice.happens(0.3);
		this.#isThrownAwayByHand = dice.happens(0.3);
		store.restoreMillis = 1_800_000;
		store.otherTrash = this.hasPrecious ? [precious] : [];
	}

	/** The file in an analysis's output that names the project. */
	get output(): { readonly path: string; readonly content: string } {
		return {
			path: 'bsshoutput.json',
			content: JSON.stringify({ Projects: { 0: { Name: coreProject, Datasets: {} } } }),
		};
	}

	/** An analysis of a run has succeeded. */
	addRun(name: string, dateCreated: Date, now: Date): void {
		const dice = this.#dice;
		const { store } = this;
		const ageMillis = now.getTime() - dateCreated.getTime();
		const isArchived = ageMillis > longInArchiveMillis && dice.happens(0.3);
		this.items.push(store.addRun([this.#project], { name, dateCreated, isArchived }));
		for (let many = dice.from(1, 3); many > 0; many--) {
			const item = store.addDataset(this.#project, { dateCreated, isArchived });
			if (this.#isThrownAwayByHand && dice.happens(0.2)) {
				item.state = 'in the trash';
				this.untouchable.push(item);
			} else {
				this.items.push(item);
			}
		}
		if (dice.happens(0.3)) {
			this.untouchable.push(store.addDataset(this.#project, { dateCreated, owner: store.other }));
		}
	}

	/** Whether what others have in the trash is still there. */
	get isPreciousThere(): boolean {
		return !this.hasPrecious || this.store.otherTrash.includes(precious);
	}
}
