import { md5 } from './checksums.ts';
import type { Ids } from './ids.ts';
import type { DataItem, DataOptions, Project } from './model.ts';
import type { Timeline } from './timeline.ts';

/** `c` for `/a/b/c` and for `/a/b/c/`. */
export function nameOf(path: string): string {
	return path.slice(path.lastIndexOf('/', path.length - 2) + 1).replace('/', '');
}

/** `/a/b/` for `/a/b/c` and for `/a/b/c/`; `/` has none. */
export function parentOf(path: string): string | undefined {
	return path === '/' ? undefined : path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
}

/** Makes files and folders, which nothing lists yet. */
export class ItemMaker {
	readonly #timeline: Timeline;
	readonly #ids: Ids;

	constructor(timeline: Timeline, ids: Ids) {
		this.#timeline = timeline;
		this.#ids = ids;
	}

	/** A file, or a folder when the path ends with a slash. */
	make(project: Project, path: string, options: DataOptions): DataItem {
		const type = path.endsWith('/') ? 'FOLDER' : 'FILE';
		const timeCreated = options.timeCreated ?? this.#timeline.now();
		const content = options.content === undefined ? undefined : Buffer.from(options.content);
		const item: DataItem = {
			id: options.id ?? this.#ids.dataId(type),
			type,
			project,
			path,
			name: nameOf(path),
			firstPath: path,
			timeCreated,
			timeModified: timeCreated,
			application: options.application,
			userTags: options.userTags ?? [],
			status: options.status ?? 'AVAILABLE',
			sizeInBytes: options.size ?? content?.length ?? 0,
			eTag: options.eTag ?? this.#eTagOfParts(options),
			content,
			gone: false,
		};
		this.giveETag(item);
		return item;
	}

	#eTagOfParts({ parts, status }: DataOptions): string | undefined {
		return parts === undefined || status === 'PARTIAL' ? undefined : `${this.#ids.hex(32)}-${parts}`;
	}

	/** A file that is whole has an ETag: the MD5 of its bytes, unless they are unknown or encrypted with a KMS key. */
	giveETag(item: DataItem): void {
		if (item.type === 'FOLDER' || item.status === 'PARTIAL') {
			return;
		}
		const plain = item.project.storage.encryption?.algorithm !== 'aws:kms';
		item.eTag ??= plain && item.content !== undefined ? md5(item.content) : this.#ids.hex(32);
	}
}
