import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupError } from '../common/errors.ts';
import { isId } from '../common/ids.ts';
import { realPathOf } from '../common/local-files.ts';
import { type ProjectSelector, projectFlag } from '../common/project-selector.ts';

/**
 * Checks what every command checks of its raw options.
 * @param strayWords of the command line, that belong to no option
 * @throws {SetupError}
 */
export function refuseSuspectWords(raw: object, strayWords: readonly string[]): void {
	for (const [flag, value] of Object.entries(raw)) {
		refuseSuspectValue(flag, value);
	}
	if (strayWords.length > 0) {
		throw new SetupError(`"${strayWords.join(' ')}" belongs to no option: a value with spaces needs quotes.`);
	}
}

/** An unset variable in a crontab line gives an empty value, or makes a flag swallow the next one (so a `--dry_run`). */
function refuseSuspectValue(flag: string, value: unknown): void {
	if (typeof value !== 'string') {
		return;
	}
	if (value.trim() === '') {
		throw new SetupError(`--${flag} is empty: give it a value, or leave the option out.`);
	}
	if (value.startsWith('--')) {
		throw new SetupError(`--${flag} got "${value}" as its value: is its own value missing?`);
	}
}

/** @throws {SetupError} unless exactly one of name and id is given */
export function requiredProject(
	role: string,
	name: string | undefined,
	id: string | undefined,
): ProjectSelector {
	const selector = project(role, name, id);
	if (selector === undefined) {
		throw new SetupError(`Which ${role} project? Give ${projectFlag(role)}_name or ${projectFlag(role)}_id.`);
	}
	return selector;
}

/**
 * The project that the options name; undefined when they name none.
 * @throws {SetupError} for both a name and an id, or for an id that is none
 */
export function project(
	role: string,
	name: string | undefined,
	id: string | undefined,
): ProjectSelector | undefined {
	if (name !== undefined && id !== undefined) {
		throw new SetupError(`Give ${projectFlag(role)}_name or ${projectFlag(role)}_id, not both.`);
	}
	if (id !== undefined && !isId(id)) {
		throw notAnId(`${projectFlag(role)}_id`, id);
	}
	if (id !== undefined) {
		return { by: 'id', id };
	}
	return name === undefined ? undefined : { by: 'name', name };
}

export function notAnId(flag: string, text: string): SetupError {
	return new SetupError(`${flag} is "${text}": expected an id such as c78835ab-a488-4b97-848d-e606b0f31772.`);
}

/**
 * Refuses one file for two uses, by whatever names, links or hard links it is called: one use would destroy the other.
 * @param options the options that name files
 * @param kept files and folders that the program has beside them; nothing in these folders may be named either
 * @throws {SetupError} when two options name the same file, or one names what is kept
 */
export function refuseSameFile(
	options: readonly (readonly [flag: string, path: string | undefined])[],
	kept: readonly (readonly [what: string, path: string])[] = [],
): void {
	const flagOf = new Map<string, string>();
	const whatOf = new Map(kept.flatMap(([what, path]) => keysOf(path).map((key) => [key, what] as const)));
	for (const [flag, path] of options) {
		if (path === undefined) {
			continue;
		}
		for (const key of keysOf(path)) {
			const other = flagOf.get(key);
			if (other !== undefined && other !== flag) {
				throw new SetupError(`${other} and ${flag} both name ${path}: each needs a file of its own.`);
			}
			flagOf.set(key, flag);
		}
		const what = [...keysOf(path), ...foldersOf(path)].flatMap((key) => whatOf.get(key) ?? [])[0];
		if (what !== undefined) {
			throw new SetupError(`${flag} names ${path}, which is for ${what}: give it a file of its own.`);
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
