import type { DataItem } from './model.ts';

/** One line of what a project lists. */
export interface Entry {
	readonly item: DataItem;
	/** Its path in lower case, as searches compare it. */
	readonly folded: string;
	/** Grows with every line of a listing: what a cursor holds on to. */
	readonly order: number;
	/** Here because a folder above it was linked, and not by itself. */
	readonly throughFolder: boolean;
}

interface Node {
	children: Map<string, Node> | undefined;
	readonly entries: Entry[];
}

function segmentsOf(folded: string): string[] {
	const inner = folded.slice(1, folded.endsWith('/') ? -1 : undefined);
	return inner === '' ? [] : inner.split('/');
}

function newNode(): Node {
	return { children: undefined, entries: [] };
}

function childOf(node: Node, segment: string): Node {
	node.children ??= new Map();
	let child = node.children.get(segment);
	if (child === undefined) {
		child = newNode();
		node.children.set(segment, child);
	}
	return child;
}

function collect(node: Node, found: Entry[]): void {
	found.push(...node.entries);
	for (const child of node.children?.values() ?? []) {
		collect(child, found);
	}
}

function byOrder(one: Entry, other: Entry): number {
	return one.order - other.order;
}

/** What a project lists, owned and linked, found quickly by id and by path. */
export class Listing {
	#order = 0;
	readonly #root = newNode();
	readonly #byId = new Map<string, Entry>();
	readonly #byPath = new Map<string, Entry>();
	#lastSearch: { readonly prefix: string; readonly found: readonly Entry[] } | undefined;

	add(item: DataItem, throughFolder = false): void {
		this.#order += 1;
		const folded = item.path.toLowerCase();
		const entry = { item, folded, order: this.#order, throughFolder };
		this.#byId.set(item.id, entry);
		if (!this.#byPath.has(item.path)) {
			this.#byPath.set(item.path, entry);
		}
		let node = this.#root;
		for (const segment of segmentsOf(folded)) {
			node = childOf(node, segment);
		}
		node.entries.push(entry);
		this.#lastSearch = undefined;
	}

	remove(item: DataItem): void {
		const entry = this.#byId.get(item.id);
		if (entry === undefined) {
			return;
		}
		this.#byId.delete(item.id);
		const entries = this.#nodeAt(segmentsOf(entry.folded))?.entries ?? [];
		entries.splice(entries.indexOf(entry), 1);
		this.#byPath.delete(item.path);
		const namesake = entries.find((other) => other.item.path === item.path);
		if (namesake !== undefined) {
			this.#byPath.set(item.path, namesake);
		}
		this.#lastSearch = undefined;
	}

	get(dataId: string): Entry | undefined {
		return this.#byId.get(dataId);
	}

	/** Everything, oldest line first. */
	all(): readonly Entry[] {
		return this.#search('', () => [...this.#byId.values()]);
	}

	/** The lines at this path, whatever the case of its letters. */
	at(path: string): readonly Entry[] {
		const wanted = path.toLowerCase();
		const entries = this.#nodeAt(segmentsOf(wanted))?.entries ?? [];
		return entries.filter((entry) => entry.folded === wanted);
	}

	/** The line at exactly this path. */
	exactlyAt(path: string): Entry | undefined {
		return this.#byPath.get(path);
	}

	/** The lines whose path begins so, whatever the case of its letters, oldest first. */
	startingWith(prefix: string): readonly Entry[] {
		if (prefix === '') {
			return this.all();
		}
		const wanted = prefix.toLowerCase();
		return this.#search(wanted, () => this.#startingWith(wanted));
	}

	/** What lies directly in the folder at exactly this path. */
	inFolder(folderPath: string): readonly Entry[] {
		const found: Entry[] = [];
		for (const child of this.#nodeAt(segmentsOf(folderPath.toLowerCase()))?.children?.values() ?? []) {
			found.push(...child.entries.filter((entry) => entry.item.path.startsWith(folderPath)));
		}
		return found.sort(byOrder);
	}

	#startingWith(prefix: string): Entry[] {
		const segments = segmentsOf(prefix);
		const begun = prefix.endsWith('/') ? '' : (segments.pop() ?? '');
		const node = this.#nodeAt(segments);
		const found: Entry[] = [...(begun === '' ? (node?.entries ?? []) : [])];
		for (const [segment, child] of node?.children ?? []) {
			if (segment.startsWith(begun)) {
				collect(child, found);
			}
		}
		return found.filter((entry) => entry.folded.startsWith(prefix)).sort(byOrder);
	}

	#nodeAt(segments: readonly string[]): Node | undefined {
		let node: Node | undefined = this.#root;
		for (const segment of segments) {
			node = node?.children?.get(segment);
		}
		return node;
	}

	/** The same search, page after page, costs once as long as nothing changes. */
	#search(prefix: string, find: () => readonly Entry[]): readonly Entry[] {
		if (this.#lastSearch?.prefix !== prefix) {
			this.#lastSearch = { prefix, found: find() };
		}
		return this.#lastSearch.found;
	}
}
