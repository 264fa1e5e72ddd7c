import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Analysis, DataItem, Project } from '../simulator/model.ts';
import type { World } from '../simulator/world.ts';
import { dayMillis } from './ages.ts';
import { BaseSpaceStory } from './basespace-story.ts';
import { type Case, isUnderWay } from './cases.ts';
import type { Dice } from './dice.ts';
import { Hands } from './hands.ts';
import { Launches } from './launches.ts';
import { Neighbours } from './neighbours.ts';
import { Parties } from './parties.ts';
import { Table } from './table.ts';

/** A core's source project as time goes by, and what is known of it that the program has to find out. */
export class Story {
	readonly world: World;
	readonly dice: Dice;
	readonly table: Table;
	readonly source: Project;
	readonly parties: Parties;
	/** Whether people are told what passes do. */
	readonly isTold: boolean;
	/** The project of another lab. */
	readonly elsewhere: Project;
	/** The analyses whose output is to be aged. */
	readonly cases: Case[] = [];
	/** Analyses that read the output of others, and put out nothing. */
	readonly users: Analysis[] = [];
	/** undefined where ICA itself manages all data. */
	readonly basespace: BaseSpaceStory | undefined;
	readonly #folder: string;
	readonly #launches: Launches;
	readonly #neighbours: Neighbours;
	readonly #hands: Hands;
	readonly #unlinkable: DataItem[] = [];

	/** @param folder of the installation */
	constructor(world: World, dice: Dice, folder: string) {
		this.world = world;
		this.dice = dice;
		this.#folder = folder;
		this.table = new Table(folder);
		this.basespace = dice.happens(0.3) ? new BaseSpaceStory(world.basespace, dice) : undefined;
		const externallyManaged = this.basespace !== undefined && dice.happens(0.5);
		this.source = world.addProject('BSSH core', { externallyManaged });
		this.parties = new Parties(world, dice, folder);
		this.isTold = dice.happens(0.6);
		this.elsewhere = world.addProject('Somebody else');
		this.#launches = new Launches(this);
		this.#neighbours = new Neighbours(this);
		this.#hands = new Hands(this);
		world.linkJobMillis = dice.from(10, 400);
		for (let many = dice.from(2, 6); many > 0; many--) {
			this.#launches.launch(dice.from(0, 100));
		}
		this.#meetNeighbours();
	}

	/** The text of a file of the installation; undefined when there is none. */
	readonly readLocal = (path: string): string | undefined => {
		const file = join(this.#folder, path);
		return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
	};

	/** Something happens in the core, and time goes by. */
	goOn(): void {
		const { dice, world } = this;
		this.#finishSome();
		for (let many = dice.from(0, 2); many > 0; many--) {
			this.#launches.launch(dice.oneOf([0, 0, dice.from(0, 100)]));
		}
		for (const { analysis } of this.cases.filter(() => dice.happens(0.1))) {
			const [file] = analysis.files;
			if (file !== undefined) {
				world.forceLinkOutcome(file.id, 'FAILED', 'not today');
				this.#unlinkable.push(file);
			}
		}
		this.#meetNeighbours();
		this.parties.renameSome();
		if (dice.happens(0.4)) {
			this.#hands.meddle();
		}
		world.advance(dice.oneOf([0, 600_000, dayMillis, 7 * dayMillis, 15 * dayMillis, 30 * dayMillis]));
	}

	/** From now on everything works, and has come to its end, but for what others do with the outputs. */
	calmDown(): void {
		this.parties.mend();
		for (const one of this.cases.filter(({ analysis }) => isUnderWay(this.world, analysis))) {
			this.#end(one, 'SUCCEEDED');
		}
		for (const file of this.#unlinkable) {
			this.world.allowLink(file.id);
		}
	}

	/** Nobody makes use of the outputs any more. */
	setFree(): void {
		for (const user of this.users) {
			this.world.setAnalysisStatus(user, 'SUCCEEDED');
		}
	}

	/**
	 * An analysis is there.
	 * @param end when it ended in truth; undefined: it is under way
	 */
	begin(one: Case, end: Date | undefined): void {
		this.cases.push(one);
		if (one.managedBy === 'basespace') {
			this.basespace?.begin(one);
			this.#bringForth(one, end);
		}
	}

	#meetNeighbours(): void {
		for (let many = this.dice.oneOf([0, 0, 1, 1, 2]); many > 0; many--) {
			this.#neighbours.come();
		}
	}

	#finishSome(): void {
		const { dice, world } = this;
		for (const one of this.cases.filter(({ analysis }) => isUnderWay(world, analysis))) {
			const status = dice.oneOf(['IN_PROGRESS', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'] as const);
			if (status !== 'IN_PROGRESS') {
				this.#end(one, status);
			}
		}
		for (const user of this.users.filter(() => dice.happens(0.4))) {
			world.setAnalysisStatus(user, dice.oneOf(['SUCCEEDED', 'ABORTED'] as const));
		}
	}

	#end(one: Case, status: 'SUCCEEDED' | 'FAILED'): void {
		const now = this.world.now();
		one.analysis.endDate = now;
		this.world.setAnalysisStatus(one.analysis, status);
		this.#bringForth(one, now);
	}

	#bringForth(one: Case, end: Date | undefined): void {
		const hasSucceeded = this.world.analyses.statusOf(one.analysis) === 'SUCCEEDED';
		if (one.managedBy === 'basespace' && one.isBclConvert && hasSucceeded && end !== undefined) {
			this.basespace?.bringForth(one, end, this.world.now());
		}
	}
}
