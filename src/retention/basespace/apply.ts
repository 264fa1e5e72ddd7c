import { getScopes } from '../../basespace/account.ts';
import { usualBaseSpace } from '../../basespace/client.ts';
import { describeWrongClock } from '../../common/clock-check.ts';
import { OutageError, ServiceError } from '../../common/errors.ts';
import { sentence } from '../../common/text.ts';
import type { Storage } from '../../ica/transfer.ts';
import type { AgeingContext, AgeingResult } from '../ica/apply.ts';
import type { AgeingQuestion } from '../ica/plan.ts';
import { changesFor, summarize, tooManyDeletions, totalsOf } from '../ica/report.ts';
import type { ManagedAnalyses } from '../managed.ts';
import { changeInBaseSpace } from './changes.ts';
import type { BaseSpaceEffects, BaseSpaceTarget } from './effects.ts';
import { guardChanges, lookUpEvidence } from './guards.ts';
import { type BaseSpacePlan, planBaseSpace } from './plan.ts';
import { sayPlan, sayUnread } from './plan-log.ts';
import { readNaming } from './projects.ts';
import { type BaseSpaceChange, describeAged, labelOf, problemsInBaseSpace } from './report.ts';
import { type MissingScopes, missingScopes } from './scopes.ts';
import { Notes, stillRestoring, stillTrashed } from './state.ts';
import { readMemory } from './state-file.ts';
import { emptyTrashIfOurs } from './trash.ts';

/** What a pass needs to age what BaseSpace manages. */
export interface BaseSpaceMeans extends BaseSpaceTarget {
	readonly storage: Storage;
	/** Where the token was found, for errors. */
	readonly tokenFile: string;
	readonly emptiesTrash: boolean;
}

interface BaseSpaceContext extends AgeingContext {
	readonly means: BaseSpaceMeans;
	readonly basespaceEffects: BaseSpaceEffects;
}

/**
 * Ages the datasets and runs of the BaseSpace projects that old analyses name.
 * @throws {StoppedError} any other failure of BaseSpace is logged, and among the problems of the result
 */
export async function ageInBaseSpace(
	context: BaseSpaceContext,
	question: AgeingQuestion,
	managed: ManagedAnalyses,
): Promise<AgeingResult> {
	const { means, log } = context;
	const fail = (why: string): AgeingResult => {
		log.error(`${sentence(why)} Nothing was archived or deleted in BaseSpace.`);
		return {
			summary: '',
			totals: [],
			problems: ['old data could not be archived or deleted in BaseSpace'],
		};
	};
	let isTokenAccepted = false;
	try {
		const scopes = await lookUpScopes(context);
		isTokenAccepted = true;
		if (scopes.toLook.length > 0) {
			return fail(`The BaseSpace token lacks ${scopes.toLook.join(' and ')}`);
		}
		const difference = means.client.clockDifferenceMs();
		const wrongClock = difference === undefined ? undefined : describeWrongClock(difference, 'BaseSpace');
		if (wrongClock !== undefined) {
			return fail(wrongClock);
		}
		return await ageWith(context, question, { managed, scopes });
	} catch (error) {
		if (error instanceof ServiceError || error instanceof OutageError) {
			const isRefused = error instanceof ServiceError && error.failure === 'unauthorized';
			// later on it can be ICA that does not accept its key any more
			const advice =
				isRefused && !isTokenAccepted
					? ` Is the token in ${means.tokenFile} still good, and of this region?`
					: '';
			return fail(`${sentence(error.message)}${advice}`);
		}
		throw error;
	}
}

async function lookUpScopes({ means, log }: BaseSpaceContext): Promise<MissingScopes> {
	const { client, emptiesTrash } = means;
	const server = client.serverUrl === usualBaseSpace ? undefined : client.serverUrl;
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
	question: AgeingQuestion,
	{ managed, scopes }: Findings,
): Promise<AgeingResult> {
	const { means, log, basespaceEffects } = context;
	const { memory, warning } = readMemory(means.memoryFile);
	if (warning !== undefined) {
		log.warn(warning);
	}
	const naming = await readNaming({ ...question, storage: means.storage }, managed, memory);
	const notes = new Notes(basespaceEffects, memory);
	notes.update({ outputs: naming.outputs, restoring: stillRestoring(memory, question.now) });
	const unread = sayUnread(log, naming);
	const looked = await planBaseSpace({ ...question, basespace: means.client, naming, memory });
	const { plan, postponed } = await guardChanges(
		{ lookUp: (analyses) => lookUpEvidence(question, analyses), now: question.now },
		{ plan: looked, naming, managed, memory },
	);
	sayPlan(log, plan);

	notes.update({ projects: plan.open, trashed: stillTrashed(memory, plan), postponed });
	const { changes, tooMany } = chooseChanges(context, plan);
	const ends = await changeInBaseSpace(
		{
			log,
			verbs: context.effects.verbs,
			effects: basespaceEffects,
			scopes,
			onDone: (change, isInTrash) => notes.take(change, isInTrash, question.now),
		},
		changes,
	);
	notes.save();
	const isForTrash = [...ends].some(([{ change }, { kind }]) => change === 'delete' && kind === 'changed');
	if (isForTrash && !means.emptiesTrash) {
		log.info("What is deleted goes to BaseSpace's trash, until somebody empties that; --empty_trash does.");
	}
	const isToBeEmptied = means.emptiesTrash && (isForTrash || memory.isTrashLeft === true);
	const trash = isToBeEmptied ? await handleTrash(context, notes, scopes) : [];
	const totals = totalsOf(plan.items, ends);
	return {
		summary: summarize(totals),
		totals,
		problems: [...tooMany, ...unread, ...problemsInBaseSpace(plan, ends), ...trash],
	};
}

async function handleTrash(
	{ means, basespaceEffects, log }: BaseSpaceContext,
	notes: Notes,
	scopes: MissingScopes,
): Promise<readonly string[]> {
	if (scopes.stopping('empty the trash') !== undefined) {
		return ["BaseSpace's trash was not emptied, for which the token lacks the scope"];
	}
	const end = await emptyTrashIfOurs(
		{ client: means.client, effects: basespaceEffects, log },
		{ ours: new Set(notes.trashed), justNow: notes.justTrashed },
	);
	if (end.kind === 'emptied') {
		notes.forgetTrash();
	} else {
		notes.update({ isTrashLeft: end.kind === 'failed' ? true : undefined });
	}
	return end.problems;
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
