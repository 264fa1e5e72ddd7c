import pLimit from 'p-limit';
import {
	isProgramError,
	OutageError,
	reasonOf,
	ServiceError,
	type ServiceFailure,
	StoppedError,
} from '../../common/errors.ts';
import type { AnalysisIds } from '../../common/ids.ts';
import { byCodeUnits } from '../../common/text.ts';
import { findManifests, manifestPath, mayOwe, type ProofRequest, proofOf } from '../../delivery/proof.ts';
import { type Analysis, type Data, nameOf } from '../../ica/schemas.ts';
import type { Postponed } from '../../state/state-file.ts';
import type { RetentionThresholds } from '../due.ts';
import { decideRetention, type Proof, type RetentionDecision } from '../policy.ts';
import { findCandidates } from './candidates.ts';
import { guardActs } from './guards.ts';
import { type Inspection, inspect } from './inspection.ts';
import { type References, referencesOf } from './neighbours.ts';

/** What is to be done with the output of one old analysis. */
export interface RetentionItem {
	readonly analysis: Analysis;
	readonly decision: RetentionDecision;
	/** What the analysis lists as its own output, and the source project owns. */
	readonly items: readonly Data[];
	readonly files: number;
	readonly bytes: number;
}

export interface RetentionPlan {
	/** Without those for which nothing is due. */
	readonly items: readonly RetentionItem[];
	/** Those which nothing is due for yet, though their analyses are old: something in them is younger. */
	readonly young: readonly RetentionItem[];
	/** Analyses of which nothing is left to be archived. */
	readonly archived: readonly Analysis[];
	/** Analyses that could not be looked at, with the reason. */
	readonly failures: readonly InspectionFailure[];
	/** Those that are not looked at, since an earlier pass has said all that there is to say until some later time. */
	readonly postponed: readonly PostponedItem[];
	/** Analyses that put out nothing but into the folders that bear their names, for the next pass; undefined: as before. */
	readonly keepToThemselves: readonly string[] | undefined;
	/** Why nothing may be changed in this pass; undefined: it may. */
	readonly stopped: string | undefined;
}

export interface RetentionRequest extends ProofRequest {
	/** All analyses of the source project. */
	readonly analyses: readonly Analysis[];
	/** Ids that were in the managed table when the pass began. */
	readonly managedIds: AnalysisIds;
	readonly thresholds: RetentionThresholds;
	/** What an earlier pass has found out of an analysis that need not be looked at yet; undefined for any other. */
	readonly postponed: (analysis: Analysis) => PostponedItem | undefined;
	/** Ids of those of which an earlier pass has seen that they put out nothing but into the folders that bear their names. */
	readonly keepToThemselves: ReadonlySet<string>;
}

/** An analysis that could not be looked at. */
interface InspectionFailure {
	readonly analysis: Analysis;
	/** With its name. */
	readonly why: string;
	/** Whether it is not to be expected that the next pass can. */
	readonly isLasting: boolean;
}

/** What ICA has said of the thing itself, and not of the moment. */
const lastingFailures: ReadonlySet<ServiceFailure> = new Set(['forbidden', 'refused']);
const inspectionsAtOnce = 8;

/**
 * Finds out what is to be aged.
 * @param aged those of the analyses whose output ICA manages
 * @throws {ServiceError} when it cannot be found out at all; a single analysis that cannot be looked at keeps no other
 */
export async function planRetention(
	request: RetentionRequest,
	aged: readonly Analysis[],
): Promise<RetentionPlan> {
	const analyses = aged.filter((analysis) => request.postponed(analysis) === undefined);
	const { toInspect, archived } = await findCandidates({ ...request, analyses });
	const references = referencesOf(request.analyses);
	const limit = pLimit(inspectionsAtOnce);
	const inspected = await Promise.all(
		toInspect.map((analysis) => limit(() => inspectOrSayWhy(request, references, analysis))),
	);
	const seen = inspected.flatMap((each) => ('why' in each ? [] : [each]));
	const failures = inspected.flatMap((each) => ('why' in each ? [each] : []));
	const decided = await decideAll(request, seen);
	const guarded = await guardActs(request, decided);
	const items = guarded.decided.map(({ item }) => item).toSorted(oldestFirst);
	return {
		items: items.filter(({ decision }) => decision.action !== 'keep'),
		young: items.filter(({ decision }) => decision.action === 'keep'),
		failures,
		archived,
		postponed: aged.flatMap((analysis) => request.postponed(analysis) ?? []),
		keepToThemselves: guarded.keepToThemselves,
		stopped: guarded.stopped,
	};
}

function oldestFirst(one: RetentionItem, other: RetentionItem): number {
	const byAge = (other.decision.ageDays ?? 0) - (one.decision.ageDays ?? 0);
	return byAge === 0 ? byCodeUnits(one.analysis.reference, other.analysis.reference) : byAge;
}

async function inspectOrSayWhy(
	request: RetentionRequest,
	references: References,
	analysis: Analysis,
): Promise<Inspection | InspectionFailure> {
	try {
		return await inspect({ ...request, references }, analysis);
	} catch (error) {
		if (error instanceof StoppedError || error instanceof OutageError) {
			throw error;
		}
		const report = isProgramError(error)
			? ` This is an error in the program itself, please report it: ${error.stack}`
			: '';
		const isLasting = error instanceof ServiceError && lastingFailures.has(error.failure);
		return { analysis, why: `${nameOf(analysis)}: ${reasonOf(error)}${report}`, isLasting };
	}
}

type PostponedItem = Omit<Postponed, 'thresholds'>;

/** One analysis, with what was seen of it. */
export interface Decided {
	readonly inspection: Inspection;
	readonly item: RetentionItem;
}

async function decideAll(request: RetentionRequest, seen: readonly Inspection[]): Promise<Decided[]> {
	const { thresholds, now, managedIds, pipelinePattern } = request;
	const owing = seen.filter(({ analysis, owes }) => owes && mayOwe(request, analysis));
	const manifests = await findManifests(
		request,
		owing.map(({ analysis }) => analysis),
	);
	const proofs = new Map(
		owing.map(({ analysis }): [string, Proof] => {
			const manifest = manifests.get(manifestPath(analysis));
			return [analysis.id, manifest === undefined ? { kind: 'missing' } : proofOf(manifest, now)];
		}),
	);
	return seen.map((inspection) => {
		const { analysis, state, items, bytes } = inspection;
		const aged = {
			...analysis,
			isBclConvert: pipelinePattern.test(analysis.pipelineCode),
			wasManaged: managedIds.has(analysis.id),
		};
		const proof = proofs.get(analysis.id) ?? { kind: 'nothing owed' };
		const decision = decideRetention(aged, { ...state, proof }, thresholds, now);
		const files = [...state.fileStatuses.values()].reduce((sum, many) => sum + many, 0);
		return { inspection, item: { analysis, decision, items, files, bytes } };
	});
}
