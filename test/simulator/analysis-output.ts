import type { DataStore } from './data.ts';
import { parentOf } from './items.ts';
import type { Analysis, AnalysisSpec, DataItem, DataOptions, Project } from './model.ts';

type Output = Pick<Analysis, 'outputFolder' | 'files' | 'output'>;

/** What the spec of an analysis leaves open about its output. */
interface Usual {
	readonly outputFolder: string;
	readonly timeCreated: Date;
}

class OutputMaker {
	readonly output = new Set<DataItem>();
	readonly #data: DataStore;
	readonly #project: Project;
	readonly #spec: AnalysisSpec;
	readonly #usual: Usual;
	readonly #folders = new Map<string, DataItem>();

	constructor(data: DataStore, project: Project, spec: AnalysisSpec, usual: Usual) {
		this.#data = data;
		this.#project = project;
		this.#spec = spec;
		this.#usual = usual;
	}

	/** The folder at this path, made when it is missing, as are those between the output folder and it. */
	folder(path: string): DataItem {
		const there = this.#folders.get(path);
		if (there !== undefined) {
			return there;
		}
		const inside = path !== this.#usual.outputFolder;
		if (inside) {
			this.folder(parentOf(path) ?? path);
		}
		const folder = this.#make(path, this.#spec.dataStatus === 'DELETING' ? { status: 'DELETING' } : {});
		this.#folders.set(path, folder);
		if (inside) {
			this.output.add(folder);
		}
		return folder;
	}

	file(path: string, options: DataOptions): DataItem {
		this.folder(parentOf(path) ?? path);
		const { dataStatus } = this.#spec;
		const file = this.#make(path, { ...(dataStatus && { status: dataStatus }), ...options });
		this.output.add(file);
		return file;
	}

	#make(path: string, options: DataOptions): DataItem {
		const folderTime = path.endsWith('/') ? this.#spec.folderTimeCreated : undefined;
		const all = { timeCreated: folderTime ?? this.#usual.timeCreated, ...options };
		if (this.#spec.deleted) {
			return this.#data.former(this.#project, path, all);
		}
		return path.endsWith('/')
			? this.#data.addFolder(this.#project, path, all)
			: this.#data.addFile(this.#project, path, all);
	}
}

/** Makes the output of an analysis: listed by its project, or, when it is said to be deleted, by nobody. */
export function makeOutput(data: DataStore, project: Project, spec: AnalysisSpec, usual: Usual): Output {
	const { outputFolder: path, timeCreated } = usual;
	const maker = new OutputMaker(data, project, spec, usual);
	const above = parentOf(path);
	if (above !== undefined && above !== '/') {
		data.addFolder(project, above, { timeCreated });
	}
	const outputFolder = maker.folder(path);
	const files = (spec.files ?? []).map((file) =>
		typeof file === 'string'
			? maker.file(path + file, { size: 1_048_576 })
			: maker.file(path + file.path, file),
	);
	return { outputFolder, files, output: maker.output };
}
