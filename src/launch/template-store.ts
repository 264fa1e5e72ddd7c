import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../atomic-write.ts';
import { FileError, reasonOf } from '../errors.ts';
import { fileNameOf } from '../file-name.ts';
import { type Analysis, hasInIt, nameOf } from '../ica/schemas.ts';
import { apiTemplate } from './api-template.ts';
import { cliTemplate } from './cli-template.ts';
import type { LaunchTemplate } from './template.ts';

/** A file of the template folder. */
export interface TemplateFile {
	readonly name: string;
	readonly text: string;
	readonly mode: number;
}

/** The folder of templates on this machine. It is also the memory of which failed analyses were reported. */
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

/** The names of an analysis's files: its reference, and its id where that is not part of it. */
export function templateNames(analysis: Pick<Analysis, 'reference' | 'id'>): FileNames {
	const { reference, id } = analysis;
	const beginning = fileNameOf(hasInIt(reference, id) ? reference : `${id.toLowerCase()}-${reference}`);
	return {
		beginning,
		api: `${beginning}.api.json`,
		cli: `${beginning}.cli.sh`,
		none: `${beginning}.no_template.txt`,
	};
}

/** Whether an analysis has its files, so that it was reported. */
export function hasFiles(analysis: Pick<Analysis, 'reference' | 'id'>, there: ReadonlySet<string>): boolean {
	const { api, cli, none } = templateNames(analysis);
	return (there.has(api) && there.has(cli)) || there.has(none);
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

/** What is kept when no template could be made, so that this, too, is said only once. */
export function noTemplateFile(analysis: Analysis, why: string): TemplateFile {
	const text =
		`No requeue template could be made of ${nameOf(analysis)}: ${why}\n` +
		`To try again by hand: umich-orchestrator requeue --analysis_id ${analysis.id} --api_key_file … --source_project_name …\n` +
		'As long as this file is here, the analysis is not reported again.\n';
	return { name: templateNames(analysis).none, text, mode: 0o600 };
}
