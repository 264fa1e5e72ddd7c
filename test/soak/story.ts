import type { Analysis, DataItem, Project } from '../simulator/model.ts';
import type { World } from '../simulator/world.ts';
import { BaseSpaceStory } from './basespace-story.ts';
import type { Dice } from './dice.ts';

const dayMillis = 86_400_000;
const runOfReference = /^2026_LH00619_\d+_B22CCFJLT4/;

/** A core's source project as time goes by, and what is known of it that the program has to find out. */
export class Story {
	readonly world: World;
	readonly dice: Dice;
	readonly source: Project;
	readonly destination: Project;
	readonly analyses: Analysis[] = [];
	/** undefined where ICA itself manages the source project. */
	readonly basespace: BaseSpaceStory | undefined;
	/** Those with foreign data in their output, which must be left alone. */
	readonly held = new Set<Analysis>();
	readonly #elsewhere: Project;
	readonly #running: Analysis[] = [];
	readonly #unlinkable: DataItem[] = [];
	#runs = 0;

	constructor(world: World, dice: Dice) {
		this.world = world;
		this.dice = dice;
		this.basespace = dice.happens(0.3) ? new BaseSpaceStory(world.basespace, dice) : undefined;
		this.source = world.addProject('BSSH core', { externallyManaged: this.basespace !== undefined });
		this.destination = world.addProject('MGI');
		this.#elsewhere = world.addProject('Somebody else');
		world.linkJobMillis = dice.from(10, 400);
		for (let many = dice.from(2, 6); many > 0; many--) {
			this.#launch(dice.from(0, 100));
		}
	}

	/** Something happens in the core, and time goes by. */
	goOn(): void {
		const { dice, world } = this;
		this.#finishSome();
		for (let many = dice.from(0, 2); many > 0; many--) {
			this.#launch(0);
		}
		for (const analysis of this.analyses.filter(() => dice.happens(0.1))) {
			const [file] = analysis.files;
			if (file !== undefined) {
				world.forceLinkOutcome(file.id, 'FAILED', 'not today');
				this.#unlinkable.push(file);
			}
		}
		world.advance(dice.oneOf([0, 600_000, dayMillis, 7 * dayMillis, 30 * dayMillis]));
	}

	/** From now on everything works, and everything has come to its end. */
	calmDown(): void {
		for (const analysis of this.#running.splice(0)) {
			this.#end(analysis, 'SUCCEEDED');
		}
		for (const file of this.#unlinkable) {
			this.world.allowLink(file.id);
		}
	}

	#finishSome(): void {
		for (const analysis of this.#running.splice(0)) {
			const status = this.dice.oneOf(['IN_PROGRESS', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'] as const);
			if (status === 'IN_PROGRESS') {
				this.#running.push(analysis);
			} else {
				this.#end(analysis, status);
			}
		}
	}

	#end(analysis: Analysis, status: 'SUCCEEDED' | 'FAILED'): void {
		this.world.setAnalysisStatus(analysis, status);
		if (status === 'SUCCEEDED') {
			this.#bringForth(analysis);
		}
	}

	#bringForth({ reference, pipelineCode, startDate, timeCreated }: Analysis): void {
		if (pipelineCode.startsWith('BclConvert')) {
			const [run = ''] = runOfReference.exec(reference) ?? [];
			this.basespace?.addRun(run, startDate ?? timeCreated, this.world.now());
		}
	}

	#launch(daysAgo: number): void {
		const { dice, world } = this;
		this.#runs++;
		const status = dice.oneOf(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'IN_PROGRESS'] as const);
		const startDate = new Date(world.now().getTime() - daysAgo * dayMillis - 3 * 3_600_000);
		const isDone = status !== 'IN_PROGRESS';
		const analysis = world.addAnalysis(this.source, {
			run: `2026_LH00619_${String(this.#runs).padStart(4, '0')}_B22CCFJLT4`,
			status,
			startDate,
			endDate: isDone ? new Date(startDate.getTime() + 3_600_000) : null,
			files: [...this.#files(), ...(this.basespace === undefined ? [] : [this.basespace.output])],
			...(dice.happens(0.2) ? { pipelineCode: 'DRAGEN Germline 4.3.6' } : {}),
			...(isDone && this.basespace === undefined && daysAgo > 62 && dice.happens(0.3)
				? { dataStatus: 'ARCHIVED' }
				: {}),
		});
		this.analyses.push(analysis);
		if (!isDone) {
			this.#running.push(analysis);
		}
		if (status === 'SUCCEEDED') {
			this.#bringForth(analysis);
		}
		if (isDone && this.basespace === undefined && dice.happens(0.15)) {
			this.#putForeignDataInto(analysis);
		}
	}

	#files(): string[] {
		const { dice } = this;
		const samples = ['PhiX', ...['M-1-2', 'M_3_4', 'M-5, "ü"', 'Mouse7'].filter(() => dice.happens(0.5))];
		return samples.flatMap((sample, index) =>
			['R1', 'R2'].map((read) => `output/Lane_1/${sample}_S${index + 1}_L001_${read}_001.fastq.gz`),
		);
	}

	#putForeignDataInto(analysis: Analysis): void {
		const { world } = this;
		const path = `${analysis.outputFolder?.path}notes.txt`;
		if (this.dice.happens(0.5)) {
			world.addFile(this.source, path);
		} else {
			world.link(world.addFile(this.#elsewhere, path), this.source);
		}
		this.held.add(analysis);
	}
}
