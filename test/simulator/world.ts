import { AnalysisStore } from './analyses.ts';
import { BaseSpaceStore } from './basespace/store.ts';
import { CredentialDesk } from './credentials.ts';
import { DataStore } from './data.ts';
import { Ids } from './ids.ts';
import { type ActionDone, Lifecycle, type LinkLost } from './lifecycle.ts';
import { Linker, type LinkOutcome } from './linker.ts';
import { type JobEnd, LinkJobs } from './linking.ts';
import type {
	Analysis,
	AnalysisSpec,
	AnalysisStatus,
	CustomEvent,
	DataItem,
	DataOptions,
	DataStatus,
	Project,
	ProjectOptions,
} from './model.ts';
import type { Pace } from './pace.ts';
import { PipelineStore } from './pipelines.ts';
import { ProjectStore } from './projects.ts';
import { Refusal } from './refusal.ts';
import { Timeline } from './timeline.ts';

/**
 * What ICA knows: projects, analyses, data, links and credentials, with the service's rules and its clock, and no HTTP.
 * What takes time (links, archiving, deletions) is done when the clock has reached it, whoever looks next.
 */
export class World implements Pace {
	readonly ids: Ids;
	readonly timeline = new Timeline();
	readonly data: DataStore;
	readonly pipelines = new PipelineStore();
	readonly analyses: AnalysisStore;
	readonly links: LinkJobs;
	readonly linker: Linker;
	readonly credentials: CredentialDesk;
	readonly lifecycle: Lifecycle;
	/** BaseSpace Sequence Hub, in which the same data can be. */
	readonly basespace: BaseSpaceStore;
	/** The events that were raised, in their order. */
	readonly customEvents: CustomEvent[] = [];
	linkJobMillis = 30;
	archiveMillis = 30;
	unarchiveMillis = 30;
	deleteMillis = 30;
	ingestMillis = 0;
	credentialsMillis = 36 * 3_600_000;
	/** Whether the outputs of analyses say what is below a folder, which the document leaves open. */
	childrenListed = true;
	readonly #projects: ProjectStore;

	/** The same seed gives the same ids. */
	constructor(seed = 1) {
		this.ids = new Ids(seed);
		this.#projects = new ProjectStore(this.timeline, this.ids);
		this.data = new DataStore(this.timeline, this.ids);
		this.analyses = new AnalysisStore(this.timeline, this.ids, this.data, this.pipelines);
		this.linker = new Linker(this.data);
		this.links = new LinkJobs(this, this.data, this.linker);
		this.credentials = new CredentialDesk(this, this.data);
		this.lifecycle = new Lifecycle(this.timeline, this.data, this);
		this.basespace = new BaseSpaceStore(this.timeline, this.ids, this.data);
	}

	/** The service's clock. */
	now(): Date {
		return this.timeline.now();
	}

	/** Puts the service's clock to this time; it runs on from there. */
	setNow(time: Date): void {
		this.timeline.setNow(time);
	}

	/** Puts the service's clock forward. */
	advance(millis: number): void {
		this.timeline.advance(millis);
	}

	/** Puts the service's clock forward by days of 24 hours, and has done what comes due on the way. */
	advanceDays(days: number): void {
		this.timeline.advance(days * 24 * 3_600_000);
	}

	addProject(name: string, options: ProjectOptions = {}): Project {
		return this.#projects.add(name, options);
	}

	get projects(): readonly Project[] {
		return this.#projects.all();
	}

	/** The project with this id, or a 404. */
	project(projectId: string): Project {
		return this.#projects.get(projectId);
	}

	/** Adds an analysis with its output; it has SUCCEEDED a few minutes ago unless the spec says otherwise. */
	addAnalysis(project: Project, spec: AnalysisSpec): Analysis {
		return this.analyses.add(project, spec);
	}

	setAnalysisStatus(analysis: Analysis, status: AnalysisStatus): void {
		this.analyses.setStatus(analysis, status);
	}

	/** Adds a file at an absolute path, with the folders that are missing. */
	addFile(project: Project, path: string, options?: DataOptions): DataItem {
		return this.data.addFile(project, path, options);
	}

	/** Adds a folder at an absolute path that ends with a slash, with those above it that are missing. */
	addFolder(project: Project, path: string, options?: DataOptions): DataItem {
		return this.data.addFolder(project, path, options);
	}

	/** Links at once, without a job. */
	link(item: DataItem, project: Project): void {
		this.data.link(item, project);
	}

	/** Takes linked data out of a project's list at once. */
	unlink(item: DataItem, project: Project): void {
		this.data.unlink(item, project);
	}

	/** Moves or renames data within its project at once, with everything below it; the ids stay. */
	move(item: DataItem, path: string): void {
		this.data.move(item, path);
	}

	/** Takes data away at once, with everything below it. */
	remove(item: DataItem): void {
		this.data.remove(item);
	}

	setStatus(item: DataItem, status: DataStatus): void {
		this.data.setStatus(item, status);
	}

	/** What the project lists, owned and linked, oldest first. */
	dataOf(project: Project): DataItem[] {
		this.timeline.settle();
		return this.data
			.listingOf(project)
			.all()
			.map((entry) => entry.item);
	}

	/** What the project lists at exactly this path. */
	findByPath(project: Project, path: string): DataItem | undefined {
		this.timeline.settle();
		return this.data.listingOf(project).exactlyAt(path)?.item;
	}

	/** The bytes of a file, when they were put or given. */
	contentOf(item: DataItem): Buffer | undefined {
		this.timeline.settle();
		return item.content;
	}

	/** How often a job really linked this data to the project. */
	timesLinked(item: DataItem, project: Project): number {
		this.timeline.settle();
		return this.linker.timesLinked(item, project);
	}

	/** From now on no temporary credentials are given for this data; with false they are again. */
	refuseCredentials(item: DataItem, refused = true): void {
		this.credentials.refuse(item.id, refused);
	}

	/** Every archive, unarchive and delete through ICA that changed something, oldest first. */
	get actions(): readonly ActionDone[] {
		return this.lifecycle.actions;
	}

	/** The links that went away because the folder in which they lay was deleted. */
	get linksLost(): readonly LinkLost[] {
		this.timeline.settle();
		return this.lifecycle.linksLost;
	}

	/** From now on every action on this item, or on a folder above it, is refused with this status. */
	refuseAction(item: DataItem, status: number, detail = `Data ${item.id} cannot be changed.`): void {
		this.lifecycle.refuse(item, new Refusal(status, detail));
	}

	/** Lets the rules decide about actions on this item again. */
	allowAction(item: DataItem): void {
		this.lifecycle.refuse(item, undefined);
	}

	/** What becomes of every link of this data from now on. */
	forceLinkOutcome(dataId: string, status: LinkOutcome, reason?: string): void {
		this.linker.force(dataId, { status, reason });
	}

	/** Lets the rules decide about this data's links again. */
	allowLink(dataId: string): void {
		this.linker.force(dataId, undefined);
	}

	/**
	 * How linking jobs that are created from now on end; undefined: by what becomes of their items. A job that is made
	 * to end FAILED or STOPPED links nothing unless `carriedOut` says how many of its items it gets through first.
	 */
	forceLinkJobEnd(status: JobEnd | 'never' | undefined, carriedOut?: number): void {
		const nothing = status === 'FAILED' || status === 'STOPPED';
		const count = carriedOut ?? (nothing ? 0 : Number.POSITIVE_INFINITY);
		this.links.forceEnd(status === undefined ? undefined : { status, carriedOut: count });
	}
}
