import type { DataStore } from '../data.ts';
import type { Ids } from '../ids.ts';
import type { Timeline } from '../timeline.ts';
import type { BaseSpaceAction, BaseSpaceProject, Item, ItemSpec, User } from './model.ts';
import { BaseSpaceRefusal } from './refusal.ts';

const hour = 3_600_000;
const archivable: ReadonlySet<string> = new Set(['complete', 'stopped', 'failed']);

/** What BaseSpace knows: projects, datasets, runs and a trash, with the service's rules and no HTTP. */
export class BaseSpaceStore {
	readonly me: User = { id: '1001', name: 'Sequencing Core' };
	readonly other: User = { id: '2002', name: 'Somebody Else' };
	/** What the token allows. */
	scopes: readonly string[] = [
		'BROWSE GLOBAL',
		'READ GLOBAL',
		'WRITE GLOBAL',
		'MOVETOTRASH GLOBAL',
		'EMPTY TRASH',
	];
	/** How long bringing back from the archive takes. */
	restoreMillis = 40 * hour;
	/** Whether lists say how many items they have; some of BaseSpace's do not. */
	areListsCounted = true;
	/** Things in the trash that are neither datasets nor runs of this store, by name. */
	otherTrash: readonly string[] = [];
	readonly actions: BaseSpaceAction[] = [];
	/** How often the trash was emptied. */
	timesEmptied = 0;
	readonly projects: BaseSpaceProject[] = [];
	readonly #items = new Map<string, Item>();
	readonly #refused = new Map<Item, BaseSpaceRefusal>();
	readonly #timeline: Timeline;
	readonly #ids: Ids;
	readonly #data: DataStore;

	constructor(timeline: Timeline, ids: Ids, data: DataStore) {
		this.#timeline = timeline;
		this.#ids = ids;
		this.#data = data;
	}

	addProject(name: string, owner: User = this.me): BaseSpaceProject {
		const project = { id: `${440_000 + this.projects.length}`, name, owner };
		this.projects.push(project);
		return project;
	}

	addDataset(project: BaseSpaceProject, spec: ItemSpec = {}): Item {
		return this.#add('dataset', `ds.${this.#ids.hex(32)}`, [project], spec);
	}

	/** @param projects those to which its output went */
	addRun(projects: readonly BaseSpaceProject[], spec: ItemSpec = {}): Item {
		return this.#add('run', `${9_000_000 + this.#items.size}`, projects, spec);
	}

	#add(kind: Item['kind'], id: string, projects: readonly BaseSpaceProject[], spec: ItemSpec): Item {
		const name = spec.name ?? `${kind}_${this.#items.size}`;
		const item: Item = {
			kind,
			id,
			projects,
			name,
			experimentName: spec.experimentName === undefined ? `exp ${name}` : (spec.experimentName ?? undefined),
			v1Id: spec.v1Id,
			listedIn: spec.listedIn ?? [],
			untold: spec.untold ?? [],
			dateWritten: spec.dateWritten,
			owner: spec.owner ?? projects[0]?.owner ?? this.me,
			dateCreated: spec.dateCreated ?? this.#timeline.now(),
			status: spec.status ?? 'Complete',
			bytes: spec.bytes ?? 1_000_000,
			data: spec.data ?? [],
			isArchived: spec.isArchived ?? false,
			isRestoring: false,
			state: 'there',
		};
		this.#items.set(id, item);
		return item;
	}

	/** Datasets and runs that have not been deleted for good, the oldest addition first. */
	get items(): readonly Item[] {
		this.#timeline.settle();
		return [...this.#items.values()].filter(({ state }) => state !== 'gone');
	}

	get trash(): readonly Item[] {
		return this.items.filter(({ state }) => state === 'in the trash');
	}

	/** From now on whatever is asked of this item is refused so. */
	refuse(item: Item, status: number, message: string): void {
		this.#refused.set(item, new BaseSpaceRefusal(status, 'BASESPACE.COMMON.REFUSED', message));
	}

	project(id: string): BaseSpaceProject {
		const project = this.projects.find((each) => each.id === id);
		if (project === undefined) {
			throw new BaseSpaceRefusal(404, 'BASESPACE.PROJECTS.NOT_FOUND', `Project ${id} not found.`);
		}
		return project;
	}

	/** All at once, or none when one of them does not allow it. */
	archive(kind: Item['kind'], ids: readonly string[]): void {
		const items = ids.map((id) => this.#archivable(kind, id));
		for (const item of items) {
			if (!item.isArchived) {
				item.isArchived = true;
				this.#setStatus(item, 'ARCHIVED');
				this.#note('archive', item);
			}
		}
	}

	/** Is archived until it is back. */
	restore(kind: Item['kind'], ids: readonly string[]): void {
		const items = ids.map((id) => this.#changeable(kind, id));
		for (const item of items) {
			if (item.isArchived && !item.isRestoring) {
				item.isRestoring = true;
				this.#note('restore', item);
				this.#timeline.after(this.restoreMillis, () => {
					item.isRestoring = false;
					item.isArchived = false;
					this.#setStatus(item, 'AVAILABLE');
				});
			}
		}
	}

	moveToTrash(kind: Item['kind'], id: string): void {
		const item = this.#changeable(kind, id);
		if (item.isArchived) {
			throw new BaseSpaceRefusal(409, 'BASESPACE.COMMON.ARCHIVED', `${kind} ${id} is archived.`);
		}
		item.state = 'in the trash';
		this.#note('delete', item);
	}

	/** Everything in it, and the same data in ICA. */
	emptyTrash(): void {
		this.timesEmptied += 1;
		this.otherTrash = [];
		for (const item of this.trash) {
			item.state = 'gone';
			for (const data of item.data) {
				this.#data.remove(data);
			}
		}
	}

	#changeable(kind: Item['kind'], id: string): Item {
		const item = this.items.find((each) => each.kind === kind && each.id === id);
		if (item === undefined || item.state !== 'there') {
			throw new BaseSpaceRefusal(404, 'BASESPACE.COMMON.NOT_FOUND', `${kind} ${id} not found.`);
		}
		const refusal = this.#refused.get(item);
		if (refusal !== undefined) {
			throw refusal;
		}
		if (item.owner !== this.me) {
			throw new BaseSpaceRefusal(403, 'BASESPACE.COMMON.FORBIDDEN', `${kind} ${id} belongs to another user.`);
		}
		return item;
	}

	#archivable(kind: Item['kind'], id: string): Item {
		const item = this.#changeable(kind, id);
		if (!archivable.has(item.status.toLowerCase())) {
			throw new BaseSpaceRefusal(400, 'BASESPACE.COMMON.STATUS', `${kind} ${id} is ${item.status}.`);
		}
		return item;
	}

	#setStatus(item: Item, status: 'ARCHIVED' | 'AVAILABLE'): void {
		for (const data of item.data) {
			this.#data.setStatus(data, status);
		}
	}

	#note(action: BaseSpaceAction['action'], item: Item): void {
		this.actions.push({ action, item, at: this.#timeline.now() });
	}
}
