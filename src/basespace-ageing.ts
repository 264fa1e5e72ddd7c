import { type AgeingContext, type AgeingResult, describeWrongClock } from './ageing.ts';
import type { AgeingQuestion } from './ageing-plan.ts';
import { changesFor, itemsFor, summarize, tooManyDeletions } from './ageing-report.ts';
import { getScopes } from './basespace/account.ts';
import { usualBaseSpace } from './basespace/client.ts';
import { keyOf } from './basespace/schemas.ts';
import { changeInBaseSpace } from './basespace-acting.ts';
import type { BaseSpaceEffects, BaseSpaceTarget } from './basespace-effects.ts';
import { type BaseSpaceMemory, readMemory } from './basespace-memory.ts';
import { type BsshAnalysis, type ProjectNaming, readNaming } from './basespace-naming.ts';
import { type BaseSpacePlan, planBaseSpace } from './basespace-plan.ts';
import {
	type BaseSpaceChange,
	describeAged,
	describeLookedInto,
	labelOf,
	problemsInBaseSpace,
} from './basespace-report.ts';
import { type MissingScopes, missingScopes } from './basespace-scopes.ts';
import { emptyTrashIfOurs } from './basespace-trash.ts';
import { OutageError, ServiceError } from './errors.ts';
import type { Log } from './log.ts';
import { count, firstFew, sentence } from './text.ts';
import type { Storage } from './transfer.ts';

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

const weekMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Ages the datasets and runs of the BaseSpace projects that old analyses name.
 * @param found the analyses that have a `bsshoutput.json`
 * @throws {StoppedError} any other failure of BaseSpace is logged, and among the problems of the result
 */
export async function ageInBaseSpace(
	context: BaseSpaceContext,
	question: AgeingQuestion,
	found: readonly BsshAnalysis[],
): Promise<AgeingResult> {
	const { means, log } = context;
	const fail = (why: string): AgeingResult => {
		log.error(`${sentence(why)} Nothing was archived or deleted in BaseSpace.`);
		return { summary: '', problems: ['old data could not be archived or deleted in BaseSpace'] };
	};
	try {
		const scopes = await lookUpScopes(context);
		if (scopes.toLook.length > 0) {
			return fail(`The BaseSpace token lacks ${scopes.toLook.join(' and ')}`);
		}
		const difference = means.client.clockDifferenceMs();
		const wrongClock = difference === undefined ? undefined : describeWrongClock(difference, 'BaseSpace');
		if (wrongClock !== undefined) {
			return fail(wrongClock);
		}
		return await ageWith(context, question, { found, scopes });
	} catch (error) {
		if (error instanceof ServiceError || error instanceof OutageError) {
			const isRefused = error instanceof ServiceError && error.failure === 'unauthorized';
			const advice = isRefused ? ` Is the token in ${means.tokenFile} still good, and of this region?` : '';
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
	readonly found: readonly BsshAnalysis[];
	readonly scopes: MissingScopes;
}

async function ageWith(
	context: BaseSpaceContext,
	question: AgeingQuestion,
	{ found, scopes }: Findings,
): Promise<AgeingResult> {
	const { means, log, basespaceEffects } = context;
	const { memory, warning } = readMemory(means.memoryFile);
	if (warning !== undefined) {
		log.warn(warning);
	}
	const naming = await readNaming({ ...question, storage: means.storage }, found, memory);
	const unread = sayUnread(log, naming);
	const plan = await planBaseSpace({ ...question, basespace: means.client, naming, memory });
	sayPlan(log, plan);

	const notes = new Notes(basespaceEffects, {
		outputs: naming.outputs,
		projects: [...plan.open],
		restoring: stillRestoring(memory, question.now),
		trashed: memory.trashed,
	});
	// nothing but a look has been taken: that is kept even when the rest is cut off
	notes.save(memory);
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
	notes.save(memory);
	const isForTrash = [...ends].some(([{ change }, { kind }]) => change === 'delete' && kind === 'changed');
	if (isForTrash && !means.emptiesTrash) {
		log.info("What is deleted goes to BaseSpace's trash, until somebody empties that; --empty_trash does.");
	}
	const trash = isForTrash && means.emptiesTrash ? await handleTrash(context, notes, scopes) : [];
	return {
		summary: summarize(plan.items, ends),
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
	if (end.isEmptied) {
		notes.forgetTrash();
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
	return context.effects.heedsMaxDeletions
		? {
				changes: archiving,
				tooMany: [
					`${deletions.length} datasets and runs of BaseSpace are due for deletion, more than allowed`,
				],
			}
		: { changes: [...deletions, ...archiving], tooMany: [] };
}

/** Says which projects could not be read out of ICA. */
function sayUnread(log: Log, { away, unreadable }: ProjectNaming): string[] {
	if (away.length > 0) {
		log.info(
			`Which BaseSpace projects ${count(away.length, 'analysis', 'analyses')} named cannot be read now; their data is aged where another analysis names the same projects: ${firstFew(away, 3)}.`,
		);
	}
	for (const why of unreadable) {
		log.warn(`The BaseSpace projects of an analysis cannot be read: ${sentence(why)}`);
	}
	return unreadable.length === 0
		? []
		: [`the BaseSpace projects of ${count(unreadable.length, 'analysis', 'analyses')} could not be read`];
}

function sayPlan(log: Log, plan: BaseSpacePlan): void {
	if (plan.leftAlone.length > 0) {
		log.info(`BaseSpace projects left alone: ${firstFew(plan.leftAlone)}.`);
	}
	for (const why of plan.unreadable) {
		log.error(`An entry of BaseSpace cannot be read, and is passed over: ${why}.`);
	}
	if (plan.projects.length > 0) {
		log.info(describeLookedInto(plan));
	}
	for (const aged of [...itemsFor(plan.items, 'wait'), ...itemsFor(plan.items, 'hold')]) {
		log.info(`${aged.decision.action === 'wait' ? 'Waiting with' : 'Holding'} ${describeAged(aged)}`);
	}
}

/** What was asked back so long ago that it does not matter any more is forgotten. */
function stillRestoring({ restoring }: BaseSpaceMemory, now: number): BaseSpaceMemory['restoring'] {
	return Object.fromEntries(Object.entries(restoring).filter(([, since]) => now - since < weekMs));
}

/** The memory while a pass adds to it. */
class Notes {
	readonly justTrashed: string[] = [];
	readonly #effects: BaseSpaceEffects;
	#memory: BaseSpaceMemory;
	#saved = '';

	constructor(effects: BaseSpaceEffects, memory: BaseSpaceMemory) {
		this.#effects = effects;
		this.#memory = memory;
	}

	get trashed(): readonly string[] {
		return this.#memory.trashed;
	}

	/** Notes that something has been changed; what is in the trash is written down at once. */
	take({ item, change }: BaseSpaceChange, isInTrash: boolean, now: number): void {
		const key = keyOf(item);
		if (change === 'unarchive') {
			this.#memory = { ...this.#memory, restoring: { ...this.#memory.restoring, [key]: now } };
		}
		if (isInTrash) {
			this.justTrashed.push(key);
			this.#memory = { ...this.#memory, trashed: [...new Set([...this.#memory.trashed, key])] };
			this.#write();
		}
	}

	forgetTrash(): void {
		this.#memory = { ...this.#memory, trashed: [] };
		this.#write();
	}

	/** Writes what is new. */
	save(before: BaseSpaceMemory): void {
		this.#saved ||= JSON.stringify(before);
		if (JSON.stringify(this.#memory) !== this.#saved) {
			this.#write();
		}
	}

	#write(): void {
		this.#saved = JSON.stringify(this.#memory);
		this.#effects.remember(this.#memory);
	}
}
