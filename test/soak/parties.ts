import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { DataItem, Project } from '../simulator/model.ts';
import type { World } from '../simulator/world.ts';
import { longest, type Thresholds, usualThresholds } from './ages.ts';
import type { Dice } from './dice.ts';

/** A recipient of a campaign. */
export interface Party {
	readonly name: string;
	readonly project: Project;
	/** Which FASTQs are its own; no other party's pattern matches one of them. */
	readonly pattern: RegExp;
	readonly samples: readonly string[];
	readonly thresholds: Thresholds;
}

type Kind = Pick<Party, 'name' | 'pattern' | 'samples'> & {
	readonly projectName: string;
	/** A pattern that matches what is another party's, too. */
	readonly careless: string;
};

const mgi: Kind = {
	name: 'MGI',
	projectName: 'MGI',
	pattern: /^M[-_]/,
	samples: ['M-1-2', 'M_3_4', 'M-5, "ü"'],
	careless: '^[ML][-_]',
};

const others: readonly [Kind, ...Kind[]] = [
	{ name: 'Lab-2', projectName: "Lab 2's", pattern: /^L-/, samples: ['L-7', 'L-8'], careless: '^[LM]-' },
	{ name: 'tumor.X', projectName: 'Tumor board', pattern: /^T\d/, samples: ['T12'], careless: '^(T|M_)' },
	{ name: '9_heart', projectName: 'Heart', pattern: /^HT_/, samples: ['HT_1', 'HT_ß'], careless: '^[HT]' },
];

const never = Number.POSITIVE_INFINITY;
const drawnThresholds: readonly [Thresholds, ...Thresholds[]] = [
	usualThresholds,
	usualThresholds,
	{ toArchive: 30, toDelete: 75 },
	{ toArchive: never, toDelete: 120 },
	{ toArchive: 60, toDelete: never },
];

const file = 'recipients.csv';

/** Who gets FASTQs in a campaign, and how the program is told of them. */
export class Parties {
	readonly all: readonly [Party, ...Party[]];
	/** Whether a file describes them; a single one, the options can. */
	readonly isByFile: boolean;
	readonly #folder: string;
	readonly #dice: Dice;
	/** Patterns as they are in the file, where they are not yet as they should be. */
	readonly #careless = new Map<Party, string>();
	readonly #named: ReadonlyMap<Party, string>;

	/** @param folder of the installation */
	constructor(world: World, dice: Dice, folder: string) {
		this.#folder = folder;
		this.#dice = dice;
		const many = dice.oneOf([0, 0, 1, 2, 3]);
		const first = dice.from(0, others.length - 1);
		const chosen = others.map((_, index) => others[(first + index) % others.length] ?? others[0]);
		this.isByFile = many > 0 || dice.happens(0.3);
		const drawn = (): Thresholds => (this.isByFile ? dice.oneOf(drawnThresholds) : usualThresholds);
		const make = ({ projectName, ...kind }: Kind): Party => ({
			...kind,
			project: world.addProject(projectName),
			thresholds: drawn(),
		});
		const kinds = chosen.slice(0, many);
		this.all = [make(mgi), ...kinds.map(make)];
		this.#named = new Map(
			this.all.map((party) => [party, dice.happens(0.5) ? party.project.name : party.project.id]),
		);
		if (many > 0 && dice.happens(0.4)) {
			const index = dice.from(0, many);
			const party = this.all[index] ?? this.all[0];
			this.#careless.set(party, [mgi, ...kinds][index]?.careless ?? '');
		}
		this.#write();
	}

	/** What of its environment tells the program of them. */
	get environment(): Readonly<Record<string, string>> {
		return this.isByFile
			? { UMICH_ORCHESTRATOR_RECIPIENTS_FILE: file }
			: { UMICH_ORCHESTRATOR_DESTINATION_PROJECT_NAME: 'MGI' };
	}

	/** What holds where it is not known whose data is. */
	get longest(): Thresholds {
		return longest([usualThresholds, ...this.all.map(({ thresholds }) => thresholds)]);
	}

	/** Whose a file is: nobody's, if undefined. */
	ownerOf({ name }: Pick<DataItem, 'name'>): Party | undefined {
		return name.endsWith('.fastq.gz') ? this.all.find(({ pattern }) => pattern.test(name)) : undefined;
	}

	/** Where the program keeps the manifests of a party, in the installation. */
	manifestFolderOf({ name }: Party): string {
		return this.isByFile ? `fastq_manifests/${name}` : 'fastq_manifests';
	}

	/** A project may be renamed, so that it cannot be found by its name; or be called again as it was. */
	renameSome(): void {
		for (const { project } of this.all) {
			const name = project.name.replace(' (old)', '');
			Object.assign(project, { name: this.#dice.happens(0.15) ? `${name} (old)` : name });
		}
	}

	/** Everything is as it should be: projects have their names, and patterns tell the parties apart. */
	mend(): void {
		for (const { project } of this.all) {
			Object.assign(project, { name: project.name.replace(' (old)', '') });
		}
		this.#careless.clear();
		this.#write();
	}

	#write(): void {
		const days = (many: number): string => (many === never ? 'never' : String(many));
		const rows = this.all.map((party) => ({
			pattern: this.#careless.get(party) ?? party.pattern.source,
			name: party.name,
			days_to_delete: days(party.thresholds.toDelete),
			days_to_archive: party.thresholds.toArchive === 60 ? '' : days(party.thresholds.toArchive),
			project: this.#named.get(party),
		}));
		writeFileSync(join(this.#folder, file), stringify(rows, { header: true }));
	}
}
