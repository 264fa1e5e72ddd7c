import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAct } from '../../../src/retention/basespace/claims.ts';
import {
	type AnalysisSpec,
	planOf,
	type RunSpec,
	type WorldSpec,
} from '../../helpers/basespace-in-memory.ts';
import { type BsshScene, bsshOutput, bsshScene, hour } from '../../helpers/basespace-scene.ts';
import { fastqs } from '../../helpers/scene.ts';
import type { Item } from '../../simulator/basespace/model.ts';

/** An analysis, with what nobody but the test knows: which run it is of, and whether anything of it tells so. */
type Truth = AnalysisSpec & { readonly run: number; readonly isTold: boolean };
type World = Omit<WorldSpec, 'analyses'> & { readonly analyses: readonly Truth[] };

const projects = 3;
const runNumber = 9_000_000;

/** Names that begin like one another, with spaces, and of one letter. */
const names = fc
	.tuple(
		fc.array(fc.constantFrom('250710', 'A01052', 'Run', '7', 'RNA', 'b', 'Zoë'), {
			minLength: 1,
			maxLength: 4,
		}),
		fc.constantFrom('_', '-', ' ', '.'),
	)
	.map(([pieces, separator]) => pieces.join(separator));

const ages = fc.oneof(fc.double({ min: 0, max: 130, noNaN: true }), {
	arbitrary: fc.double({ min: 55, max: 130, noNaN: true }),
	weight: 3,
});
const someProjects = fc.uniqueArray(fc.nat({ max: projects - 1 }), { maxLength: 2 });

const runs = fc.record({
	name: names,
	experimentName: fc.option(names, { nil: undefined }),
	projects: someProjects,
	days: ages,
	isArchived: fc.boolean(),
});

const datasets = fc.record({
	project: fc.nat({ max: projects - 1 }),
	days: ages,
	isArchived: fc.boolean(),
});

const delivered = fc
	.double({ min: 0, max: 60, noNaN: true })
	.map((deliveredDaysAgo) => ({ deliveredDaysAgo }));
const states: fc.Arbitrary<AnalysisSpec['state']> = fc.oneof(
	{ arbitrary: fc.constant('under way' as const), weight: 4 },
	{ arbitrary: fc.constantFrom('undelivered' as const, 'handled' as const, 'failed' as const), weight: 3 },
	{ arbitrary: delivered, weight: 6 },
);

/** How an analysis may tell which run it is of. */
const tellings = ['name', 'experiment name', 'other letters', 'tag with id', 'tag with name', 'not'] as const;

const analyses = fc.record({
	run: fc.nat({ max: 5 }),
	telling: fc.constantFrom(...tellings, 'not' as const, 'not' as const),
	days: ages,
	state: states,
	file: fc.constantFrom(
		'read' as const,
		'read' as const,
		'read' as const,
		'archived' as const,
		'none' as const,
	),
});

const worlds: fc.Arbitrary<World> = fc
	.tuple(
		fc.array(runs, { minLength: 1, maxLength: 5 }),
		fc.array(datasets, { maxLength: 5 }),
		fc.array(analyses, { maxLength: 3 }),
		// so that projects are looked into
		fc.array(
			fc.record({
				projects: fc.oneof(someProjects, fc.constant([0, 1, 2])),
				days: fc.constantFrom(75, 95, 180),
			}),
			{ minLength: 1, maxLength: 2 },
		),
	)
	.map(([someRuns, someDatasets, some, old]) => ({
		projects,
		runs: someRuns,
		datasets: someDatasets,
		analyses: [
			...some.map((each, index) => analysisOf(each, someRuns, index)),
			...old.map(
				(each): Truth => ({
					...each,
					reference: `old ${each.days}_91da19_17d664-x`,
					tags: [],
					state: { deliveredDaysAgo: 59 },
					file: 'read',
					run: -1,
					isTold: false,
				}),
			),
		],
	}));

interface Plain extends Pick<AnalysisSpec, 'days' | 'state' | 'file'> {
	readonly run: number;
	readonly telling: (typeof tellings)[number];
}

function analysisOf({ run: number, telling, ...rest }: Plain, all: readonly RunSpec[], index: number): Truth {
	const run = number % all.length;
	const { name = '', experimentName, projects: its = [] } = all[run] ?? {};
	const called = {
		name,
		'experiment name': experimentName ?? name,
		'other letters': name.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '_'),
		'tag with id': `unheard of ${index}`,
		'tag with name': `unheard of ${index}`,
		not: `unheard of ${index}`,
	}[telling];
	const tags = { 'tag with id': [`run ${runNumber + run}`], 'tag with name': ['bcl', name] };
	return {
		...rest,
		reference: `${called}_91da19_17d664-BclConvert v4_2_7-${index}`,
		tags: telling === 'tag with id' || telling === 'tag with name' ? tags[telling] : [],
		projects: its,
		run,
		isTold: telling !== 'not',
	};
}

function words(text: string): string {
	return ` ${text
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
		.trim()} `;
}

function looksLike({ reference, tags }: AnalysisSpec, run: RunSpec, id: number): boolean {
	const called = [run.name, ...(run.experimentName === undefined ? [] : [run.experimentName])].map(words);
	return (
		called.some((name) => words(reference).startsWith(name)) ||
		[...called, ` ${id} `].some((name) => tags.some((tag) => words(tag).includes(name)))
	);
}

function isPlainlyOf({ reference, tags }: AnalysisSpec, run: RunSpec): boolean {
	const called = [run.name, ...(run.experimentName === undefined ? [] : [run.experimentName])]
		.filter((name) => name.replaceAll(/[^\p{L}\p{N}]/gu, '').length >= 4)
		.map((name) => name.toLowerCase());
	return (
		called.some((name) => ['_', '-'].some((end) => reference.toLowerCase().startsWith(name + end))) ||
		called.some((name) => tags.some((tag) => tag.toLowerCase() === name))
	);
}

/** Whether a tag holds the run's own name or id, which are no other's. */
function isTaggedWith({ tags }: AnalysisSpec, run: RunSpec, id: number): boolean {
	const isTelling = run.name.replaceAll(/[^\p{L}\p{N}]/gu, '').length >= 4;
	const called = [...(isTelling ? [words(run.name)] : []), ` ${id} `];
	return called.some((name) => tags.some((tag) => words(tag).includes(name)));
}

function isInNeed({ state }: AnalysisSpec): boolean {
	return state === 'under way' || state === 'undelivered';
}

function isUnproven({ state }: AnalysisSpec): boolean {
	return state === 'handled' || (typeof state === 'object' && state.deliveredDaysAgo < 14);
}

function isUnknown({ state, file, days }: AnalysisSpec): boolean {
	return state === 'undelivered' && (file === 'archived' || (file === 'none' && isNearlyDue({ days })));
}

/** Whether it began 53 days ago, or earlier, so that something that is due can be of it. */
function isNearlyDue({ days }: Pick<AnalysisSpec, 'days'>): boolean {
	return days + 1 / 12 >= 53;
}

function couldHaveMade({ days }: AnalysisSpec, made: number): boolean {
	return made <= days + 1 / 12 + 1 && made >= days - 7;
}

function protectsDataset(analysis: Truth, { project, days }: WorldSpec['datasets'][number]): boolean {
	const isNamed = analysis.file === 'read' && analysis.projects.includes(project);
	const claims = isNamed || analysis.file === 'archived';
	return (
		isUnknown(analysis) ||
		(isInNeed(analysis) && isNamed) ||
		(isUnproven(analysis) && claims && couldHaveMade(analysis, days))
	);
}

/** What no analysis was at work with can be of any that names its project and had begun, and waits for its proof. */
function isOfNobodyInTime(
	{ analyses: all }: World,
	{ project, days }: WorldSpec['datasets'][number],
): boolean {
	const claimants = all.filter(
		(each) =>
			((each.file === 'read' && each.projects.includes(project)) || each.file === 'archived') &&
			!isInNeed(each),
	);
	return (
		!claimants.some((each) => couldHaveMade(each, days)) &&
		claimants.some((each) => isUnproven(each) && days <= each.days + 1 / 12 + 1)
	);
}

/** By the truth alone, however the analysis is called. */
function protectsItsRun(analysis: Truth, run: RunSpec, id: number): boolean {
	if (isInNeed(analysis)) {
		return analysis.isTold || analysis.file !== 'read' || analysis.projects.length > 0;
	}
	const canBe = isNearlyDue(analysis) || isTaggedWith(analysis, run, id);
	return analysis.isTold && isUnproven(analysis) && canBe;
}

/** By what can be seen. */
function seemsToProtectRun(analysis: Truth, run: RunSpec, id: number, all: readonly RunSpec[]): boolean {
	if (isUnknown(analysis) || !(isInNeed(analysis) || isUnproven(analysis))) {
		return isUnknown(analysis);
	}
	if (looksLike(analysis, run, id)) {
		const isShown = isPlainlyOf(analysis, run) || isTaggedWith(analysis, run, id);
		return isInNeed(analysis) || isNearlyDue(analysis) || isShown;
	}
	const isKnown = analysis.file === 'read';
	return (
		isInNeed(analysis) &&
		(isKnown
			? analysis.projects.some((project) => run.projects.includes(project))
			: !all.some((each) => isPlainlyOf(analysis, each)))
	);
}

function lookedInto({ analyses: all }: World): Set<number> {
	const due = all.filter(({ days, state, file }) => days >= 60 && state !== 'under way' && file === 'read');
	return new Set(due.flatMap((analysis) => analysis.projects));
}

/** What has to be done with something of this age. */
function actionAt(days: number, isArchived: boolean): string | undefined {
	if (days >= 90) {
		return isArchived ? 'unarchive' : 'delete';
	}
	return days >= 60 && !isArchived ? 'archive' : undefined;
}

/** A dataset or run of a world, and what is to become of it. */
interface Thing {
	readonly id: string;
	readonly due: string | undefined;
	readonly isLookedInto: boolean;
	/** By the truth alone, however the analyses are called. */
	readonly isProtected: boolean;
	/** By what can be seen, which can be more. */
	readonly seemsProtected: boolean;
}

function thingsIn(world: World): Thing[] {
	const seen = lookedInto(world);
	const isAnyUnknown = world.analyses.some(isUnknown);
	const ofRuns = world.runs.map((run, index): Thing => {
		const id = runNumber + index;
		const own = world.analyses.filter((analysis) => analysis.run === index);
		return {
			id: `${id}`,
			due: actionAt(run.days, run.isArchived),
			isLookedInto: run.projects.some((project) => seen.has(project)),
			isProtected: isAnyUnknown || own.some((each) => protectsItsRun(each, run, id)),
			seemsProtected: world.analyses.some((each) => seemsToProtectRun(each, run, id, world.runs)),
		};
	});
	const ofDatasets = world.datasets.map((dataset, index): Thing => {
		const isProtected = world.analyses.some((analysis) => protectsDataset(analysis, dataset));
		return {
			id: `ds.${index}`,
			due: actionAt(dataset.days, dataset.isArchived),
			isLookedInto: seen.has(dataset.project),
			isProtected,
			seemsProtected: isProtected || isOfNobodyInTime(world, dataset),
		};
	});
	return [...ofRuns, ...ofDatasets];
}

/** What a pass would do with each thing. */
async function actsIn(world: World): Promise<Map<string, string>> {
	const { items } = await planOf(world);
	return new Map(items.filter(isAct).map(({ item, decision }) => [item.id, decision.action]));
}

describe('whatever runs and analyses are called, and of whatever age and state they are', () => {
	it('nothing in BaseSpace is changed while anything that could be of it is under way, undelivered or unproven', async () => {
		await fc.assert(
			fc.asyncProperty(worlds, async (world) => {
				const acts = await actsIn(world);
				for (const { id, due, isLookedInto, isProtected } of thingsIn(world)) {
					const allowed = isLookedInto && !isProtected ? [due, undefined] : [undefined];
					expect(allowed).toContain(acts.get(id));
				}
			}),
			{ numRuns: 700 },
		);
	});

	it('what is due in a project that is looked into, and nothing protects, is changed', async () => {
		let changed = 0;
		await fc.assert(
			fc.asyncProperty(worlds, async (world) => {
				const acts = await actsIn(world);
				for (const { id, due } of thingsIn(world).filter(isFree)) {
					expect(acts.get(id)).toBe(due);
					changed += due === undefined ? 0 : 1;
				}
			}),
			{ numRuns: 700 },
		);
		expect(changed).toBeGreaterThan(200);
	});
});

describe('whole passes over such worlds', () => {
	it('change nothing that is protected, and are through in two with what is not', {
		timeout: 120_000,
	}, async () => {
		let gone = 0;
		await fc.assert(
			fc.asyncProperty(worlds, async (world) => {
				const scene = await bsshScene();
				const items = furnish(scene, world);
				const things = thingsIn(world);
				await scene.pass({ max_deletions: '100' });
				const touched = new Set(scene.basespace.actions.map(({ item }) => item));
				for (const [index, { isProtected }] of things.entries()) {
					const item = items[index];
					expect(item !== undefined && touched.has(item) && isProtected).toBe(false);
				}
				scene.world.advance(41 * hour);
				await scene.pass({ max_deletions: '100' });
				for (const item of items.filter((_, index) => isToBeGone(things[index]))) {
					expect(item.state).toBe('in the trash');
					gone++;
				}
			}),
			{ numRuns: 20 },
		);
		expect(gone).toBeGreaterThan(0);
	});
});

function isToBeGone(thing: Thing | undefined): boolean {
	return thing !== undefined && isFree(thing) && (thing.due === 'delete' || thing.due === 'unarchive');
}

/** Puts a world into the simulator, the runs first, as they are numbered. */
function furnish(scene: BsshScene, world: World): Item[] {
	const { basespace, ago } = scene;
	const all = Array.from({ length: world.projects }, (_, index) => basespace.addProject(`Project ${index}`));
	for (const [index, analysis] of world.analyses.entries()) {
		launch(scene, analysis, index);
	}
	const ofRuns = world.runs.map(({ name, experimentName = null, days, isArchived, projects: its }) => {
		const own = all.filter((_, index) => its.includes(index));
		return basespace.addRun(own, { name, experimentName, dateCreated: ago(days), isArchived });
	});
	const ofDatasets = world.datasets.flatMap(({ project, days, isArchived }) =>
		all
			.slice(project, project + 1)
			.map((home) => basespace.addDataset(home, { dateCreated: ago(days), isArchived })),
	);
	return [...ofRuns, ...ofDatasets];
}

function launch(scene: BsshScene, { state, file, days, projects: its, ...rest }: Truth, index: number): void {
	const { ago } = scene;
	const named = its.map((project) => `Project ${project}`);
	const status = file === 'archived' ? ('ARCHIVED' as const) : ('AVAILABLE' as const);
	const output = { path: 'bsshoutput.json', content: bsshOutput(named), status };
	const proof = typeof state === 'object' ? ago(state.deliveredDaysAgo) : state === 'handled' && state;
	const statuses = { 'under way': 'IN_PROGRESS', failed: 'FAILED' } as const;
	const spec = {
		reference: `${rest.reference}-${index}`,
		userReference: `${rest.reference}-${index}`,
		tags: { technicalTags: rest.tags },
		endDate: state === 'under way' ? null : ago(days),
		status: state === 'under way' || state === 'failed' ? statuses[state] : ('SUCCEEDED' as const),
		files: [...fastqs('M-1'), ...(file === 'none' ? [] : [output])],
	};
	scene.named(days + 1 / 12, named, spec, proof);
}

function isFree({ isLookedInto, seemsProtected }: Thing): boolean {
	return isLookedInto && !seemsProtected;
}
