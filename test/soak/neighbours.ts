import type { Analysis, DataItem } from '../simulator/model.ts';
import { dayMillis, hourMillis } from './ages.ts';
import type { Case } from './cases.ts';
import type { Story } from './story.ts';

const kinds = [
	...(['a file', 'a link', 'moved away', 'moved into another', 'in use', 'in use'] as const),
	...(['inside', 'the same', 'lists the folder', 'lists a file', 'lists a shared folder'] as const),
] as const;

type Kind = (typeof kinds)[number];

/** What others do in and around the output of analyses. */
export class Neighbours {
	readonly #story: Story;
	#count = 0;

	constructor(story: Story) {
		this.#story = story;
	}

	/** Somebody does something, if it can be done. */
	come(): void {
		const { dice, cases } = this.#story;
		const [first, ...rest] = cases;
		if (first === undefined) {
			return;
		}
		const [one, other] = [dice.oneOf([first, ...rest]), dice.oneOf([first, ...rest])];
		const kind: Kind = dice.oneOf(kinds);
		const folder = one.analysis.outputFolder;
		this.#count++;
		if (folder?.status === 'AVAILABLE' && !folder.gone && one.analysis.endDate !== null) {
			this.#do(kind, { one, folder, other });
		}
	}

	#do(kind: Kind, place: Place): void {
		const { one, folder } = place;
		const { world, source, elsewhere } = this.#story;
		const notes = `${folder.path}notes ${this.#count}.txt`;
		switch (kind) {
			case 'a file':
				world.addFile(source, notes);
				break;
			case 'a link':
				world.link(world.addFile(elsewhere, notes), source);
				break;
			case 'moved away':
			case 'moved into another':
				this.#move(kind, place);
				break;
			case 'in use':
				this.#use(one, folder);
				break;
			default:
				// what holds BaseSpace's data is BaseSpace's to age, and what is beside it is nobody's
				if (one.managedBy === 'ica') {
					this.#addAnalysis(kind, place);
				}
		}
	}

	/** Another lab moves a FASTQ of its own. */
	#move(kind: 'moved away' | 'moved into another', { one, other }: Place): void {
		const { world, cases } = this.#story;
		const file = one.analysis.files.find(
			(candidate) => candidate.status === 'AVAILABLE' && !candidate.gone && /PhiX|Mouse/.test(candidate.name),
		);
		// whose a file is that one analysis put out, another lists and somebody has moved, nobody can tell
		const isListed = cases.some(({ analysis }) => analysis.otherOutputs.some((item) => item === file));
		const target = other.analysis.outputFolder;
		if (file === undefined || isListed || target?.status !== 'AVAILABLE' || target.gone) {
			return;
		}
		const folder = kind === 'moved away' || one === other ? `/moved ${this.#count}/` : target.path;
		world.move(file, `${folder}${this.#count} ${file.name}`);
	}

	/** Somebody's analysis reads it, in the source project or, what is linked there, in the recipient's. */
	#use({ analysis }: Case, folder: DataItem): void {
		const { dice, world, source, parties, users } = this.#story;
		const isInSource = dice.happens(0.5);
		const party = dice.oneOf(parties.all);
		const file = analysis.files.find((each) => parties.ownerOf(each) === party);
		const input = (isInSource && dice.happens(0.5) ? folder : file) ?? folder;
		users.push(
			world.addAnalysis(isInSource ? source : party.project, {
				run: `reads ${this.#count}`,
				pipelineCode: 'DRAGEN Germline 4.3.6',
				status: 'IN_PROGRESS',
				startDate: new Date(world.now().getTime() - hourMillis),
				outputFolder: null,
				inputs: [input],
			}),
		);
	}

	/** Another analysis has put its output there, or lists what is there as its own. */
	#addAnalysis(
		kind: 'inside' | 'the same' | 'lists the folder' | 'lists a file' | 'lists a shared folder',
		{ one, folder }: Place,
	): void {
		const { dice, world, source } = this.#story;
		const end = world.now().getTime() - dice.from(0, 100) * dayMillis - hourMillis;
		// nobody puts anything into a folder that is not there yet
		const earliest = ['inside', 'the same'].includes(kind) ? folder.timeCreated.getTime() : 0;
		const file = one.analysis.files.find(({ path, firstPath }) => path === firstPath);
		const analysis: Analysis = world.addAnalysis(source, {
			run: `beside ${this.#count}`,
			pipelineCode: 'DRAGEN Germline 4.3.6',
			status: dice.oneOf(['SUCCEEDED', 'SUCCEEDED', 'FAILED']),
			endDate: new Date(Math.max(end, earliest)),
			files: [`result ${this.#count}.vcf.gz`],
			childrenListed: dice.happens(0.7),
			...(kind === 'inside' ? { outputFolder: `${folder.path}beside ${this.#count}/` } : {}),
			...(kind === 'the same' ? { outputFolder: folder.path } : {}),
			...(kind === 'lists the folder' ? { otherOutputs: [folder] } : {}),
			...(kind === 'lists a file' && file !== undefined ? { otherOutputs: [file] } : {}),
			...(kind === 'lists a shared folder' ? { otherOutputs: [this.#sharedFolder()] } : {}),
		});
		this.#story.cases.push({
			analysis,
			runName: analysis.run,
			isBclConvert: false,
			managedBy: 'ica',
			hasRowByHand: false,
			manifestDeletedOf: undefined,
			beganArchived: false,
		});
	}

	#sharedFolder(): DataItem {
		const { world, source, dice } = this.#story;
		const path = dice.oneOf([
			'/ilmn-analyses/',
			'/ilmn-runs/',
			'/ilmn-runs/a run/',
			'/datasets/',
			'/scratch/',
		]);
		return world.addFolder(source, path);
	}
}

interface Place {
	readonly one: Case;
	readonly folder: DataItem;
	readonly other: Case;
}
