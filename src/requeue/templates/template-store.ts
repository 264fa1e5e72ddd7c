import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../common/atomic-write.ts';
import { FileError, reasonOf } from '../../common/errors.ts';
import { fileNameOf } from '../../common/file-name.ts';
import { isId, uuid } from '../../common/ids.ts';
import { type Analysis, nameOf, type Project } from '../../ica/schemas.ts';
import { apiTemplate } from './api-template.ts';
import { cliTemplate } from './cli-template.ts';
import type { LaunchTemplate } from './template.ts';

const idAtBeginning = new RegExp(`^${uuid}-`, 'i');

/** A file of the template folder. */
export interface TemplateFile {
	readonly name: string;
	readonly text: string;
	readonly mode: number;
}

/** The folder of templates on this machine. It also shows which failed analyses were reported. */
export interface TemplateStore {
	readonly folder: string;
	/**
	 * The names of the files that are there.
	 * @throws {FileError}
	 */
	names(): ReadonlySet<string>;
	/**
	 * Writes files, each whole or not at all, for their owner only.
	 * @throws {FileError}
	 */
	keep(files: readonly TemplateFile[]): Promise<void>;
}

/** @param blank takes secrets out of a text */
export function templateStore(folder: string, blank: (text: string) => string): TemplateStore {
	return {
		folder,
		names() {
			try {
				return new Set(existsSync(folder) ? readdirSync(folder) : []);
			} catch (error) {
				throw new FileError(
					`The folder of requeue templates, ${folder}, cannot be read: ${reasonOf(error)}.`,
				);
			}
		},
		keep(files) {
			try {
				mkdirSync(folder, { recursive: true, mode: 0o700 });
				for (const { name, text, mode } of files) {
					replaceFile(join(folder, name), blank(text), mode);
				}
			} catch (error) {
				throw new FileError(`The requeue templates in ${folder} cannot be written: ${reasonOf(error)}.`);
			}
			return Promise.resolve();
		},
	};
}

interface FileNames {
	/** What all of them have in common. */
	readonly beginning: string;
	readonly api: string;
	readonly cli: string;
	/** In place of both when no template could be made. */
	readonly none: string;
}

/**
 * The names of an analysis's files: its reference where that ends in its id, and otherwise the id and the reference. No two
 * analyses have the same: one beginning ends in the analysis's own id, or begins with it.
 */
export function templateNames(analysis: Named): FileNames {
	return namesOf(beginningOf(analysis));
}

/** What an analysis is called by. */
type Named = Pick<Analysis, 'reference' | 'id'>;

function beginningOf({ reference, id: written }: Named): string {
	if (!isId(written)) {
		// of other ids one can be the beginning of another
		return `${written}-${reference}-${createHash('sha256').update(written).digest('hex').slice(0, 16)}`;
	}
	const id = written.toLowerCase();
	const isAlone = reference.toLowerCase().endsWith(`-${id}`) && !idAtBeginning.test(reference);
	return isAlone ? reference : `${id}-${reference}`;
}

function namesOf(text: string): FileNames {
	const beginning = fileNameOf(text);
	return {
		beginning,
		api: `${beginning}.api.json`,
		cli: `${beginning}.cli.sh`,
		none: `${beginning}.no_template.txt`,
	};
}

/** Whether an analysis has its files, so that it was reported; also under the name that earlier versions gave them. */
export function hasFiles(analysis: Named, there: ReadonlySet<string>): boolean {
	const { reference } = analysis;
	const id = analysis.id.toLowerCase();
	const earlier = reference.includes(id) ? reference : `${id}-${reference}`;
	return [beginningOf(analysis), earlier].some((beginning) => {
		const { api, cli, none } = namesOf(beginning);
		return (there.has(api) && there.has(cli)) || there.has(none);
	});
}

/** Both templates of a launch. */
export function templateFiles(
	template: LaunchTemplate,
	serverUrl: string,
): [api: TemplateFile, cli: TemplateFile] {
	const { api, cli } = templateNames(template.record);
	return [
		{ name: api, text: apiTemplate(template, serverUrl), mode: 0o600 },
		{ name: cli, text: cliTemplate(template, serverUrl), mode: 0o700 },
	];
}

/** What is kept when no template could be made, so that this, too, is reported only once. */
export function noTemplateFile(analysis: Analysis, source: Project, why: string): TemplateFile {
	const text =
		`No requeue template could be made of ${nameOf(analysis)}: ${why}\n` +
		`To try again by hand: umich-orchestrator requeue --analysis_id ${analysis.id} --source_project_id ${source.id} --api_key_file <path>\n` +
		'As long as this file is here, the analysis is not reported again.\n';
	return { name: templateNames(analysis).none, text, mode: 0o600 };
}
