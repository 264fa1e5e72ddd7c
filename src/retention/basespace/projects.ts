import pLimit from 'p-limit';
import { type BsshOutput, readBsshOutput } from '../../analyses/bssh-output.ts';
import { ended } from '../../analyses/times.ts';
import { plausibleTime } from '../../common/dates.ts';
import { type Analysis, type Data, isManagedByBaseSpace, nameOf } from '../../ica/schemas.ts';
import type { Storage } from '../../ica/transfer.ts';
import type { RetentionRequest } from '../shared/context.ts';
import { dueByAge } from '../shared/due.ts';
import type { ManagedAnalyses } from '../shared/managed.ts';
import { isUndelivered } from '../shared/policy.ts';
import type { BaseSpaceState } from './state-file.ts';

/** What ICA reports of the analyses and of the BaseSpace projects that hold their datasets. */
export interface NamedProjects {
	/** The projects that analyses name which are due themselves, each with the id of one of these. */
	readonly due: ReadonlyMap<string, string>;
	/** Analyses that are not through with their data. */
	readonly needs: readonly Need[];
	/** Why nothing at all may be touched; undefined: something may. */
	readonly heldAll: HoldOfAll | undefined;
	/** Analyses that have ended and are handled: what they named may be touched, if their delivery is proven. */
	readonly claims: readonly Claim[];
	/** All analyses that have ended and are handled. */
	readonly handled: readonly Handled[];
	/** What each file names: for the next pass. */
	readonly outputs: BaseSpaceState['outputs'];
	/** Files that are in the archive and were not read before, each with the reason. */
	readonly away: readonly string[];
	/** Files that should be readable and are not, each with the reason. */
	readonly unreadable: readonly string[];
}

export interface HoldOfAll {
	readonly why: string;
	/** Whether it does not end with the delivery of one analysis alone. */
	readonly needsAction: boolean;
}

/** An analysis that is under way, or waits for its delivery. */
export interface Need {
	readonly analysis: Analysis;
	/** For a reader: "is under way". */
	readonly state: string;
	/** Undefined where they are not known (yet). */
	readonly projects: readonly string[] | undefined;
}

/** An analysis of which a run can be. */
export interface Handled {
	readonly analysis: Analysis;
	/** Whether it is due, or so near to it that it can be of something that is. */
	readonly isNearlyDue: boolean;
}

/** An analysis that has to do with what is in some projects. */
export interface Claim {
	readonly analysis: Analysis;
	/** Undefined where they are not known: it could be any. */
	readonly projects: readonly string[] | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Datasets can be older than the end of their analysis: it matters when it is so near to being due. */
const nearDays = 7;
const filesAtOnce = 4;

/** Whether an analysis has to be delivered before anything that it could be about is touched. */
function isToBeDelivered(
	{ pipelinePattern, managedIds }: Pick<RetentionRequest, 'pipelinePattern' | 'managedIds'>,
	analysis: Analysis,
): boolean {
	return isUndelivered({
		status: analysis.status,
		isBclConvert: pipelinePattern.test(analysis.pipelineCode),
		wasManaged: managedIds.has(analysis.id),
	});
}

/**
 * Finds out which projects the analyses name. Reads only what no earlier pass has read.
 * @throws {StoppedError}
 */
export async function readNamedProjects(
	request: RetentionRequest & { readonly storage: Storage },
	managed: ManagedAnalyses,
	saved: BaseSpaceState,
): Promise<NamedProjects> {
	const limit = pLimit(filesAtOnce);
	const read = (file: Data): Promise<BsshOutput> => {
		const names = saved.outputs[file.id];
		return names === undefined
			? limit(() => readBsshOutput(request, request.source, file))
			: Promise.resolve({ kind: 'names', names });
	};
	const reads = [...managed.files].flatMap(([analysis, files]) =>
		isOfInterest(request, analysis) ? files.map(async (file) => [file.id, await read(file)] as const) : [],
	);
	return namedProjectsOf(request, managed, new Map(await Promise.all(reads)), saved);
}

/** Whether it matters now which projects an analysis names. */
function isOfInterest(request: NamedProjectsRequest, analysis: Analysis): boolean {
	return stateOfNeed(request, analysis) !== undefined || isNearlyDue(request, analysis);
}

/** Whether something that is due can have been made by it; so it is where its start is not known. */
function isNearlyDue({ thresholds, now }: NamedProjectsRequest, { startDate }: Analysis): boolean {
	const start = plausibleTime(startDate, now);
	const first = Math.min(thresholds.daysToArchive, thresholds.daysToDelete) - nearDays;
	return start === undefined || now - start >= first * dayMs;
}

function stateOfNeed(request: NamedProjectsRequest, analysis: Analysis): string | undefined {
	if (!ended.has(analysis.status)) {
		return 'is under way';
	}
	return isToBeDelivered(request, analysis) ? 'was not delivered when the pass began' : undefined;
}

type NamedProjectsRequest = Pick<
	RetentionRequest,
	'source' | 'analyses' | 'pipelinePattern' | 'managedIds' | 'thresholds' | 'now'
>;

/**
 * Puts together what the files hold.
 * @param reads what is in each file, by its id; a file that does not matter now is not among them
 */
export function namedProjectsOf(
	request: NamedProjectsRequest,
	{ files }: Pick<ManagedAnalyses, 'files'>,
	reads: ReadonlyMap<string, BsshOutput>,
	saved: Pick<BaseSpaceState, 'outputs' | 'projects'>,
): NamedProjects {
	const named = request.analyses.map((analysis) => ({
		analysis,
		files: files.get(analysis) ?? [],
		projects: projectsIn(files.get(analysis) ?? [], reads),
		state: stateOfNeed(request, analysis),
	}));
	const all = [...files].flatMap(([analysis, some]) => some.map((file) => ({ analysis, file })));
	const failed = (kind: BsshOutput['kind']): string[] =>
		all.flatMap(({ analysis, file }) => {
			const output = reads.get(file.id);
			return output?.kind === kind && 'why' in output ? [`${nameOf(analysis)}: ${output.why}`] : [];
		});
	return {
		due: dueProjects(request, named),
		needs: named.flatMap(({ analysis, projects, state }) =>
			state === undefined ? [] : [{ analysis, projects, state }],
		),
		heldAll: holdOfAll(request, named),
		claims: [
			...named.filter(
				({ analysis, files: own, state }) =>
					state === undefined && own.some(({ id }) => reads.has(id)) && ended.has(analysis.status),
			),
			...rememberedClaims(named, saved.projects),
		],
		handled: named
			.filter(({ state }) => state === undefined)
			.map(({ analysis }) => ({ analysis, isNearlyDue: isNearlyDue(request, analysis) })),
		outputs: namesToRemember(all, reads, saved),
		away: failed('away'),
		unreadable: failed('unreadable'),
	};
}

/** Of analyses whose outputs are gone, and that named a project which is still looked into. */
function rememberedClaims(named: readonly Named[], projects: BaseSpaceState['projects']): Claim[] {
	const withoutFile = new Map(
		named
			.filter(({ files, state }) => files.length === 0 && state === undefined)
			.map(({ analysis }) => [analysis.id, analysis]),
	);
	return projects.flatMap(({ name, analysis: id }) => {
		const analysis = withoutFile.get(id);
		return analysis === undefined ? [] : [{ analysis, projects: [name] }];
	});
}

interface Named extends Claim {
	readonly files: readonly Data[];
	readonly state: string | undefined;
}

/** Undefined where a single file is not known, and where there is none. */
function projectsIn(files: readonly Data[], reads: ReadonlyMap<string, BsshOutput>): string[] | undefined {
	const outputs = files.map(({ id }) => reads.get(id));
	const names = outputs.flatMap((output) => (output?.kind === 'names' ? [output.names] : []));
	return files.length === 0 || names.length < files.length ? undefined : [...new Set(names.flat())];
}

function isDue({ thresholds, now }: NamedProjectsRequest, analysis: Analysis): boolean {
	return dueByAge(analysis, thresholds, now) !== 'nothing';
}

/** Each with the oldest analysis, which is due for as long as any. */
function dueProjects(request: NamedProjectsRequest, named: readonly Named[]): Map<string, string> {
	const due = named
		.filter(({ analysis }) => isDue(request, analysis))
		.toSorted((one, other) => (one.analysis.startDate < other.analysis.startDate ? 1 : -1));
	return new Map(due.flatMap(({ analysis, projects = [] }) => projects.map((name) => [name, analysis.id])));
}

/** What is to be delivered, and could be about anything. */
function holdOfAll(request: NamedProjectsRequest, named: readonly Named[]): HoldOfAll | undefined {
	const unknown = named.filter(
		({ analysis, files, projects }) =>
			projects === undefined &&
			(files.length > 0 || (isManagedByBaseSpace(request.source) && isNearlyDue(request, analysis))) &&
			isToBeDelivered(request, analysis),
	);
	const [first] = unknown.toSorted((one, other) => other.files.length - one.files.length);
	return (
		first && {
			why: `${nameOf(first.analysis)} ${first.state}, and which projects it names is not known`,
			// without a file it is somebody's own analysis, as a rule, and waits for nothing but its delivery
			needsAction: first.files.length > 0,
		}
	);
}

/** What was read now, and what earlier passes have read of files that are still there. */
function namesToRemember(
	all: readonly { readonly file: Data }[],
	reads: ReadonlyMap<string, BsshOutput>,
	{ outputs }: Pick<BaseSpaceState, 'outputs'>,
): BaseSpaceState['outputs'] {
	return Object.fromEntries(
		all.flatMap(({ file: { id } }) => {
			const output = reads.get(id);
			const names = output?.kind === 'names' ? [...output.names] : outputs[id];
			return names === undefined ? [] : [[id, names]];
		}),
	);
}
