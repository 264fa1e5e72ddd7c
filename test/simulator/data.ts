import type { Ids } from './ids.ts';
import { ItemMaker, nameOf, parentOf } from './items.ts';
import { type Entry, Listing } from './listing.ts';
import type { DataItem, DataOptions, DataStatus, Project } from './model.ts';
import { Refusal } from './refusal.ts';
import type { Timeline } from './timeline.ts';

interface LinkedFolder {
	readonly folder: DataItem;
	readonly listing: Listing;
}

/** The files and folders of all projects. */
export class DataStore {
	readonly #timeline: Timeline;
	readonly #maker: ItemMaker;
	readonly #items = new Map<string, DataItem>();
	readonly #listings = new Map<Project, Listing>();
	#linkedFolders: readonly LinkedFolder[] = [];

	constructor(timeline: Timeline, ids: Ids) {
		this.#timeline = timeline;
		this.#maker = new ItemMaker(timeline, ids);
	}

	/** What a project lists. */
	listingOf(project: Project): Listing {
		let listing = this.#listings.get(project);
		if (listing === undefined) {
			listing = new Listing();
			this.#listings.set(project, listing);
		}
		return listing;
	}

	/** Data that exists, whichever project owns it. */
	get(dataId: string): DataItem | undefined {
		return this.#items.get(dataId);
	}

	/** The line of a project's list, or a 404. */
	entryOf(project: Project, dataId: string): Entry {
		const entry = this.listingOf(project).get(dataId);
		if (entry === undefined) {
			throw new Refusal(404, `Data with id ${dataId} was not found in project ${project.id}.`, { dataId });
		}
		return entry;
	}

	/** Adds a file, and the folders on its path that are missing. */
	addFile(project: Project, path: string, options: DataOptions = {}): DataItem {
		if (!path.startsWith('/') || path.endsWith('/')) {
			throw new Error(`not the absolute path of a file: ${path}`);
		}
		return this.#add(project, path, options);
	}

	/** The folder at this path, added when it is missing, as are those above it. */
	addFolder(project: Project, path: string, options: DataOptions = {}): DataItem {
		if (!(path.startsWith('/') && path.endsWith('/')) || path === '/') {
			throw new Error(`not the absolute path of a folder: ${path}`);
		}
		const there = this.listingOf(project).exactlyAt(path);
		return there?.item ?? this.#add(project, path, options);
	}

	/** A file or folder that was there once: nothing lists it, and nothing finds it by its id. */
	former(project: Project, path: string, options: DataOptions = {}): DataItem {
		const item = this.#maker.make(project, path, options);
		item.content = undefined;
		item.gone = true;
		return item;
	}

	/** Lists data in another project; a folder brings the contents given (everything below it) along. */
	link(item: DataItem, project: Project, contents: readonly DataItem[] = this.below(item)): void {
		const listing = this.listingOf(project);
		if (listing.get(item.id) === undefined) {
			listing.add(item);
		}
		if (item.type === 'FOLDER') {
			this.#linkedFolders = [...this.#linkedFolders, { folder: item, listing }];
		}
		for (const below of contents) {
			if (listing.get(below.id) === undefined) {
				listing.add(below, true);
			}
		}
	}

	/** Takes data out of the list of a project that has it linked. */
	unlink(item: DataItem, project: Project): void {
		const kept = this.#linkedFolders.filter(
			(link) => link.folder !== item || link.listing !== this.listingOf(project),
		);
		this.#linkedFolders = kept;
		for (const lost of [item, ...this.below(item)]) {
			this.listingOf(project).remove(lost);
		}
	}

	/** What the owner has below a folder, the folder itself left out; nothing for a file. */
	below(item: DataItem): DataItem[] {
		if (item.type === 'FILE') {
			return [];
		}
		return this.listingOf(item.project)
			.startingWith(item.path)
			.map((entry) => entry.item)
			.filter(
				(other) => other !== item && other.project === item.project && other.path.startsWith(item.path),
			);
	}

	/** What other projects own, and is linked into the owner of this folder by itself, below the folder. */
	linkedBelow(folder: DataItem): DataItem[] {
		return this.listingOf(folder.project)
			.startingWith(folder.path)
			.filter(({ item, throughFolder }) => item.project !== folder.project && !throughFolder)
			.map((entry) => entry.item)
			.filter((item) => folder.type === 'FOLDER' && item.path.startsWith(folder.path));
	}

	setStatus(item: DataItem, status: DataStatus): void {
		item.status = status;
		if (status === 'AVAILABLE') {
			this.#maker.giveETag(item);
		}
		item.timeModified = this.#timeline.now();
	}

	/** Gives a file its bytes, as an upload does. */
	store(item: DataItem, content: Buffer, eTag: string): void {
		item.content = content;
		item.sizeInBytes = content.length;
		item.eTag = eTag;
		this.setStatus(item, 'AVAILABLE');
	}

	/** Takes data, and what lies below it, out of every project at once. */
	remove(item: DataItem): void {
		const doomed = new Set([...this.below(item), item]);
		this.#linkedFolders = this.#linkedFolders.filter((link) => !doomed.has(link.folder));
		for (const lost of doomed) {
			lost.gone = true;
			lost.content = undefined;
			this.#items.delete(lost.id);
			for (const listing of this.#listings.values()) {
				listing.remove(lost);
			}
		}
	}

	/** Moves or renames data within its project, with all that it owns below: only paths and names change. */
	move(item: DataItem, path: string): void {
		if (!path.startsWith('/') || path.endsWith('/') !== (item.type === 'FOLDER')) {
			throw new Error(`not a path for ${item.path}: ${path}`);
		}
		if (this.listingOf(item.project).exactlyAt(path) !== undefined) {
			throw new Error(`${item.project.name} has ${path} already`);
		}
		const parent = parentOf(path);
		if (parent !== undefined && parent !== '/') {
			this.addFolder(item.project, parent);
		}
		const from = item.path;
		for (const moved of [item, ...this.below(item)]) {
			this.#moveOne(moved, path + moved.path.slice(from.length));
		}
	}

	/** What a project lists because a folder was linked follows that folder's contents. */
	#moveOne(item: DataItem, path: string): void {
		const lines = [...this.#listings.values()].flatMap((listing) => {
			const entry = listing.get(item.id);
			listing.remove(item);
			return entry === undefined || entry.throughFolder ? [] : [listing];
		});
		item.path = path;
		item.name = nameOf(path);
		for (const listing of lines) {
			listing.add(item);
		}
		this.#addThroughFolders(item);
	}

	#addThroughFolders(item: DataItem): void {
		for (const { folder, listing } of this.#linkedFolders) {
			const isInside = folder.project === item.project && item.path.startsWith(folder.path);
			if (isInside && listing.get(item.id) === undefined) {
				listing.add(item, true);
			}
		}
	}

	#add(project: Project, path: string, options: DataOptions): DataItem {
		const listing = this.listingOf(project);
		if (listing.exactlyAt(path) !== undefined) {
			throw new Error(`${project.name} has ${path} already`);
		}
		const parent = parentOf(path);
		if (parent !== undefined && parent !== '/') {
			this.addFolder(project, parent, { ...(options.timeCreated && { timeCreated: options.timeCreated }) });
		}
		const item = this.#maker.make(project, path, options);
		this.#items.set(item.id, item);
		listing.add(item);
		this.#addThroughFolders(item);
		return item;
	}
}
