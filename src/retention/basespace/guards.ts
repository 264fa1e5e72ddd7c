import { keyOf } from '../../basespace/schemas.ts';
import { findProofs } from '../../delivery/proof.ts';
import { projectsOf } from '../../delivery/recipients.ts';
import { findDataByIds } from '../../ica/data.ts';
import type { Analysis } from '../../ica/schemas.ts';
import type { RetentionRequest } from '../shared/context.ts';
import { findInputsInUse } from '../shared/in-use.ts';
import { type ManagedAnalyses, outputFolderOf } from '../shared/managed.ts';
import { claimantsOf, type Evidence, isAct, protectClaimed } from './claims.ts';
import type { BaseSpaceAged } from './decisions.ts';
import type { BaseSpacePlan } from './plan.ts';
import type { NamedProjects } from './projects.ts';
import type { BaseSpaceState } from './state-file.ts';

type LookedUp = Pick<Evidence, 'proofs' | 'inUse'>;

/**
 * Looks up whether analyses were delivered, and what is in use.
 * @throws {ServiceError} when it cannot be looked up at all
 */
export async function lookUpEvidence(
	request: RetentionRequest,
	analyses: readonly Analysis[],
): Promise<LookedUp> {
	const { ica, source, recipients } = request;
	const destinations = projectsOf(recipients);
	const [proofs, { ids, paths }] = await Promise.all([
		findProofs(request, analyses),
		findInputsInUse({ ica, source, destinations }),
	]);
	if (ids.size === paths.length) {
		return { proofs, inUse: paths };
	}
	// what lies in folders of the other project, and is linked from here
	const linked = await findDataByIds(ica, source.id, [...ids.keys()], 'look up what is in use');
	return { proofs, inUse: [...paths, ...linked.map(({ id, path }) => ({ path, by: ids.get(id) ?? '' }))] };
}

interface Guarded {
	readonly plan: BaseSpacePlan;
	/** What waits for a date or for somebody to act, and until when: for the next pass. */
	readonly postponed: BaseSpaceState['postponed'];
}

interface GuardContext {
	readonly lookUp: (analyses: readonly Analysis[]) => Promise<LookedUp>;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

interface Known {
	readonly plan: BaseSpacePlan;
	readonly named: NamedProjects;
	readonly managed: ManagedAnalyses;
	readonly saved: BaseSpaceState;
}

const dayMs = 24 * 60 * 60 * 1000;
/** A state file that is wrong must not keep anything for ever. */
const maxMs = 14 * dayMs;

/**
 * Takes out of a plan what is in use, and what was not delivered for certain, or only a short time ago. Costs nothing
 * unless something is to be changed of which no earlier pass has found out that it has to wait.
 * @throws {ServiceError} when that cannot be looked up
 */
export async function guardChanges(
	{ lookUp, now }: GuardContext,
	{ plan, named, managed, saved }: Known,
): Promise<Guarded> {
	const postponed = new Map(
		Object.entries(saved.postponed ?? {}).filter(([, until]) => until > now && until <= now + maxMs),
	);
	const items = plan.items.map((each) =>
		isAct(each) && postponed.has(keyOf(each.item)) ? later(each) : each,
	);
	const claimants = claimantsOf(
		[...items, ...plan.kept],
		{ named: named.claims, handled: named.handled },
		now,
	);
	if (claimants.size === 0) {
		return { plan: { ...plan, items }, postponed: recordOf(postponed) };
	}
	const owners = new Set([...claimants.values()].flat());
	const evidence = await lookUp([...owners]);
	const foldersOf = (analysis: Analysis): string[] =>
		(managed.files.get(analysis) ?? []).map((file) => outputFolderOf(file, analysis));
	const guarded = protectClaimed(items, claimants, { ...evidence, foldersOf, now });
	for (const { item, decision } of guarded.filter((each, index) => each !== items[index])) {
		const until = decision.notBefore ?? (decision.needsAction ? now + dayMs : undefined);
		if (until !== undefined) {
			postponed.set(keyOf(item), until);
		}
	}
	return { plan: { ...plan, items: guarded }, postponed: recordOf(postponed) };
}

function later(each: BaseSpaceAged): BaseSpaceAged {
	const { ageDays } = each.decision;
	const why = 'due, and waiting for a date or for somebody to act, as reported before';
	return { ...each, decision: { action: 'wait', why, needsAction: false, ageDays } };
}

function recordOf(postponed: ReadonlyMap<string, number>): BaseSpaceState['postponed'] {
	return postponed.size === 0 ? undefined : Object.fromEntries(postponed);
}
