import { createContext, Script } from 'node:vm';

/** A repeated group, in which other repetitions make a pattern endless; or many repetitions one after the other. */
const repeatedGroup = /\)[*+{]/;
const repetition = /[*+{]/g;
const manyRepetitions = 5;

const character = /[A-Za-z0-9_-]/g;
const maxCharacters = 20;

/** Short enough for every pattern but those whose time doubles with each character. */
const probeLength = 64;
const maxMs = 500;

/**
 * Whether a pattern would try for longer than anybody waits before it finds that a name does not match, as `(M+)+_` does.
 * It is tried on names of repeated characters of its own; one that these do not betray is not found.
 */
export function isEndless(pattern: RegExp): boolean {
	const { source } = pattern;
	if (!repeatedGroup.test(source) && (source.match(repetition) ?? []).length < manyRepetitions) {
		return false;
	}
	const characters = new Set([...(source.match(character) ?? []), 'M', '_']);
	const names = [...characters].slice(0, maxCharacters).map((each) => `${each.repeat(probeLength)}\u0001`);
	return names.some((name) => takesLong(pattern, name));
}

/** Twice, since the machine itself may have been stopped for a moment. */
function takesLong(pattern: RegExp, name: string): boolean {
	return [1, 2].every(() => {
		try {
			new Script('pattern.test(name)').runInContext(createContext({ pattern, name }), { timeout: maxMs });
			return false;
		} catch {
			return true;
		}
	});
}
