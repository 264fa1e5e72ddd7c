import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { type Part, schemas } from './document.ts';

const root = 'contract';
const composing = ['additionalProperties', 'oneOf', 'anyOf', 'allOf'];

function isPart(value: unknown): value is Part {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** null is one of the values of a nullable enumeration. */
function withNull(schema: Part): Part {
	const values = schema['enum'];
	return schema['nullable'] === true && Array.isArray(values) ? { enum: [...values, null] } : {};
}

/** What a schema does not list may not be there. */
function closed(schema: Part): Part {
	const open = !('properties' in schema) || composing.some((keyword) => keyword in schema);
	return open ? {} : { additionalProperties: false };
}

/** The service matches whole values, as Java does. */
function anchored(schema: Part): Part {
	const { pattern } = schema;
	return typeof pattern === 'string' ? { pattern: `^(?:${pattern})$` } : {};
}

/** A schema of OpenAPI 3.0 as one of JSON Schema. */
function translated(schema: unknown): unknown {
	if (Array.isArray(schema)) {
		return schema.map(translated);
	}
	if (!isPart(schema)) {
		return schema;
	}
	const reference = schema['$ref'];
	if (typeof reference === 'string') {
		return { $ref: `${root}${reference}` };
	}
	const parts = Object.entries(schema).map(([name, part]) => [name, translated(part)]);
	return { ...Object.fromEntries(parts), ...withNull(schema), ...closed(schema), ...anchored(schema) };
}

let ajv: Ajv | undefined;
const compiled = new Map<Part, ValidateFunction>();

function validatorOf(schema: Part): ValidateFunction {
	if (ajv === undefined) {
		ajv = new Ajv({ strict: false, allErrors: true });
		formats.default(ajv);
		const all = Object.entries(schemas()).map(([name, one]) => [name, translated(one)]);
		ajv.addSchema({ $id: root, components: { schemas: Object.fromEntries(all) } });
	}
	const validate = compiled.get(schema) ?? ajv.compile(translated(schema) as Part);
	compiled.set(schema, validate);
	return validate;
}

/** What is wrong with a value by a schema of the document, one sentence each. */
export function schemaProblems(schema: Part, value: unknown, what: string): string[] {
	const validate = validatorOf(schema);
	if (validate(value)) {
		return [];
	}
	return (validate.errors ?? []).map((error) => {
		const extra: unknown = error.params['additionalProperty'];
		const named = extra === undefined ? '' : `: ${extra}`;
		return `${what}${error.instancePath} ${error.message}${named}`;
	});
}
