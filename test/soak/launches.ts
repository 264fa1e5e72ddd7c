import type { AnalysisSpec, DataOptions } from '../simulator/model.ts';
import {
	analysisId,
	bclConvertCode,
	otherPipelineCode,
	realReference,
	runNames,
} from '../simulator/references.ts';
import { type Case, overlap } from './cases.ts';
import type { Dice } from './dice.ts';
import type { Story } from './story.ts';
import { type Course, courseOf } from './times.ts';

type Spec = Required<Pick<AnalysisSpec, 'id' | 'run' | 'reference' | 'pipelineCode' | 'status'>>;
type File = DataOptions & { readonly path: string };

const maxRuns = 60;
const longInArchiveDays = 62;

/** Starts analyses as a core does: of new runs, and at times another one of a run. */
export class Launches {
	readonly #story: Story;
	readonly #names: readonly [string, ...string[]];
	#used = 0;

	constructor(story: Story) {
		this.#story = story;
		const [first = '', ...rest] = runNames(story.dice, maxRuns);
		this.#names = [first, ...rest];
	}

	/** An analysis began so long ago; it may have ended since. */
	launch(daysAgo: number): void {
		const { dice, world } = this.#story;
		const isBclConvert = dice.happens(0.8);
		const spec = this.#specOf(isBclConvert);
		const isDone = spec.status !== 'IN_PROGRESS';
		const course = courseOf(dice, world.now(), daysAgo, isDone);
		const managedBy = this.#story.basespace !== undefined && dice.happens(0.75) ? 'basespace' : 'ica';
		const isArchived = isDone && managedBy === 'ica' && daysAgo > longInArchiveDays && dice.happens(0.3);
		const childrenListed = dice.happens(0.7);
		const outputFolder = this.#folderOf(spec.reference, managedBy);
		const files = this.#files(course, managedBy);
		const tags = this.#tagsOf(spec.run, course, managedBy);
		const analysis = world.addAnalysis(this.#story.source, {
			...spec,
			...course.spec,
			files,
			outputFolder,
			childrenListed,
			tags,
			...(isArchived ? { dataStatus: 'ARCHIVED' } : {}),
		});
		const one: Case = {
			analysis,
			runName: spec.run,
			isBclConvert,
			managedBy,
			hasRowByHand: false,
			manifestDeletedOf: undefined,
			beganArchived: isArchived,
		};
		this.#story.begin(one, course.end);
	}

	#specOf(isBclConvert: boolean): Spec {
		const { dice } = this.#story;
		const id = analysisId(dice, dice.oneOf(['lower', 'lower', 'lower', 'upper', 'mixed', 'no UUID']));
		const pipelineCode = isBclConvert ? bclConvertCode(dice) : otherPipelineCode(dice);
		const run = this.#nameOfRun(dice);
		return {
			id,
			run,
			pipelineCode,
			reference: realReference(dice, { runName: run, pipelineCode, id }),
			status: dice.oneOf(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'IN_PROGRESS']),
		};
	}

	#nameOfRun(dice: Dice): string {
		const isAnother = this.#used > 0 && dice.happens(0.2);
		const index = isAnother ? dice.from(0, this.#used - 1) : this.#used % maxRuns;
		this.#used += isAnother ? 0 : 1;
		return this.#names[index] ?? this.#names[0];
	}

	/** Where ICA or BaseSpace puts it, or, in ICA, into another analysis's output. */
	#folderOf(reference: string, managedBy: Case['managedBy']): string {
		const { dice, cases } = this.#story;
		const isElsewhere = dice.happens(0.05) && managedBy === 'ica';
		// FASTQs below the output of a BCLConvert analysis are its own, whoever has put them there
		const convert = cases.filter(({ isBclConvert }) => isBclConvert).map(folderOf);
		const around = cases.find(
			(one) => !(one.analysis.outputFolder?.gone || convert.some((folder) => overlap(folder, folderOf(one)))),
		);
		if (isElsewhere && around?.analysis.outputFolder?.status === 'AVAILABLE') {
			return `${around.analysis.outputFolder.path}${reference}/`;
		}
		return dice.happens(0.8) ? `/ilmn-analyses/${reference}/` : `/${reference}/`;
	}

	#tagsOf(run: string, { spec }: Course, managedBy: Case['managedBy']): NonNullable<AnalysisSpec['tags']> {
		const { basespace, world } = this.#story;
		return managedBy === 'basespace' && basespace !== undefined
			? basespace.addRun(run, spec.timeCreated ?? world.now(), world.now())
			: {};
	}

	#files({ lastFile }: Course, managedBy: Case['managedBy']): (string | File)[] {
		const { dice, basespace, parties } = this.#story;
		const own = parties.all.flatMap(({ samples: some }) => some);
		const samples = ['PhiX', ...[...own, 'Mouse7'].filter(() => dice.happens(0.5))];
		const fastqs = samples.flatMap((sample, index) =>
			['R1', 'R2'].map((read) => `output/Lane_1/${sample}_S${index + 1}_L001_${read}_001.fastq.gz`),
		);
		return [
			...fastqs,
			...(managedBy === 'basespace' && basespace !== undefined ? [basespace.output] : []),
			...(lastFile === undefined ? [] : [{ path: 'output/Reports/late.html', timeCreated: lastFile }]),
		];
	}
}

function folderOf({ analysis }: Case): string {
	return analysis.outputFolder?.path ?? '';
}
