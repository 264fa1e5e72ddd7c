import { badRequest, Refusal } from './refusal.ts';

const dateFormat = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** The values of a repeatable parameter, each one of those allowed; undefined when it is not given. */
export function oneOf<T extends string>(
	query: URLSearchParams,
	name: string,
	allowed: readonly T[],
): ReadonlySet<T> | undefined {
	const values = query.getAll(name);
	if (values.length === 0) {
		return;
	}
	const known = values.map((value) => allowed.find((one) => one === value));
	const wanted = known.filter((value) => value !== undefined);
	if (wanted.length < values.length) {
		throw badRequest(name, `${name} must be one of ${allowed.join(', ')}.`);
	}
	return new Set(wanted);
}

/** The value of a parameter that is given at most once. */
export function single<T extends string>(
	query: URLSearchParams,
	name: string,
	allowed: readonly T[],
): T | undefined {
	const values = oneOf(query, name, allowed);
	if (values !== undefined && query.getAll(name).length > 1) {
		throw badRequest(name, `${name} must be given once.`);
	}
	return values?.values().next().value;
}

/**
 * A documented parameter that the simulator does not act upon must not pass for one that finds everything.
 * @throws Refusal 501
 */
export function refuseUnsimulated(query: URLSearchParams, names: readonly string[]): void {
	const used = names.find((name) => query.has(name));
	if (used !== undefined) {
		throw new Refusal(501, `The simulator does not know the parameter ${used}.`);
	}
}

/** true, false, or undefined when it is not given. */
export function flag(query: URLSearchParams, name: string): boolean | undefined {
	const value = single(query, name, ['true', 'false']);
	return value === undefined ? undefined : value === 'true';
}

/** A time in the one format that the service reads: seconds, and Z. */
export function time(query: URLSearchParams, name: string): Date | undefined {
	const text = query.get(name);
	if (text === null) {
		return;
	}
	const value = new Date(text);
	if (!dateFormat.test(text) || Number.isNaN(value.getTime())) {
		throw badRequest(name, `${name} must have the format yyyy-MM-dd'T'HH:mm:ss'Z'.`);
	}
	return value;
}
