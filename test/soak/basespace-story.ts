import type { Item } from '../simulator/basespace/model.ts';
import type { BaseSpaceStore } from '../simulator/basespace/store.ts';
import type { TagsRecord } from '../simulator/launch-record.ts';
import { instrumentRun } from '../simulator/references.ts';
import { dayMillis } from './ages.ts';
import type { Case } from './cases.ts';
import type { Dice } from './dice.ts';

const coreProject = 'Core';
const precious = 'precious';
const longInArchiveMillis = 62 * dayMillis;

/** A sequencing run, and what ICA's analyses of it tell of it. */
interface Run {
	readonly item: Item;
	readonly tags: Partial<TagsRecord>;
}

/** The BaseSpace side of a source project in which BaseSpace manages data, and what is to become of it. */
export class BaseSpaceStory {
	readonly store: BaseSpaceStore;
	/** What the core's runs have brought forth, to be aged, each with the analyses that it is of. */
	readonly items = new Map<Item, Case[]>();
	/** What was put into the trash by hand, and what belongs to others. */
	readonly untouchable: Item[] = [];
	/** Whether somebody else's data is in the trash. */
	readonly hasPrecious: boolean;
	readonly #isThrownAwayByHand: boolean;
	readonly #dice: Dice;
	readonly #project;
	readonly #runs = new Map<string, Run>();

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

	/**
	 * A sequencing run is there, and analyses of it begin.
	 * @returns the tags of these
	 */
	addRun(runName: string, dateCreated: Date, now: Date): Partial<TagsRecord> {
		const there = this.#runs.get(runName);
		const run = there ?? this.#newRun(runName, dateCreated, now);
		this.#runs.set(runName, run);
		return run.tags;
	}

	/** BaseSpace knows it by the name in the sample sheet, as its own name or as its experiment's; or only its tags tell. */
	#newRun(runName: string, dateCreated: Date, now: Date): Run {
		const known = this.#dice.oneOf(['name', 'experiment', 'tags'] as const);
		const other = instrumentRun(this.#dice);
		const spec = {
			name: known === 'name' ? runName : other,
			experimentName: known === 'experiment' ? runName : `Experiment of ${other}`,
			dateCreated,
			isArchived: this.#isLongInArchive(dateCreated, now),
		};
		const item = this.store.addRun([this.#project], spec);
		this.items.set(item, []);
		const technicalTags = this.#dice.oneOf([
			[item.id],
			[`bssh.run.name:${item.name}`],
			[item.name, `run:${item.id}`],
		]);
		return { item, tags: known === 'tags' ? { technicalTags } : {} };
	}

	/** An analysis of a run has begun. */
	begin(one: Case): void {
		const run = this.#runs.get(one.runName);
		if (run !== undefined) {
			this.items.get(run.item)?.push(one);
		}
	}

	/** An analysis has succeeded: its datasets are there. */
	bringForth(one: Case, dateCreated: Date, now: Date): void {
		const dice = this.#dice;
		const { store } = this;
		const isArchived = this.#isLongInArchive(dateCreated, now);
		for (let many = dice.from(1, 3); many > 0; many--) {
			const item = store.addDataset(this.#project, { dateCreated, isArchived });
			if (this.#isThrownAwayByHand && dice.happens(0.2)) {
				item.state = 'in the trash';
				this.untouchable.push(item);
			} else {
				this.items.set(item, [one]);
			}
		}
		if (dice.happens(0.3)) {
			this.untouchable.push(store.addDataset(this.#project, { dateCreated, owner: store.other }));
		}
	}

	#isLongInArchive(dateCreated: Date, now: Date): boolean {
		return this.#dice.happens(0.3) && now.getTime() - dateCreated.getTime() > longInArchiveMillis;
	}

	/** Whether what others have in the trash is still there. */
	get isPreciousThere(): boolean {
		return !this.hasPrecious || this.store.otherTrash.includes(precious);
	}
}
