import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { SetupError } from './errors.ts';

/** A project as the command line names it. */
export type ProjectSelector =
	| { readonly by: 'name'; readonly name: string }
	| { readonly by: 'id'; readonly id: string };

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The options that name a project begin so: `--source_project`, and `--project` for the one to launch in. */
export function projectFlag(role: string): string {
	return role === 'launch' ? '--project' : `--${role}_project`;
}

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
		return { by: 'id', id: id.toLowerCase() };
	}
	return name === undefined ? undefined : { by: 'name', name };
}

/** Whether a text is an id, as ICA's projects, analyses and pipelines have them. */
export function isId(text: string): boolean {
	return uuid.test(text);
}

export function notAnId(flag: string, text: string): SetupError {
	return new SetupError(`${flag} is "${text}": expected an id such as c78835ab-a488-4b97-848d-e606b0f31772.`);
}

function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return resolve(path);
	}
}

/** @throws {SetupError} when two flags name the same file */
export function refuseSameFile(files: readonly (readonly [flag: string, file: string | undefined])[]): void {
	const flagOf = new Map<string, string>();
	for (const [flag, file] of files) {
		if (file === undefined) {
			continue;
		}
		const path = realPath(file);
		const other = flagOf.get(path);
		if (other !== undefined) {
			throw new SetupError(`${other} and ${flag} both name ${file}: each needs a file of its own.`);
		}
		flagOf.set(path, flag);
	}
}
