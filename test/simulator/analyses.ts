import { makeOutput } from './analysis-output.ts';
import type { DataStore } from './data.ts';
import type { Ids } from './ids.ts';
import { type LaunchRecord, noLaunch } from './launch-record.ts';
import {
	type Analysis,
	type AnalysisSpec,
	type AnalysisStatus,
	type DataItem,
	isEnded,
	type Project,
	type StatusChange,
} from './model.ts';
import type { PipelineStore } from './pipelines.ts';
import { Refusal } from './refusal.ts';
import type { Timeline } from './timeline.ts';

const minute = 60_000;

interface Times {
	readonly timeCreated: Date;
	readonly startDate: Date | null;
	readonly endDate: Date | null;
}

function statusesOf(spec: AnalysisSpec): StatusChange[] {
	const later = [...(spec.statusTimeline ?? [])].sort((one, other) => one.at.getTime() - other.at.getTime());
	const first: AnalysisStatus = spec.status ?? (later.length > 0 ? 'REQUESTED' : 'SUCCEEDED');
	return [{ at: new Date(0), status: first }, ...later];
}

function given(time: Date | null | undefined, otherwise: Date | null): Date | null {
	if (time === undefined) {
		return otherwise;
	}
	return time;
}

function before(time: Date, minutes: number): Date {
	return new Date(time.getTime() - minutes * minute);
}

/** The first of these times at which something can have happened: ICA is younger than 2012. */
function firstPossible(...times: readonly (Date | null | undefined)[]): Date | undefined {
	return times.find((time): time is Date => time instanceof Date && time.getTime() >= Date.UTC(2012));
}

/** Two hours later, but not in the future. */
function twoHoursLater(time: Date, now: Date): Date {
	const later = before(time, -120);
	return later > now && time <= now ? now : later;
}

/** When its data was made: at its end, if that is not in the future, or two hours after its start. */
function dataTimeOf({ timeCreated, startDate, endDate }: Times, now: Date): Date {
	const end = firstPossible(endDate);
	return end !== undefined && end <= now
		? end
		: twoHoursLater(firstPossible(startDate, timeCreated) ?? before(now, 130), now);
}

/** An analysis that has just ended after two hours, unless the test says otherwise. */
function timesOf(spec: AnalysisSpec, statuses: readonly StatusChange[], now: Date): Times {
	const end = statuses.findLast((change) => isEnded(change.status));
	const saidEnd = firstPossible(spec.endDate);
	const recently = saidEnd === undefined ? before(now, 130) : before(saidEnd, 120);
	const startDate = given(spec.startDate, spec.timeCreated ?? recently);
	const timeCreated = spec.timeCreated ?? before(firstPossible(startDate) ?? recently, 1);
	const ended = end !== undefined && end.at.getTime() > 0 ? end.at : undefined;
	const defaultEnd = ended ?? twoHoursLater(firstPossible(startDate, timeCreated) ?? recently, now);
	return { timeCreated, startDate, endDate: given(spec.endDate, end === undefined ? null : defaultEnd) };
}

/** What it was started with, as far as the spec says. */
function launchOf({ launched, tags, inputs = [] }: AnalysisSpec): LaunchRecord {
	const record = { code: 'input', data: inputs.map(({ id }) => ({ dataId: id })) };
	return {
		...noLaunch,
		...launched,
		inputs: [...(launched?.inputs ?? []), ...(inputs.length > 0 ? [record] : [])],
		tags: { ...noLaunch.tags, ...launched?.tags, ...tags },
	};
}

/** The analyses of all projects. */
export class AnalysisStore {
	readonly #timeline: Timeline;
	readonly #ids: Ids;
	readonly #data: DataStore;
	readonly #pipelines: PipelineStore;
	readonly #byProject = new Map<Project, Map<string, Analysis>>();

	constructor(timeline: Timeline, ids: Ids, data: DataStore, pipelines: PipelineStore) {
		this.#pipelines = pipelines;
		this.#timeline = timeline;
		this.#ids = ids;
		this.#data = data;
	}

	/** Adds an analysis, its output folder and its files. */
	add(project: Project, spec: AnalysisSpec): Analysis {
		const id = spec.id ?? this.#ids.uuid();
		const pipelineCode = spec.pipelineCode ?? 'BclConvert v4_1_23_patch1';
		const tags = `${this.#ids.hex(6)}_${this.#ids.hex(6)}`;
		const launched = `${spec.run}_${tags}-${pipelineCode.replaceAll(' ', '_')}`;
		const reference = spec.reference ?? `${launched}-${id}`;
		const statuses = statusesOf(spec);
		const now = this.#timeline.now();
		const times = timesOf(spec, statuses, now);
		const output =
			spec.outputFolder === null
				? { outputFolder: undefined, files: [], output: new Set<DataItem>() }
				: makeOutput(this.#data, project, spec, {
						outputFolder: spec.outputFolder ?? `/ilmn-analyses/${reference}/`,
						timeCreated: spec.dataTimeCreated ?? dataTimeOf(times, now),
					});
		const analysis: Analysis = {
			id,
			project,
			run: spec.run,
			reference,
			userReference: spec.userReference ?? launched,
			pipelineCode,
			pipeline: this.#pipelines.of(pipelineCode),
			...times,
			summary: spec.summary,
			launched: launchOf(spec),
			statuses,
			...output,
			otherOutputs: spec.otherOutputs ?? [],
			childrenListed: spec.childrenListed,
		};
		this.of(project).set(id, analysis);
		return analysis;
	}

	/** The analyses of a project by id, oldest first. */
	of(project: Project): Map<string, Analysis> {
		let analyses = this.#byProject.get(project);
		if (analyses === undefined) {
			analyses = new Map();
			this.#byProject.set(project, analyses);
		}
		return analyses;
	}

	/** The analysis with this id, or a 404. */
	get(project: Project, analysisId: string): Analysis {
		const analysis = this.of(project).get(analysisId);
		if (analysis === undefined) {
			throw new Refusal(404, `Analysis with id ${analysisId} was not found in project ${project.id}.`, {
				analysisId,
			});
		}
		return analysis;
	}

	/** The status that holds by the service's clock. */
	statusOf(analysis: Analysis): AnalysisStatus {
		const now = this.#timeline.now();
		return analysis.statuses.findLast((change) => change.at <= now)?.status ?? 'REQUESTED';
	}

	setStatus(analysis: Analysis, status: AnalysisStatus): void {
		analysis.statuses = [{ at: new Date(0), status }];
	}
}
