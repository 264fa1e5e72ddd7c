import { getScopes } from '../../basespace/account.ts';
import { defaultBaseSpaceUrl } from '../../basespace/client.ts';
import { describeWrongClock } from '../../common/clock-check.ts';
import { OutageError, ServiceError } from '../../common/errors.ts';
import { sentence } from '../../common/text.ts';
import type { Storage } from '../../ica/transfer.ts';
import { changesFor } from '../shared/changes.ts';
import type { RetentionContext, RetentionRequest, RetentionResult } from '../shared/context.ts';
import type { ManagedAnalyses } from '../shared/managed.ts';
import { tooManyDeletions } from '../shared/report.ts';
import { totalsOf } from '../shared/totals.ts';
import { changeInBaseSpace } from './changes.ts';
import type { BaseSpaceEffects, BaseSpaceTarget } from './effects.ts';
import { guardChanges, lookUpEvidence } from './guards.ts';
import { type BaseSpacePlan, planBaseSpace } from './plan.ts';
import { reportPlan, reportUnread } from './plan-report.ts';
import { readNamedProjects } from './projects.ts';
import { type BaseSpaceChange, describeAged, labelOf, problemsInBaseSpace } from './report.ts';
import { type MissingScopes, missingScopes } from './scopes.ts';
import { StateUpdates, stillRestoring, stillTrashed } from './state.ts';
import { readBaseSpaceState } from './state-file.ts';
import { emptyTrashIfOurs } from './trash.ts';

/** What a pass needs to age what BaseSpace manages. */
export interface BaseSpaceDependencies extends BaseSpaceTarget {
	readonly storage: Storage;
	/** Where the token was found, for errors. */
	readonly tokenFile: string;
	readonly emptiesTrash: boolean;
}

/** What talks to BaseSpace, and what is changed there. */
export interface BaseSpaceAccess {
	readonly dependencies: BaseSpaceDependencies;
	readonly effects: BaseSpaceEffects;
}

interface BaseSpaceContext extends RetentionContext {
	readonly basespace: BaseSpaceAccess;
}

/**
 * Ages the datasets and runs of the BaseSpace projects that old analyses name.
 * @throws {StoppedError} any other failure of BaseSpace is logged, and among the problems of the result
 */
export async function applyBaseSpaceRetention(
	context: BaseSpaceContext,
	request: RetentionRequest,
	managed: ManagedAnalyses,
): Promise<RetentionResult> {
	const {
		basespace: { dependencies },
		log,
	} = context;
	const fail = (why: string): RetentionResult => {
		log.error(`${sentence(why)} Nothing was archived or deleted in BaseSpace.`);
		return { totals: undefined, problems: ['old data could not be archived or deleted in BaseSpace'] };
	};
	let isTokenAccepted = false;
	try {
		const scopes = await lookUpScopes(context);
		isTokenAccepted = true;
		if (scopes.toLook.length > 0) {
			return fail(`The BaseSpace token lacks ${scopes.toLook.join(' and ')}`);
		}
		const difference = dependencies.client.clockDifferenceMs();
		const wrongClock = difference === undefined ? undefined : describeWrongClock(difference, 'BaseSpace');
		if (wrongClock !== undefined) {
			return fail(wrongClock);
		}
		return await ageWith(context, request, { managed, scopes });
	} catch (error) {
		if (error instanceof ServiceError || error instanceof OutageError) {
			const isRefused = error instanceof ServiceError && error.failure === 'unauthorized';
			// later on it can be ICA that does not accept its key any more
			const advice =
				isRefused && !isTokenAccepted
					? ` Is the token in ${dependencies.tokenFile} still good, and of this region?`
					: '';
			return fail(`${sentence(error.message)}${advice}`);
		}
		throw error;
	}
}

async function lookUpScopes({ basespace, log }: BaseSpaceContext): Promise<MissingScopes> {
	const { client, emptiesTrash } = basespace.dependencies;
	const server = client.serverUrl === defaultBaseSpaceUrl ? undefined : client.serverUrl;
	const scopes = missingScopes(await getScopes(client), { emptiesTrash, server });
	if (scopes.advice !== undefined) {
		log.warn(scopes.advice);
	}
	return scopes;
}

interface Findings {
	readonly managed: ManagedAnalyses;
	readonly scopes: MissingScopes;
}

async function ageWith(
	context: BaseSpaceContext,
	request: RetentionRequest,
	{ managed, scopes }: Findings,
): Promise<RetentionResult> {
	const {
		basespace: { dependencies, effects },
		log,
	} = context;
	const { saved, warning } = readBaseSpaceState(dependencies.stateFile);
	if (warning !== undefined) {
		log.warn(warning);
	}
	const named = await readNamedProjects({ ...request, storage: dependencies.storage }, managed, saved);
	const state = new StateUpdates(effects, saved);
	state.update({ outputs: named.outputs, restoring: stillRestoring(saved, request.now) });
	const unread = reportUnread(log, named);
	const looked = await planBaseSpace({ ...request, basespace: dependencies.client, named, saved });
	const { plan, postponed } = await guardChanges(
		{ lookUp: (analyses) => lookUpEvidence(request, analyses), now: request.now },
		{ plan: looked, named, managed, saved },
	);
	reportPlan(log, plan);

	state.update({ projects: plan.open, trashed: stillTrashed(saved, plan), postponed });
	const { changes, tooMany } = chooseChanges(context, plan);
	const outcomes = await changeInBaseSpace(
		{
			log,
			verbs: context.effects.verbs,
			effects,
			scopes,
			outbox: context.effects.outbox,
			recipients: request.recipients,
			onDone: (change, isInTrash) => state.take(change, isInTrash, request.now),
		},
		changes,
	);
	state.save();
	const isForTrash = [...outcomes].some(
		([{ change }, { kind }]) => change === 'delete' && kind === 'changed',
	);
	if (isForTrash && !dependencies.emptiesTrash) {
		log.info("What is deleted goes to BaseSpace's trash, until somebody empties that; --empty_trash does.");
	}
	const isToBeEmptied = dependencies.emptiesTrash && (isForTrash || saved.isTrashLeft === true);
	const trash = isToBeEmptied ? await handleTrash(context, state, scopes) : [];
	const totals = totalsOf(plan.items, outcomes);
	return {
		totals,
		problems: [...tooMany, ...unread, ...problemsInBaseSpace(plan, outcomes), ...trash],
	};
}

async function handleTrash(
	{ basespace: { dependencies, effects }, log }: BaseSpaceContext,
	state: StateUpdates,
	scopes: MissingScopes,
): Promise<readonly string[]> {
	if (scopes.stopping('empty the trash') !== undefined) {
		return ["BaseSpace's trash was not emptied, for which the token lacks the scope"];
	}
	const outcome = await emptyTrashIfOurs(
		{ client: dependencies.client, effects, log },
		{ ours: new Set(state.trashed), justNow: state.justTrashed },
	);
	if (outcome.kind === 'emptied') {
		state.forgetTrash();
	} else {
		state.update({ isTrashLeft: outcome.kind === 'failed' ? true : undefined });
	}
	return outcome.problems;
}

/** Deletions only if there are not too many, by the same rule as for ICA's data. */
function chooseChanges(
	context: BaseSpaceContext,
	plan: BaseSpacePlan,
): { readonly changes: readonly BaseSpaceChange[]; readonly tooMany: readonly string[] } {
	const deletions = [...changesFor(plan.items, 'delete'), ...changesFor(plan.items, 'unarchive')];
	const archiving = changesFor(plan.items, 'archive');
	if (deletions.length <= context.maxDeletions) {
		return { changes: [...deletions, ...archiving], tooMany: [] };
	}
	const nouns = ['dataset or run of BaseSpace is', 'datasets and runs of BaseSpace are'] as const;
	context.log.warn(tooManyDeletions(deletions, context, { nouns, nameOf: labelOf }));
	for (const each of context.effects.namesAllDue ? deletions : []) {
		context.log.info(`Due, and not deleted: ${describeAged(each)}`);
	}
	return {
		changes: archiving,
		tooMany: [`${deletions.length} datasets and runs of BaseSpace are due for deletion, more than allowed`],
	};
}
