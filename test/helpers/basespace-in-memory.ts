import type { z } from 'zod';
import type { BsshOutput } from '../../src/analyses/bssh-output.ts';
import { type BaseSpaceCall, BaseSpaceClient } from '../../src/basespace/client.ts';
import type { Proof } from '../../src/delivery/proof.ts';
import { type Analysis, analysisSchema, type Data, dataSchema } from '../../src/ica/schemas.ts';
import { guardChanges } from '../../src/retention/basespace/guards.ts';
import { type BaseSpacePlan, planBaseSpace } from '../../src/retention/basespace/plan.ts';
import { namedProjectsOf } from '../../src/retention/basespace/projects.ts';
import { newSecrets } from '../../src/secrets/secrets.ts';

/*
 * ICA and BaseSpace as values, and a plan that is made of them without a server: for thousands of them in a second.
 */

const day = 24 * 3_600_000;
const now = Date.parse('2026-05-29T12:00:00Z');
const thresholds = { daysToArchive: 60, daysToDelete: 90 };

export interface RunSpec {
	readonly name: string;
	readonly experimentName: string | undefined;
	/** Numbers of projects. */
	readonly projects: readonly number[];
	readonly days: number;
	readonly isArchived: boolean;
}

interface DatasetSpec {
	readonly project: number;
	readonly days: number;
	readonly isArchived: boolean;
}

export interface AnalysisSpec {
	readonly reference: string;
	readonly tags: readonly string[];
	readonly projects: readonly number[];
	/** When it ended; it took two hours. */
	readonly days: number;
	/** `handled` has a row in the managed table, and no manifest. */
	readonly state: 'under way' | 'undelivered' | 'handled' | 'failed' | { readonly deliveredDaysAgo: number };
	readonly file: 'read' | 'archived' | 'none';
}

export interface WorldSpec {
	readonly projects: number;
	readonly runs: readonly RunSpec[];
	readonly datasets: readonly DatasetSpec[];
	readonly analyses: readonly AnalysisSpec[];
}

const me = { Id: '1' };

function ago(days: number): string {
	return new Date(now - days * day).toISOString();
}

function projectOf(index: number): {
	readonly Id: string;
	readonly Name: string;
	readonly UserOwnedBy: object;
} {
	return { Id: `${index}`, Name: `Project ${index}`, UserOwnedBy: me };
}

/** Answers lists out of a value. */
class BaseSpaceInMemory extends BaseSpaceClient {
	readonly #world: WorldSpec;

	constructor(world: WorldSpec) {
		const requester = {
			request: () => Promise.reject(new Error('there is no server')),
			withinLimit: <Result>(work: () => Promise<Result>) => work(),
			requestsSent: () => 0,
			ticks: () => performance.now(),
		};
		super({ serverUrl: '', token: '', requester, now: () => now, secrets: newSecrets() });
		this.#world = world;
	}

	override ask<Answer>({ path, query }: BaseSpaceCall, answer: z.ZodType<Answer>): Promise<Answer> {
		return Promise.resolve(answer.parse(this.#answerOf(path, query?.['output.projects'])));
	}

	#answerOf(path: string, wanted: string | readonly string[] | undefined): unknown {
		const { projects, datasets, runs } = this.#world;
		if (path.endsWith('/current')) {
			return { Response: me };
		}
		if (path.endsWith('/current/projects')) {
			const Items = Array.from({ length: projects }, (_, index) => projectOf(index));
			return { Response: { Items, TotalCount: Items.length } };
		}
		const ids = typeof wanted === 'string' ? wanted.split(',') : undefined;
		const Items =
			path === '/v2/runs'
				? runs.flatMap((run, index) =>
						ids === undefined || run.projects.some((project) => ids.includes(`${project}`))
							? [
									{
										...common(run, `${index + 9_000_000}`),
										ExperimentName: run.experimentName,
										Status: 'Complete',
									},
								]
							: [],
					)
				: datasets.flatMap((dataset, index) =>
						path === `/v2/projects/${dataset.project}/datasets`
							? [{ ...common({ name: 'd', ...dataset }, `ds.${index}`), Project: projectOf(dataset.project) }]
							: [],
					);
		return { Items, Paging: { TotalCount: Items.length } };
	}
}

function common(
	{ name, days, isArchived }: { readonly name: string; readonly days: number; readonly isArchived: boolean },
	id: string,
): object {
	return { Id: id, Name: name, DateCreated: ago(days), IsArchived: isArchived, UserOwnedBy: me };
}

function analysisOf({ reference, tags, days, state }: AnalysisSpec, index: number): Analysis {
	const ended = state === 'failed' ? 'FAILED' : 'SUCCEEDED';
	return analysisSchema.parse({
		id: `${index}`,
		reference,
		status: state === 'under way' ? 'IN_PROGRESS' : ended,
		timeCreated: ago(days + 1 / 12),
		startDate: ago(days + 1 / 12),
		endDate: state === 'under way' ? null : ago(days),
		pipeline: { code: 'BclConvert v4_2_7' },
		tags: { technicalTags: tags, userTags: [], referenceTags: [] },
	});
}

function fileOf({ file }: AnalysisSpec, { reference }: Analysis, index: number): Data[] {
	const details = {
		name: 'bsshoutput.json',
		path: `/ilmn-analyses/${reference}/bsshoutput.json`,
		status: file === 'archived' ? 'ARCHIVED' : 'AVAILABLE',
		dataType: 'FILE',
		owningProjectId: 'p',
	};
	return file === 'none' ? [] : [dataSchema.parse({ data: { id: `fil.${index}`, details } })];
}

function outputOf({ file, projects }: AnalysisSpec): BsshOutput {
	return file === 'read'
		? { kind: 'names', names: projects.map((project) => projectOf(project).Name) }
		: { kind: 'away', why: 'it is ARCHIVED' };
}

function proofFor({ state }: AnalysisSpec): Proof {
	if (typeof state === 'object') {
		return { kind: 'delivered', at: now - state.deliveredDaysAgo * day };
	}
	return state === 'failed' ? { kind: 'nothing owed' } : { kind: 'missing' };
}

/** What a pass would do in this world. */
export async function planOf(world: WorldSpec): Promise<BaseSpacePlan> {
	const analyses = world.analyses.map(analysisOf);
	const files = new Map(
		world.analyses.flatMap((spec, index) => {
			const analysis = analyses[index];
			const own = analysis === undefined ? [] : fileOf(spec, analysis, index);
			return analysis === undefined || own.length === 0 ? [] : [[analysis, own] as const];
		}),
	);
	const managedIds = new Set(
		world.analyses.flatMap(({ state }, index) =>
			state === 'handled' || typeof state === 'object' ? [`${index}`] : [],
		),
	);
	const managed = { files, inDoubt: new Set<Analysis>() };
	const saved = { outputs: {}, projects: [], restoring: {}, trashed: [] };
	const source = { id: 'p', name: 'BSSH', application: { name: 'BaseSpace', type: 'x' } };
	const request = { source, analyses, pipelinePattern: /bcl/i, managedIds, thresholds, now };
	const reads = new Map(world.analyses.map((spec, index) => [`fil.${index}`, outputOf(spec)]));
	const named = namedProjectsOf(request, managed, reads, saved);
	const basespace = new BaseSpaceInMemory(world);
	const plan = await planBaseSpace({ ...request, basespace, named, saved });
	const lookUp = (owners: readonly Analysis[]): ReturnType<Parameters<typeof guardChanges>[0]['lookUp']> =>
		Promise.resolve({
			proofs: new Map(
				owners.map(({ id }) => {
					const spec = world.analyses[Number(id)];
					return [id, spec === undefined ? { kind: 'missing' } : proofFor(spec)] as const;
				}),
			),
			inUse: [],
		});
	return (await guardChanges({ lookUp, now }, { plan, named, managed, saved })).plan;
}
