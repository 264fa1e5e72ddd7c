import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupError } from '../common/errors.ts';
import { realPathOf } from '../common/local-files.ts';
import { type ProjectSelector, projectFlag } from '../common/project-selector.ts';

/** @throws {SetupError} unless exactly one of name and id is given */
export function requiredProjectOf(
	role: string,
	name: string | undefined,
	id: string | undefined,
): ProjectSelector {
	const selector = projectOf(role, name, id);
	if (selector === undefined) {
		throw new SetupError(`Which ${role} project? Give ${projectFlag(role)}_name or ${projectFlag(role)}_id.`);
	}
	return selector;
}

/**
 * The project that the options name; undefined when they name none.
 * @throws {SetupError} for both a name and an id
 */
export function projectOf(
	role: string,
	name: string | undefined,
	id: string | undefined,
): ProjectSelector | undefined {
	if (name !== undefined && id !== undefined) {
		const option = projectFlag(role).slice(2);
		throw new SetupError(`Give --${option}_name or --${option}_id, not both.`, [
			`${option}_name`,
			`${option}_id`,
		]);
	}
	if (id !== undefined) {
		return { by: 'id', id };
	}
	return name === undefined ? undefined : { by: 'name', name };
}

/**
 * Refuses one file for two uses, by whatever names, links or hard links it is called: one use would destroy the other.
 * @param options the options that name files
 * @param kept files and folders that the program has beside them; nothing in these folders may be named either
 * @throws {SetupError} when two options name the same file, or one names what is kept
 */
export function refuseSameFile(
	options: readonly (readonly [name: string, path: string | undefined])[],
	kept: readonly (readonly [what: string, path: string])[],
): void {
	const nameOf = new Map<string, string>();
	const whatOf = new Map(kept.flatMap(([what, path]) => keysOf(path).map((key) => [key, what] as const)));
	for (const [name, path] of options) {
		if (path === undefined) {
			continue;
		}
		for (const key of keysOf(path)) {
			const other = nameOf.get(key);
			if (other !== undefined && other !== name) {
				throw new SetupError(`--${other} and --${name} both name ${path}: each needs a file of its own.`, [
					name,
					other,
				]);
			}
			nameOf.set(key, name);
		}
		const what = [...keysOf(path), ...foldersOf(path)].flatMap((key) => whatOf.get(key) ?? [])[0];
		if (what !== undefined) {
			throw new SetupError(`--${name} names ${path}, which is for ${what}: give it a file of its own.`, [
				name,
			]);
		}
	}
}

/** What a file is known by: its path in the end, and its inode, which hard links share. */
function keysOf(path: string): string[] {
	const real = realPathOf(path);
	try {
		const { dev, ino } = statSync(real);
		return [real, `${dev}:${ino}`];
	} catch {
		return [real];
	}
}

/** The folders that a path lies in. */
function foldersOf(path: string): string[] {
	const folders: string[] = [];
	for (let folder = dirname(realPathOf(path)); !folders.includes(folder); folder = dirname(folder)) {
		folders.push(folder);
	}
	return folders;
}
