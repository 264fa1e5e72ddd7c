import type { DataStore } from './data.ts';
import type { Ids } from './ids.ts';
import {
	type Analysis,
	type AnalysisSpec,
	type AnalysisStatus,
	type DataItem,
	isEnded,
	type OutputFile,
	type Project,
	type StatusChange,
} from './model.ts';
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

/** An analysis that has just ended after two hours, unless the test says otherwise. */
function timesOf(spec: AnalysisSpec, statuses: readonly StatusChange[], now: Date): Times {
	const end = statuses.findLast((change) => isEnded(change.status));
	const recently = new Date(now.getTime() - 130 * minute);
	const startDate = given(spec.startDate, spec.timeCreated ?? recently);
	const timeCreated = spec.timeCreated ?? new Date((startDate ?? recently).getTime() - minute);
	const ended = end !== undefined && end.at.getTime() > 0 ? end.at : undefined;
	const usualEnd = ended ?? new Date((startDate ?? timeCreated).getTime() + 120 * minute);
	return { timeCreated, startDate, endDate: given(spec.endDate, end === undefined ? null : usualEnd) };
}

/** The analyses of all projects. */
export class AnalysisStore {
	readonly #timeline: Timeline;
	readonly #ids: Ids;
	readonly #data: DataStore;
	readonly #byProject = new Map<Project, Map<string, Analysis>>();

	constructor(timeline: Timeline, ids: Ids, data: DataStore) {
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
		const times = timesOf(spec, statuses, this.#timeline.now());
		const analysis: Analysis = {
			id,
			project,
			run: spec.run,
			reference,
			userReference: spec.userReference ?? launched,
			pipelineCode,
			...times,
			summary: spec.summary,
			statuses,
			...this.#addOutput(project, spec, { ...times, reference }),
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

	/** What an analysis has put out, deleted data too; nothing before it has ended. */
	outputOf(analysis: Analysis): ReadonlySet<DataItem> {
		const { outputFolder, output } = analysis;
		if (outputFolder === undefined || !isEnded(this.statusOf(analysis))) {
			return new Set();
		}
		return new Set([...output, ...this.#data.below(outputFolder)]);
	}

	setStatus(analysis: Analysis, status: AnalysisStatus): void {
		analysis.statuses = [{ at: new Date(0), status }];
	}

	#addOutput(
		project: Project,
		spec: AnalysisSpec,
		made: Times & { readonly reference: string },
	): Pick<Analysis, 'outputFolder' | 'files' | 'output'> {
		if (spec.outputFolder === null) {
			return { outputFolder: undefined, files: [], output: new Set() };
		}
		const timeCreated = made.endDate ?? made.startDate ?? made.timeCreated;
		const path = spec.outputFolder ?? `/ilmn-analyses/${made.reference}/`;
		const outputFolder = this.#data.addFolder(project, path, { timeCreated });
		const files = (spec.files ?? []).map((file) => {
			const options: OutputFile = typeof file === 'string' ? { path: file, size: 1_048_576 } : file;
			return this.#data.addFile(project, path + options.path, { timeCreated, ...options });
		});
		return { outputFolder, files, output: new Set(this.#data.below(outputFolder)) };
	}
}
