import { reasonOf, ServiceError } from '../../common/errors.ts';
import { projectsOf } from '../../delivery/recipients.ts';
import type { Analysis } from '../../ica/schemas.ts';
import type { RetentionRequest } from '../shared/context.ts';
import { dueByAge } from '../shared/due.ts';
import { findInputsInUse, type InputsInUse, userOf } from '../shared/in-use.ts';
import { isAct, isUndelivered, type Verdict } from '../shared/policy.ts';
import { type ForeignOutputs, findForeignOutputs, isOutside } from './foreign-outputs.ts';
import type { Decided, RetentionItem } from './item.ts';
import { reasonOfLists } from './neighbours.ts';

interface Guarded {
	readonly decided: readonly Decided[];
	/** Analyses that put out nothing but into the folders that bear their names; undefined: it was not looked up. */
	readonly keepToThemselves: readonly string[] | undefined;
	readonly stopped: string | undefined;
}

/**
 * Looks up what could stand in the way of a change, only when there is one to be made: what other analyses have put out,
 * and what analyses under way make use of.
 */
export async function guardActs(request: RetentionRequest, decided: readonly Decided[]): Promise<Guarded> {
	const acts = decided.filter(({ item }) => isActing(item));
	if (acts.length === 0) {
		return { decided, keepToThemselves: undefined, stopped: undefined };
	}
	try {
		const destinations = projectsOf(request.recipients);
		const [foreign, inUse] = await Promise.all([
			findForeignOutputs(
				{
					...request,
					known: decided.map(({ item }) => item),
					isUndelivered: (analysis) => isWaiting(request, analysis),
					isYoung: (analysis) => dueByAge(analysis, request.thresholds, request.now) === 'nothing',
				},
				acts.map(({ item }) => item),
			),
			findInputsInUse({ ...request, destinations }),
		]);
		const guard = (each: Decided): Decided => {
			const verdict = isActing(each.item) ? reasonToWait(each, foreign, inUse) : undefined;
			return verdict === undefined ? each : overrule(each, verdict);
		};
		const { keepToThemselves } = foreign;
		return { decided: decided.map(guard), keepToThemselves, stopped: undefined };
	} catch (error) {
		if (!(error instanceof ServiceError)) {
			throw error;
		}
		const wait: Verdict = { action: 'wait', why: 'due, and what is in use cannot be looked up' };
		return {
			decided: decided.map((each) => (isActing(each.item) ? overrule(each, wait) : each)),
			keepToThemselves: undefined,
			stopped: reasonOf(error),
		};
	}
}

function isWaiting({ pipelinePattern, managedIds }: RetentionRequest, analysis: Analysis): boolean {
	return isUndelivered({
		status: analysis.status,
		isBclConvert: pipelinePattern.test(analysis.pipelineCode),
		wasManaged: managedIds.has(analysis.id),
	});
}

function isActing({ decision }: RetentionItem): boolean {
	return isAct(decision.action);
}

function overrule(each: Decided, verdict: Verdict): Decided {
	const { ageDays } = each.item.decision;
	return { ...each, item: { ...each.item, decision: { needsAction: false, ...verdict, ageDays } } };
}

function reasonToWait(
	{ inspection: { analysis, items, files } }: Decided,
	{ outputs, unknown }: ForeignOutputs,
	inUse: InputsInUse,
): Verdict | undefined {
	for (const item of items) {
		const why = reasonOfLists(analysis, item, outputs);
		if (why !== undefined) {
			return { action: 'hold', why, needsAction: true };
		}
		const inDoubt = unknown.find(({ isAtWork }) => isAtWork || isOutside(analysis, item));
		if (inDoubt !== undefined) {
			return {
				action: 'wait',
				why: `whether it is another's output, too, cannot be looked up: ${inDoubt.why}`,
			};
		}
	}
	const user = userOf(inUse, items, files);
	return user === undefined ? undefined : { action: 'wait', why: `due, and an input of ${user}` };
}
