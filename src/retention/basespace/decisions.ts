import { type BaseSpaceItem, type BaseSpaceProject, keyOf } from '../../basespace/schemas.ts';
import { nameOf } from '../../ica/schemas.ts';
import type { RetentionThresholds } from '../shared/due.ts';
import type { RetentionDecision } from '../shared/policy.ts';
import { couldBeOf, handlesOf, isClearlyOf, type Traces, tracesOf } from './evidence.ts';
import { decideForItem } from './policy.ts';
import type { HoldOfAll, Need } from './projects.ts';

/** What is decided about one dataset or run. */
export interface BaseSpaceAged {
	readonly item: BaseSpaceItem;
	/** The name of its project; undefined for a run, which can belong to several. */
	readonly project: string | undefined;
	readonly decision: RetentionDecision;
	readonly bytes: number;
}

/** All that is known when datasets and runs are decided about. */
export interface BaseSpaceFacts {
	/** The user of the token. */
	readonly userId: string;
	/** What the projects list that due analyses name. */
	readonly datasets: readonly { readonly item: BaseSpaceItem; readonly project: BaseSpaceProject }[];
	/** The runs of these projects. */
	readonly runs: readonly BaseSpaceItem[];
	readonly needs: readonly Need[];
	/** Why nothing at all may be touched; undefined: something may. */
	readonly heldAll: HoldOfAll | undefined;
	/** Ids of the runs of the projects that analyses in need name. */
	readonly runsOfHeld: ReadonlySet<string>;
	/** Other runs, only to find out what analyses in need are of. */
	readonly otherRuns: readonly BaseSpaceItem[];
	/** When an earlier pass asked for something to be unarchived, in milliseconds since 1970. */
	readonly restoring: Readonly<Record<string, number>>;
	readonly thresholds: RetentionThresholds;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

/** Decides about every dataset and run by its age, its owner, and what the analyses in need keep. */
export function decideAll(facts: BaseSpaceFacts): BaseSpaceAged[] {
	const { needs, heldAll, userId } = facts;
	const held = heldProjects(needs);
	const ready = needs.map((need) => ({ need, traces: tracesOf(need.analysis) }));
	const unplaced = holdOfAllRuns(facts);
	const datasets = facts.datasets.map(({ item, project }) =>
		decide(facts, item, {
			project: project.name,
			notOurs: foreignDataset(item, project, userId),
			hold: heldAll?.why ?? held.get(project.name),
		}),
	);
	const runs = facts.runs.map((item) =>
		decide(facts, item, {
			project: undefined,
			notOurs: item.ownerId === userId ? undefined : othersItem,
			hold: heldAll?.why ?? holdOfRun(item, ready) ?? holdByProject(facts, item) ?? unplaced,
		}),
	);
	return [...datasets, ...runs];
}

/** Why a project's datasets may not be touched, by the project's name. */
export function heldProjects(needs: readonly Need[]): Map<string, string> {
	return new Map(
		needs.flatMap(({ projects = [], analysis, state }) =>
			projects.map((name) => [name, `${nameOf(analysis)}, which names its project, ${state}`] as const),
		),
	);
}

/** Analyses in need that could be of any run: their projects are not known, and they are clearly of none of these runs. */
export function unplacedNeeds(needs: readonly Need[], runs: readonly BaseSpaceItem[]): Need[] {
	const handles = runs.map(handlesOf);
	return needs.filter(({ analysis, projects }) => {
		const traces = projects === undefined ? tracesOf(analysis) : undefined;
		return traces !== undefined && !handles.some((each) => isClearlyOf(traces, each));
	});
}

function holdOfAllRuns({ needs, runs, otherRuns }: BaseSpaceFacts): string | undefined {
	const [first] = unplacedNeeds(needs, [...runs, ...otherRuns]);
	return first && `${nameOf(first.analysis)} ${first.state}, and its run is not known`;
}

function holdOfRun(
	run: BaseSpaceItem,
	needs: readonly { readonly need: Need; readonly traces: Traces }[],
): string | undefined {
	const handles = handlesOf(run);
	const found = needs.find(({ traces }) => couldBeOf(traces, handles));
	return found && `${nameOf(found.need.analysis)} ${found.need.state}`;
}

function holdByProject({ runsOfHeld }: BaseSpaceFacts, { id }: BaseSpaceItem): string | undefined {
	return runsOfHeld.has(id)
		? 'an analysis that names its project is still to be delivered, or under way'
		: undefined;
}

const othersItem = 'shared, and not owned by the user of the token';

/** Of a dataset without an owner, the owner is its project's. */
function foreignDataset(item: BaseSpaceItem, project: BaseSpaceProject, userId: string): string | undefined {
	if (item.projectId !== undefined && item.projectId !== project.id) {
		return 'of another project, and only listed in this one';
	}
	const isOwned = item.ownerId === undefined ? item.projectId === project.id : item.ownerId === userId;
	return isOwned ? undefined : othersItem;
}

interface Known {
	readonly project: string | undefined;
	readonly notOurs: string | undefined;
	readonly hold: string | undefined;
}

function decide(
	{ restoring, thresholds, now }: BaseSpaceFacts,
	item: BaseSpaceItem,
	{ project, notOurs, hold }: Known,
): BaseSpaceAged {
	const circumstances = { notOurs, hold, restoringSince: restoring[keyOf(item)] };
	return {
		item,
		project,
		decision: decideForItem(item, circumstances, thresholds, now),
		bytes: item.bytes,
	};
}
