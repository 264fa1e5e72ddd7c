import type { Analysis, Project } from '../simulator/model.ts';
import type { World } from '../simulator/world.ts';

/** What a run of the program finds, and what it cannot do without. */
export interface Scenario {
	readonly name: string;
	/** Words beside the usual ones; null: the program does not meet a server at all. */
	readonly words: readonly string[] | null;
	/** The names of the recipients, in whose order samples are theirs; one is by options MGI. */
	readonly recipients: readonly string[];
	/** Furnishes the source project; returns what is in the managed table. */
	readonly furnish: (
		world: World,
		source: Project,
		destinations: readonly [Project, ...Project[]],
	) => readonly Analysis[];
	/** Requests of which each needs the answer of the one before. */
	readonly chain: number;
	/** How long the server itself is at work on something that is waited for. */
	readonly jobMillis: number;
}

const dayMillis = 86_400_000;
const pageSize = 1000;
const filesPerJob = 10_000;
const linkJobMillis = 500;
const one = ['MGI'];
const three = ['MGI', 'Lab', 'Tumor'];

/** Sign in, find both projects at once, and list the analyses page by page. */
function monitoring(analyses: number): number {
	return 2 + Math.max(1, Math.ceil(analyses / pageSize));
}

/**
 * Outputs, output folder, files page by page; link, look once, items page by page; create the manifest, and put it.
 * The files of one job, and its items, do not wait for those of another.
 */
function delivery(files: number): number {
	const items = Math.ceil(Math.min(files, filesPerJob) / pageSize);
	return 2 + Math.ceil(files / pageSize) + 2 + items + 2;
}

function ago(world: World, days: number): { startDate: Date; endDate: Date } {
	const startDate = new Date(world.now().getTime() - days * dayMillis);
	return { startDate, endDate: new Date(startDate.getTime() + 7_200_000) };
}

function runs(count: number, add: (run: string) => Analysis): Analysis[] {
	return Array.from({ length: count }, (_, n) =>
		add(`20260101_LH00619_${String(n).padStart(5, '0')}_B22CCFJLT4`),
	);
}

/** The words of a scenario with one recipient, or with several. */
function wordsFor(recipients: readonly string[]): string[] {
	return recipients.length === 1 ? [] : ['--recipients_file', 'recipients.csv'];
}

function named(recipients: readonly string[]): string {
	return recipients.length === 1 ? '' : `, ${recipients.length} recipients`;
}

/** All of it handled and deleted long ago. */
function quiet(analyses: number): Scenario {
	return {
		name: `quiet pass, ${analyses.toLocaleString('en-US')} past analyses`,
		words: [],
		recipients: one,
		furnish: (world, source) =>
			runs(analyses, (run) => world.addAnalysis(source, { run, outputFolder: null, ...ago(world, 200) })),
		// and whether folders of theirs are left
		chain: monitoring(analyses) + 1,
		jobMillis: 0,
	};
}

/** Most of it handled and deleted long ago, the rest in the archive until it is old enough to be deleted. */
function archived(analyses: number, waiting: number, recipients: readonly string[]): Scenario {
	const { furnish, chain } = quiet(analyses);
	return {
		name: `quiet pass, ${analyses.toLocaleString('en-US')} past, ${waiting} archived${named(recipients)}`,
		words: wordsFor(recipients),
		recipients,
		furnish: (world, source, destinations) => [
			...furnish(world, source, destinations),
			...runs(waiting, (run) =>
				addDelivered(world, source, destinations, { run, days: 75, isArchived: true }),
			),
		],
		chain,
		jobMillis: 0,
	};
}

interface PastAnalysis {
	readonly run: string;
	readonly days: number;
	readonly isArchived?: boolean;
}

/** An analysis that ended so many days ago, of which each destination has its manifest. */
function addDelivered(
	world: World,
	source: Project,
	destinations: readonly Project[],
	{ run, days, isArchived = false }: PastAnalysis,
): Analysis {
	const analysis = world.addAnalysis(source, {
		run,
		files: destinations.map(({ name }) => `${name[0]}-1_S1_L001_R1_001.fastq.gz`),
		...(isArchived ? { dataStatus: 'ARCHIVED' as const } : {}),
		...ago(world, days),
	});
	for (const destination of destinations) {
		world.addFile(destination, `/fastq_manifests/${analysis.reference}.download_manifest.csv`, {
			content: 'file_name,file_path,data_id,project_id\n',
			timeCreated: analysis.endDate ?? analysis.timeCreated,
		});
	}
	return analysis;
}

/** @param recipients between whom the files are divided */
function delivering(analyses: number, files: number, recipients: readonly string[] = one): Scenario {
	const names = Array.from({ length: files }, (_, n) => {
		const sample = `${recipients[n % recipients.length]?.[0]}-${n}`;
		return `output/Lane_1/${sample}_S${n}_L001_R1_001.fastq.gz`;
	});
	return {
		name: `${analyses} new, ${files.toLocaleString('en-US')} files each${named(recipients)}`,
		words: wordsFor(recipients),
		recipients,
		furnish(world, source) {
			world.linkJobMillis = linkJobMillis;
			runs(analyses, (run) => world.addAnalysis(source, { run, files: names }));
			return [];
		},
		chain: monitoring(analyses) + delivery(files),
		jobMillis: linkJobMillis,
	};
}

const ageing: Scenario = {
	name: '200 outputs to delete',
	words: ['--max_deletions', '200'],
	recipients: one,
	furnish: (world, source, destinations) =>
		runs(200, (run) => addDelivered(world, source, destinations, { run, days: 95 })),
	// whether folders are left, outputs, output folder, its files, the manifests, who is at work now, and the deletion
	chain: monitoring(200) + 1 + 3 + 1 + 1 + 1,
	jobMillis: 0,
};

/** Node, or the program, without a server. */
export function alone(name: string): Scenario {
	return { name, words: null, recipients: one, furnish: () => [], chain: 0, jobMillis: 0 };
}

export const scenarios: readonly Scenario[] = [
	alone('start to --help'),
	quiet(100),
	quiet(1000),
	quiet(10_000),
	quiet(50_000),
	archived(10_000, 300, one),
	archived(10_000, 300, three),
	delivering(1, 500),
	delivering(10, 500),
	delivering(50, 500),
	delivering(50, 500, three),
	delivering(1, 50_000),
	ageing,
];
