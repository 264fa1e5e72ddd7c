import { reasonOf, SetupError } from '../common/errors.ts';
import { isId } from '../common/ids.ts';
import { insecureBecause } from '../common/secure-address.ts';
import { isEndless } from './endless-pattern.ts';
import type { Parser } from './entry.ts';

const maxDays = 36_500;
const wholeNumber = /^\d{1,9}$/;
/** Part of every address in Illumina's documentation; it is added to each request. */
const restPath = /\/ica\/rest$/;

/** Any text. */
export const text: Parser<string> = { parse: (given) => given };

/** Text of at most so many characters. */
export function shortText(most: number, why: string): Parser<string> {
	return {
		parse(given, name) {
			if (given.length > most) {
				throw wrong(name, given, `at most ${most} characters, ${why}`);
			}
			return given;
		},
	};
}

/** The path of a file that only this option may name. */
export const file: Parser<string> = { parse: (given) => given, isFile: true };

/** An id of ICA. */
export const id: Parser<string> = {
	parse(given, name) {
		if (!isId(given)) {
			throw wrong(name, given, 'an id such as c78835ab-a488-4b97-848d-e606b0f31772');
		}
		return given;
	},
};

/** An address to which secrets may be sent; without a closing slash. */
export const address: Parser<string> = {
	parse: (given, name) => secureUrl(`--${name}`, given, [name]),
};

/** A whole number. */
export function whole(range: Range): Parser<number> {
	return { parse: (given, name) => wholeOf(given, range, `--${name}`, [name]) };
}

interface Range {
	readonly from: number;
	readonly to: number;
}

function wholeOf(given: string, { from, to }: Range, what: string, options: readonly string[]): number {
	const value = wholeNumber.test(given) ? Number(given) : Number.NaN;
	if (!(value >= from && value <= to)) {
		throw new SetupError(`${what} is "${given}": expected a whole number from ${from} to ${to}.`, options);
	}
	return value;
}

/** Days of 24 hours, or never. */
export const days: Parser<number> = { parse: (given, name) => daysOf(given, `--${name}`, [name]) };

/**
 * @param what for the error: "--days_to_delete"
 * @returns `Infinity` for "never"
 * @throws {SetupError}
 */
export function daysOf(given: string, what: string, options: readonly string[] = []): number {
	if (given === 'never') {
		return Number.POSITIVE_INFINITY;
	}
	const value = wholeNumber.test(given) ? Number(given) : Number.NaN;
	if (!(value >= 1 && value <= maxDays)) {
		throw new SetupError(
			`${what} is "${given}": expected a whole number from 1 to ${maxDays}, or never.`,
			options,
		);
	}
	return value;
}

/** One of some words. */
export function oneOf<Value extends string>(values: readonly Value[]): Parser<Value> {
	return {
		parse(given, name) {
			const value = values.find((known) => known === given);
			if (value === undefined) {
				throw wrong(name, given, `one of ${values.join(', ')}`);
			}
			return value;
		},
	};
}

/**
 * A regular expression that does not match everything, and comes to an end.
 * @param flags of the regular expression
 */
export function pattern(flags: '' | 'i'): Parser<RegExp> {
	return { parse: (given, name) => patternOf(given, flags, `--${name}`, [name]) };
}

/**
 * @param what for the error: "--mgi_pattern"
 * @throws {SetupError}
 */
export function patternOf(
	given: string,
	flags: '' | 'i',
	what: string,
	options: readonly string[] = [],
): RegExp {
	let compiled: RegExp;
	try {
		compiled = new RegExp(given, flags);
	} catch (error) {
		throw new SetupError(`${what} is not a regular expression: ${reasonOf(error)}.`, options);
	}
	if (compiled.test('')) {
		throw new SetupError(
			`${what} "${given}" matches every name: if that is meant, give a single dot.`,
			options,
		);
	}
	if (isEndless(compiled)) {
		throw new SetupError(
			`${what} "${given}" would never end on some names: a repeated group must not begin or end in another repetition.`,
			options,
		);
	}
	return compiled;
}

/**
 * @param from where the address stands, for the error
 * @throws {SetupError} unless secrets may be sent there
 */
export function secureUrl(from: string, given: string, options: readonly string[] = []): string {
	const why = insecureBecause(given);
	if (why !== undefined) {
		throw new SetupError(`${from} is refused: ${why}.`, options);
	}
	return withoutSlashes(given).replace(restPath, '');
}

function withoutSlashes(given: string): string {
	let end = given.length;
	while (given[end - 1] === '/') {
		end--;
	}
	return given.slice(0, end);
}

function wrong(name: string, given: string, expected: string): SetupError {
	return new SetupError(`--${name} is "${given}": expected ${expected}.`, [name]);
}
