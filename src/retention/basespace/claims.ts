import type { BaseSpaceItem } from '../../basespace/schemas.ts';
import { plausibleTime } from '../../common/dates.ts';
import type { Proof } from '../../delivery/proof.ts';
import { type Analysis, nameOf } from '../../ica/schemas.ts';
import { type Verdict, withoutProof } from '../shared/policy.ts';
import type { BaseSpaceAged } from './decisions.ts';
import {
	couldBeOf,
	type Handles,
	handlesOf,
	isClearlyOf,
	isTaggedWith,
	phrasesOf,
	type Traces,
	tracesOf,
} from './evidence.ts';
import type { Claim, Handled } from './projects.ts';

/*
 * What an analysis has brought forth in BaseSpace is not touched before its delivery is proven, and not while an analysis
 * under way makes use of it. BaseSpace does not report which analysis a dataset is of: it could be that of every analysis
 * which names its project and was at work when it was made.
 */

/** Analyses whose data a dataset or run can be. */
export interface Claims {
	/** Those that name projects. */
	readonly named: readonly Claim[];
	/** Those of which a run can be. */
	readonly handled: readonly Handled[];
}

/** What is in use: paths in the source project, a folder's with its closing slash, each with who uses it. */
type PathsInUse = readonly { readonly path: string; readonly by: string }[];

const dayMs = 24 * 60 * 60 * 1000;
/** BaseSpace can make a dataset while the analysis runs, and some time after it. */
const daysBefore = 1;
const daysAfter = 7;
const acts: ReadonlySet<string> = new Set(['archive', 'unarchive', 'delete']);

/** Whether something is to be changed. */
export function isAct({ decision }: BaseSpaceAged): boolean {
	return acts.has(decision.action);
}

/**
 * Whose data each dataset and run can be that is to be changed.
 * @param aged all of the projects that are looked into
 * @param now milliseconds since 1970, UTC
 */
export function claimantsOf(
	aged: readonly BaseSpaceAged[],
	{ named, handled }: Claims,
	now: number,
): Map<BaseSpaceAged, Analysis[]> {
	const toChange = aged.filter(isAct);
	const isRunAmong = toChange.some(({ item }) => item.kind === 'run');
	const traced = isRunAmong ? handled.map((each) => ({ ...each, traces: tracesOf(each.analysis) })) : [];
	const runs = aged.flatMap(({ item }) => (item.kind === 'run' ? [handlesOf(item)] : []));
	const spans = named.map((claim) => ({ ...claim, span: spanOf(claim.analysis, now) }));
	return new Map(
		toChange.map((each) => [
			each,
			each.item.kind === 'run' ? ofRun(each.item, runs, traced) : ofDataset(each, spans, now),
		]),
	);
}

type Traced = Handled & { readonly traces: Traces };

/**
 * A run can be analysed again long after it was made, which its own name and ids show. An experiment's name can be that of
 * many runs, of which some analysis is always a new one: unless it is that of one run alone, what it shows is an
 * analysis that was made at about the time of the run.
 */
function ofRun(item: BaseSpaceItem, runs: readonly Handles[], handled: readonly Traced[]): Analysis[] {
	const handles = handlesOf(item);
	const own = handlesOf({ ...item, experimentName: undefined });
	const isOnlyOf = (traces: Traces): boolean =>
		isClearlyOf(traces, handles) && runs.filter((each) => isClearlyOf(traces, each)).length === 1;
	return handled
		.filter(({ traces, isNearlyDue }) =>
			isNearlyDue
				? couldBeOf(traces, handles)
				: isClearlyOf(traces, own) || isTaggedWith(traces, own) || isOnlyOf(traces),
		)
		.map(({ analysis }) => analysis);
}

interface Span {
	readonly from: number;
	readonly to: number;
}

function ofDataset(
	{ item, project }: BaseSpaceAged,
	claims: readonly (Claim & { readonly span: Span | undefined })[],
	now: number,
): Analysis[] {
	const created = plausibleTime(item.dateCreated, now);
	const candidates = claims.filter(
		({ projects }) => projects === undefined || project === undefined || projects.includes(project),
	);
	const atWork = candidates.filter(
		({ span }) => span === undefined || created === undefined || (span.from <= created && created <= span.to),
	);
	// where none was at work, it can be of any that had begun
	const begun = candidates.filter(({ span }) => created === undefined || (span?.from ?? 0) <= created);
	return (atWork.length > 0 ? atWork : begun).map(({ analysis }) => analysis);
}

/** When what an analysis brings forth can have been made; undefined: at any time. */
function spanOf({ startDate, endDate }: Analysis, now: number): Span | undefined {
	const start = plausibleTime(startDate, now);
	const end = plausibleTime(endDate, now);
	return start === undefined || end === undefined
		? undefined
		: { from: start - daysBefore * dayMs, to: end + daysAfter * dayMs };
}

/** What was found out about the analyses whose data is to be changed. */
export interface Evidence {
	/** By the analysis's id. */
	readonly proofs: ReadonlyMap<string, Proof>;
	readonly inUse: PathsInUse;
	/** The output folders of an analysis, as far as they are known. */
	readonly foldersOf: (analysis: Analysis) => readonly string[];
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

/** Takes back what was decided about data that is in use, or whose delivery is not proven, or was made a short time ago. */
export function protectClaimed(
	aged: readonly BaseSpaceAged[],
	claimants: ReadonlyMap<BaseSpaceAged, readonly Analysis[]>,
	evidence: Evidence,
): BaseSpaceAged[] {
	return aged.map((each) => {
		const owners = claimants.get(each);
		const verdict = owners && (reasonOfUse(each.item, owners, evidence) ?? reasonOfProof(owners, evidence));
		const { ageDays } = each.decision;
		return verdict ? { ...each, decision: { needsAction: false, ...verdict, ageDays } } : each;
	});
}

function reasonOfUse(
	item: BaseSpaceItem,
	owners: readonly Analysis[],
	{ inUse, foldersOf }: Evidence,
): Verdict | undefined {
	const handles = item.kind === 'run' ? handlesOf(item) : undefined;
	const ofRunItself = inUse.find(
		({ path }) => handles && couldBeOf({ references: phrasesOf(path.split('/')), tags: [] }, handles),
	);
	const folders = owners.flatMap(foldersOf);
	const ofOwner = inUse.find(({ path }) =>
		folders.some((folder) => path.startsWith(folder) || (path.endsWith('/') && folder.startsWith(path))),
	);
	const user = ofRunItself ?? ofOwner;
	return user && { action: 'wait', why: `due, and an input of ${user.by}` };
}

/** The gravest first: what needs action, then what ends by itself, the latest first. */
function reasonOfProof(owners: readonly Analysis[], { proofs, now }: Evidence): Verdict | undefined {
	const verdicts = owners.flatMap((analysis) => {
		const proof = proofs.get(analysis.id) ?? { kind: 'unknown', why: 'it was not looked for' };
		const verdict = withoutProof(proof, now);
		return verdict === undefined
			? []
			: [{ ...verdict, why: `could be of ${nameOf(analysis)}: ${verdict.why}` }];
	});
	const [first] = verdicts.toSorted((one, other) => rankOf(other) - rankOf(one));
	return first;
}

function rankOf({ action, notBefore }: Verdict): number {
	return action === 'hold' ? Number.POSITIVE_INFINITY : (notBefore ?? Number.MAX_VALUE);
}
