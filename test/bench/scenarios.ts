import type { Analysis, Project } from '../simulator/model.ts';
import type { World } from '../simulator/world.ts';

/** What a run of the program finds, and what it cannot do without. */
export interface Scenario {
	readonly name: string;
	/** Words beside the usual ones; null: the program does not meet a server at all. */
	readonly words: readonly string[] | null;
	/** Furnishes the source project; returns what is in the managed table. */
	readonly furnish: (world: World, source: Project, destination: Project) => readonly Analysis[];
	/** Requests of which each needs the answer of the one before. */
	readonly chain: number;
	/** How long the server itself is at work on something that is waited for. */
	readonly jobMillis: number;
}

const dayMillis = 86_400_000;
const pageSize = 1000;
const filesPerJob = 10_000;
const linkJobMillis = 500;

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

/** All of it handled and deleted long ago. */
function quiet(analyses: number): Scenario {
	return {
		name: `quiet pass, ${analyses.toLocaleString('en-US')} past analyses`,
		words: [],
		furnish: (world, source) =>
			runs(analyses, (run) => world.addAnalysis(source, { run, outputFolder: null, ...ago(world, 200) })),
		// and whether folders of theirs are left
		chain: monitoring(analyses) + 1,
		jobMillis: 0,
	};
}

function delivering(analyses: number, files: number): Scenario {
	const names = Array.from({ length: files }, (_, n) => `output/Lane_1/M-${n}_S${n}_L001_R1_001.fastq.gz`);
	return {
		name: `${analyses} new, ${files.toLocaleString('en-US')} files each`,
		words: [],
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
	furnish: (world, source, destination) =>
		runs(200, (run) => {
			const analysis = world.addAnalysis(source, {
				run,
				files: ['M-1_S1_L001_R1_001.fastq.gz'],
				...ago(world, 95),
			});
			world.addFile(destination, `/fastq_manifests/${analysis.reference}.download_manifest.csv`, {
				content: 'file_name,file_path,data_id,project_id\n',
				timeCreated: analysis.endDate ?? analysis.timeCreated,
			});
			return analysis;
		}),
	// whether folders are left, outputs, output folder, its files, the manifests, who is at work now, and the deletion
	chain: monitoring(200) + 1 + 3 + 1 + 1 + 1,
	jobMillis: 0,
};

export const scenarios: readonly Scenario[] = [
	{ name: 'start to --help', words: null, furnish: () => [], chain: 0, jobMillis: 0 },
	quiet(100),
	quiet(1000),
	quiet(10_000),
	quiet(50_000),
	delivering(1, 500),
	delivering(10, 500),
	delivering(50, 500),
	delivering(1, 50_000),
	ageing,
];
