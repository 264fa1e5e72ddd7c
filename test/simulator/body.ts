import { badRequest } from './refusal.ts';

/** The fields of a JSON body. */
export type Fields = Readonly<Record<string, unknown>>;

/** A JSON object, or a 400. */
export function fieldsOf(value: unknown, name = 'body'): Fields {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw badRequest(name, `${name} must be a JSON object.`);
	}
	return { ...value };
}

/** A text that may be missing or null, or a 400. */
export function optionalText(fields: Fields, name: string): string | undefined {
	const value = fields[name] ?? undefined;
	if (value !== undefined && typeof value !== 'string') {
		throw badRequest(name, `${name} must be a string.`);
	}
	return value;
}

/** A text that must be there, or a 400. */
export function requiredText(fields: Fields, name: string): string {
	const value = optionalText(fields, name);
	if (value === undefined || value === '') {
		throw badRequest(name, `${name} must not be empty.`);
	}
	return value;
}

/** A list that may be missing or null, or a 400. */
export function optionalList(fields: Fields, name: string): readonly unknown[] | undefined {
	const value = fields[name] ?? undefined;
	if (value !== undefined && !Array.isArray(value)) {
		throw badRequest(name, `${name} must be a list.`);
	}
	return value;
}

/** true or false, false when it is missing or null, or a 400. */
export function flagIn(fields: Fields, name: string): boolean {
	const value = fields[name] ?? false;
	if (typeof value !== 'boolean') {
		throw badRequest(name, `${name} must be true or false.`);
	}
	return value;
}
