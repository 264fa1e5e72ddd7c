import pLimit from 'p-limit';
import type { AgeingQuestion } from './ageing-plan.ts';
import { getUserId, listProjects } from './basespace/account.ts';
import type { BaseSpaceClient } from './basespace/client.ts';
import { listDatasets, listRuns } from './basespace/items.ts';
import type { BaseSpaceList } from './basespace/paging.ts';
import { type BaseSpaceItem, type BaseSpaceProject, keyOf } from './basespace/schemas.ts';
import type { BaseSpaceMemory } from './basespace-memory.ts';
import { isToBeDelivered, type ProjectNaming } from './basespace-naming.ts';
import { decideForItem } from './basespace-retention.ts';
import { nameOf } from './ica/schemas.ts';
import { ended, type RetentionDecision } from './retention.ts';

/** What is decided about one dataset or run. */
export interface BaseSpaceAged {
	readonly item: BaseSpaceItem;
	/** The name of its project; undefined for a run, which can belong to several. */
	readonly project: string | undefined;
	readonly decision: RetentionDecision;
	readonly bytes: number;
}

export interface BaseSpacePlan {
	/** Those for which something is due. */
	readonly items: readonly BaseSpaceAged[];
	/** The others. */
	readonly kept: readonly BaseSpaceAged[];
	/** Names of the projects that were looked into. */
	readonly projects: readonly string[];
	/** Projects that were not, with the reason. */
	readonly leftAlone: readonly string[];
	/** Names of which nobody but a person can tell which project they mean. */
	readonly ambiguous: readonly string[];
	/** Entries of BaseSpace's lists that cannot be read. */
	readonly unreadable: readonly string[];
	/** Names of projects in which something may still become due. */
	readonly open: readonly string[];
}

export interface BaseSpaceQuestion extends AgeingQuestion {
	readonly basespace: BaseSpaceClient;
	readonly naming: ProjectNaming;
	readonly memory: BaseSpaceMemory;
}

const projectsAtOnce = 4;
const nothing: BaseSpacePlan = {
	items: [],
	kept: [],
	projects: [],
	leftAlone: [],
	ambiguous: [],
	unreadable: [],
	open: [],
};

/**
 * Finds out what is to be aged in BaseSpace: in the projects that analyses of the source project name, and nowhere else.
 * @throws {ServiceError}
 */
export async function planBaseSpace(question: BaseSpaceQuestion): Promise<BaseSpacePlan> {
	const { basespace, naming, memory } = question;
	const names = [...new Set([...naming.names, ...memory.projects])].sort();
	if (names.length === 0) {
		return nothing;
	}
	const [userId, visible] = await Promise.all([getUserId(basespace), listProjects(basespace)]);
	const matches = names.map((name) => matchOf(name, visible.items, userId));
	const projects = matches.flatMap(({ project }) => (project === undefined ? [] : [project]));
	const limit = pLimit(projectsAtOnce);
	const [datasets, runs] = await Promise.all([
		Promise.all(projects.map((project) => limit(() => datasetsOf(question, project, userId)))),
		runsOf(question, projects, userId),
	]);
	const all = [...datasets.flatMap(({ aged }) => aged), ...runs.aged];
	const ambiguous = matches.filter(({ isAmbiguous }) => isAmbiguous).map(({ name }) => name);
	const isOpen = ({ item }: BaseSpaceAged): boolean => !item.isDeleted;
	// a run does not tell its projects: as long as one is there, they all stay
	const open = projects.filter(
		(_, index) => runs.aged.some(isOpen) || (datasets[index]?.aged ?? []).some(isOpen),
	);
	return {
		items: all.filter(({ decision }) => decision.action !== 'keep'),
		kept: all.filter(({ decision }) => decision.action === 'keep'),
		projects: projects.map(({ name }) => name),
		leftAlone: matches.flatMap(({ leftAlone }) => (leftAlone === undefined ? [] : [leftAlone])),
		ambiguous,
		unreadable: [
			...visible.unreadable,
			...datasets.flatMap(({ unreadable }) => unreadable),
			...runs.unreadable,
		],
		open: [...open.map(({ name }) => name), ...ambiguous],
	};
}

interface Match {
	readonly name: string;
	readonly project?: BaseSpaceProject;
	readonly leftAlone?: string;
	readonly isAmbiguous?: true;
}

/** The one project of exactly this name, if it is the user's own. */
function matchOf(name: string, visible: readonly BaseSpaceProject[], userId: string): Match {
	const [project, ...others] = visible.filter((each) => each.name === name);
	if (project === undefined) {
		return { name, leftAlone: `${name} (not among the projects that BaseSpace shows this user)` };
	}
	if (others.length > 0) {
		const ids = [project, ...others].map(({ id }) => id).join(', ');
		return { name, isAmbiguous: true, leftAlone: `${name} (several projects have that name: ${ids})` };
	}
	return project.ownerId === userId
		? { name, project }
		: { name, leftAlone: `${name} (it does not belong to the user of the token)` };
}

interface Decided {
	readonly aged: readonly BaseSpaceAged[];
	readonly unreadable: readonly string[];
}

async function datasetsOf(
	question: BaseSpaceQuestion,
	project: BaseSpaceProject,
	userId: string,
): Promise<Decided> {
	const { naming } = question;
	return decideAll(question, await listDatasets(question.basespace, project), (item) => ({
		project: project.name,
		notOurs: foreignDataset(item, project, userId),
		hold: naming.heldAll ?? naming.held.get(project.name),
	}));
}

const othersItem = 'shared, and not owned by the user of the token';

/** Of a dataset that does not tell its owner, the owner is its project's. */
function foreignDataset(item: BaseSpaceItem, project: BaseSpaceProject, userId: string): string | undefined {
	if (item.projectId !== undefined && item.projectId !== project.id) {
		return 'of another project, and only listed in this one';
	}
	const isOwned = item.ownerId === undefined ? item.projectId === project.id : item.ownerId === userId;
	return isOwned ? undefined : othersItem;
}

async function runsOf(
	question: BaseSpaceQuestion,
	projects: readonly BaseSpaceProject[],
	userId: string,
): Promise<Decided> {
	const { naming, basespace } = question;
	const heldProjects = projects.filter(({ name }) => naming.held.has(name));
	const runsOfHeld = new Set((await listRuns(basespace, heldProjects)).items.map(({ id }) => id));
	const runs = await listRuns(basespace, projects);
	const needed = analysesInNeed(question);
	return decideAll(question, runs, (run) => ({
		project: undefined,
		notOurs: run.ownerId === userId ? undefined : othersItem,
		hold:
			naming.heldAll ??
			reasonOfNeed(run, needed) ??
			(runsOfHeld.has(run.id) ? 'an analysis that names its project is still to be delivered' : undefined),
	}));
}

interface Need {
	/** In lower case. */
	readonly reference: string;
	readonly why: string;
}

/** Analyses that are not through with their sequencing run. */
function analysesInNeed(question: BaseSpaceQuestion): Need[] {
	return question.analyses.flatMap((analysis) => {
		const why = isToBeDelivered(question, analysis)
			? 'was not delivered when the pass began'
			: underWay(analysis.status);
		return why === undefined
			? []
			: [{ reference: analysis.reference.toLowerCase(), why: `${nameOf(analysis)} ${why}` }];
	});
}

function underWay(status: string): string | undefined {
	return ended.has(status) ? undefined : 'is under way';
}

/** The reference of an analysis begins with the name of its sequencing run. */
function reasonOfNeed({ name }: BaseSpaceItem, needed: readonly Need[]): string | undefined {
	return needed.find(({ reference }) => reference.startsWith(name.toLowerCase()))?.why;
}

interface Known {
	readonly project: string | undefined;
	readonly notOurs: string | undefined;
	readonly hold: string | undefined;
}

function decideAll(
	{ memory, thresholds, now }: BaseSpaceQuestion,
	{ items, unreadable }: BaseSpaceList<BaseSpaceItem>,
	know: (item: BaseSpaceItem) => Known,
): Decided {
	const aged = items.map((item): BaseSpaceAged => {
		const { project, notOurs, hold } = know(item);
		const circumstances = { notOurs, hold, restoringSince: memory.restoring[keyOf(item)] };
		return {
			item,
			project,
			decision: decideForItem(item, circumstances, thresholds, now),
			bytes: item.bytes,
		};
	});
	return { aged, unreadable };
}
