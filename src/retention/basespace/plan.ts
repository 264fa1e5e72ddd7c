import pLimit from 'p-limit';
import { ended } from '../../analyses/times.ts';
import { getUserId, listProjects } from '../../basespace/account.ts';
import type { BaseSpaceClient } from '../../basespace/client.ts';
import { listDatasets, listRuns, listRunsOfUser } from '../../basespace/items.ts';
import type { BaseSpaceProject } from '../../basespace/schemas.ts';
import { plausibleTime } from '../../common/dates.ts';
import type { Analysis } from '../../ica/schemas.ts';
import type { RetentionRequest } from '../shared/context.ts';
import {
	type BaseSpaceAged,
	type BaseSpaceFacts,
	decideAll,
	heldProjects,
	unplacedNeeds,
} from './decisions.ts';
import { dueProjects, matchOf } from './due-projects.ts';
import type { HoldOfAll, NamedProjects } from './projects.ts';
import type { BaseSpaceState } from './state-file.ts';

export interface BaseSpacePlan {
	/** Those for which something is due. */
	readonly items: readonly BaseSpaceAged[];
	/** The others. */
	readonly kept: readonly BaseSpaceAged[];
	/** Names of the projects that were looked into. */
	readonly projects: readonly string[];
	/** Projects that were not, with the reason. */
	readonly leftAlone: readonly string[];
	/** Names that several projects have. */
	readonly ambiguous: readonly string[];
	/** Entries of BaseSpace's lists that cannot be read. */
	readonly unreadable: readonly string[];
	/** Projects in which something may still become due: for the next pass. */
	readonly open: BaseSpaceState['projects'];
	/** Why nothing at all was touched; undefined: something could be. */
	readonly heldAll: HoldOfAll | undefined;
	/** Analyses that have been under way for so long that a person should have a look, while they hold something. */
	readonly stuck: readonly Analysis[];
}

export interface BaseSpacePlanRequest extends Pick<RetentionRequest, 'analyses' | 'thresholds' | 'now'> {
	readonly basespace: BaseSpaceClient;
	readonly named: NamedProjects;
	readonly saved: BaseSpaceState;
}

const projectsAtOnce = 4;
const stuckAfterMs = 7 * 24 * 60 * 60 * 1000;
const nothing: BaseSpacePlan = {
	items: [],
	kept: [],
	projects: [],
	leftAlone: [],
	ambiguous: [],
	unreadable: [],
	open: [],
	heldAll: undefined,
	stuck: [],
};

/**
 * Finds out what is to be aged in BaseSpace: in the projects that analyses of the source project name which are due
 * themselves, and nowhere else.
 * @throws {ServiceError}
 */
export async function planBaseSpace(request: BaseSpacePlanRequest): Promise<BaseSpacePlan> {
	const { basespace } = request;
	const { due, later } = dueProjects(request);
	const names = [...due.keys()].sort();
	if (names.length === 0) {
		return { ...nothing, open: later };
	}
	const [userId, visible] = await Promise.all([getUserId(basespace), listProjects(basespace)]);
	const matches = names.map((name) => matchOf(name, visible.items, userId));
	const projects = matches.flatMap(({ project }) => (project === undefined ? [] : [project]));
	const lists = await lookUp(request, projects, visible.items);
	const facts = factsOf(request, userId, lists);
	const aged = await decideWithOtherRuns(request, facts);

	const ambiguous = matches.filter(({ isAmbiguous }) => isAmbiguous).map(({ name }) => name);
	const open = [...openProjects(projects, lists), ...ambiguous].map((name) => ({
		name,
		analysis: due.get(name) ?? '',
	}));
	return {
		items: aged.filter(({ decision }) => decision.action !== 'keep'),
		kept: aged.filter(({ decision }) => decision.action === 'keep'),
		projects: projects.map(({ name }) => name),
		leftAlone: matches.flatMap(({ leftAlone }) => (leftAlone === undefined ? [] : [leftAlone])),
		ambiguous,
		unreadable: [...visible.unreadable, ...lists.unreadable],
		open: [...open, ...later.filter(({ name }) => !due.has(name))],
		heldAll: facts.heldAll,
		stuck: aged.some(({ decision }) => decision.action === 'hold') ? stuckAnalyses(request) : [],
	};
}

function stuckAnalyses({ named, now }: BaseSpacePlanRequest): Analysis[] {
	return named.needs
		.map(({ analysis }) => analysis)
		.filter(({ status, startDate }) => {
			const start = plausibleTime(startDate, now) ?? now;
			return !ended.has(status) && now - start > stuckAfterMs;
		});
}

type Lists = Pick<BaseSpaceFacts, 'datasets' | 'runs' | 'runsOfHeld' | 'heldAll'> & {
	readonly unreadable: readonly string[];
};

type RunList = Awaited<ReturnType<typeof listRuns>>;

async function lookUp(
	{ basespace, named }: BaseSpacePlanRequest,
	projects: readonly BaseSpaceProject[],
	visible: readonly BaseSpaceProject[],
): Promise<Lists> {
	const limit = pLimit(projectsAtOnce);
	const held = heldProjects(named.needs);
	// also those that are not looked into: a run can belong to several projects
	const heldVisible = visible.filter(({ name }) => held.has(name));
	const listAllRuns = async (): Promise<{ ofHeld: RunList; runs: RunList }> => ({
		ofHeld: await listRuns(basespace, heldVisible),
		runs: await listRuns(basespace, projects),
	});
	const [datasets, { ofHeld, runs }] = await Promise.all([
		Promise.all(projects.map((project) => limit(() => listDatasets(basespace, project)))),
		listAllRuns(),
	]);
	return {
		datasets: projects.flatMap((project, index) =>
			(datasets[index]?.items ?? []).map((item) => ({ item, project })),
		),
		runs: runs.items,
		runsOfHeld: new Set(ofHeld.items.map(({ id }) => id)),
		heldAll: named.heldAll ?? holdForUnknown(held, visible),
		unreadable: [...datasets.flatMap(({ unreadable }) => unreadable), ...runs.unreadable],
	};
}

/** A project that is not to be seen may have got another name. */
function holdForUnknown(
	held: ReadonlyMap<string, string>,
	visible: readonly BaseSpaceProject[],
): HoldOfAll | undefined {
	const names = new Set(visible.map(({ name }) => name));
	const [unknown] = [...held].filter(([name]) => !names.has(name));
	return (
		unknown && {
			why: `${unknown[1]}, and BaseSpace shows no project of that name: ${unknown[0]}`,
			needsAction: true,
		}
	);
}

function factsOf(
	{ named, saved, thresholds, now }: BaseSpacePlanRequest,
	userId: string,
	lists: Lists,
): BaseSpaceFacts {
	const { needs } = named;
	return { ...lists, userId, needs, otherRuns: [], restoring: saved.restoring, thresholds, now };
}

/** What an analysis in need is of can be a run that is not looked into, which is asked only when that matters. */
async function decideWithOtherRuns(
	{ basespace }: BaseSpacePlanRequest,
	facts: BaseSpaceFacts,
): Promise<BaseSpaceAged[]> {
	const unplaced = unplacedNeeds(facts.needs, facts.runs);
	const withoutThem = decideAll({ ...facts, needs: facts.needs.filter((need) => !unplaced.includes(need)) });
	const isRunAtStake = withoutThem.some(
		({ item, decision }) => item.kind === 'run' && acts.has(decision.action),
	);
	if (unplaced.length === 0 || !isRunAtStake) {
		return decideAll(facts);
	}
	return decideAll({ ...facts, otherRuns: (await listRunsOfUser(basespace)).items });
}

const acts: ReadonlySet<string> = new Set(['archive', 'unarchive', 'delete']);

/** BaseSpace does not report a run's projects: as long as one is there, they all stay. */
function openProjects(projects: readonly BaseSpaceProject[], { datasets, runs }: Lists): string[] {
	const isRunThere = runs.some(({ isDeleted }) => !isDeleted);
	const withDatasets = new Set(
		datasets.filter(({ item }) => !item.isDeleted).map(({ project }) => project.name),
	);
	return projects.map(({ name }) => name).filter((name) => isRunThere || withDatasets.has(name));
}
