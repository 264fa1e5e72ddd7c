import pLimit from 'p-limit';
import { OutageError, ServiceError, StoppedError } from '../../common/errors.ts';
import { byCodeUnits } from '../../common/text.ts';
import { findManifests, mayOwe, type Proof, proofFor } from '../../delivery/proof.ts';
import { sharesOf } from '../../delivery/recipients.ts';
import type { Analysis } from '../../ica/schemas.ts';
import type { PostponedItem, RetentionRequest } from '../shared/context.ts';
import { thresholdsFor } from '../shared/context.ts';
import { decideRetention } from '../shared/policy.ts';
import { findCandidates } from './candidates.ts';
import { guardActs } from './guards.ts';
import { type Inspection, inspect } from './inspection.ts';
import type { Decided, RetentionItem } from './item.ts';
import { type References, referencesOf } from './neighbours.ts';

export interface RetentionPlan {
	/** Without those for which nothing is due. */
	readonly items: readonly RetentionItem[];
	/** Those which nothing is due for yet, though their analyses are old: something in them is younger. */
	readonly young: readonly RetentionItem[];
	/** Analyses of which nothing is left to be archived. */
	readonly archived: readonly Analysis[];
	/** Analyses that could not be looked at, with the reason. */
	readonly failures: readonly InspectionFailure[];
	/** Those that are not looked at, since an earlier pass has reported all that there is until some later time. */
	readonly postponed: readonly PostponedItem[];
	/** Analyses that put out nothing but into the folders that bear their names, for the next pass; undefined: as before. */
	readonly keepToThemselves: readonly string[] | undefined;
	/** Why nothing may be changed in this pass; undefined: it may. */
	readonly stopped: string | undefined;
}

/** An analysis that could not be looked at. */
interface InspectionFailure {
	readonly analysis: Analysis;
	readonly error: unknown;
	/** Whether it is not to be expected that the next pass can. */
	readonly isLasting: boolean;
}

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
	const seen = inspected.flatMap((each) => ('error' in each ? [] : [each]));
	const failures = inspected.flatMap((each) => ('error' in each ? [each] : []));
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
		const isLasting = error instanceof ServiceError && error.isLasting && error.failure !== 'not found';
		return { analysis, error, isLasting };
	}
}

async function decideAll(request: RetentionRequest, seen: readonly Inspection[]): Promise<Decided[]> {
	const { ica, recipients, now, managedIds, pipelinePattern } = request;
	const owing = seen.filter(({ analysis, owedTo }) => owedTo.length > 0 && mayOwe(request, analysis));
	const manifests = await findManifests(
		ica,
		recipients.map((recipient) => ({
			recipient,
			analyses: owing.filter(({ owedTo }) => owedTo.includes(recipient)).map(({ analysis }) => analysis),
		})),
	);
	const proofs = new Map(
		owing.map(({ analysis, owedTo }) => [analysis.id, proofFor(analysis, owedTo, manifests, now)]),
	);
	return seen.map((inspection) => {
		const { analysis, owedTo, state, items, bytes } = inspection;
		const aged = {
			...analysis,
			isBclConvert: pipelinePattern.test(analysis.pipelineCode),
			wasManaged: managedIds.has(analysis.id),
		};
		const proof: Proof = proofs.get(analysis.id) ?? { kind: 'nothing owed' };
		const thresholds = thresholdsFor(request, proofs.has(analysis.id) ? owedTo : []);
		const decision = decideRetention(aged, { ...state, proof }, thresholds, now);
		const files = [...state.fileStatuses.values()].reduce((sum, many) => sum + many, 0);
		// what did not succeed has never been delivered
		const owed = proofs.has(analysis.id) ? sharesOf(inspection.files, owedTo) : [];
		const deliveredAt = proof.kind === 'delivered' ? proof.at : undefined;
		return { inspection, item: { analysis, decision, items, owed, deliveredAt, files, bytes } };
	});
}
