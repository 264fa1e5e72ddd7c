import type { Exchange } from '../simulator/exchange.ts';
import {
	type Content,
	type DocumentedOperation,
	documentAvailable,
	operationOf,
	type Part,
} from './document.ts';
import { schemaProblems } from './validation.ts';

/** Whether ICA's OpenAPI document lies beside the project, so that there is something to check against. */
export const contractAvailable: boolean = documentAvailable;

type Headers = Exchange['headers'];

const versioned = /^application\/vnd\.illumina\.(v\d)\+json$/;
const conditionalHeaders = ['idempotency-key', 'if-match'];

function mediaType(header: string | undefined): string {
	return header?.split(';')[0]?.trim().toLowerCase() ?? '';
}

function versionIn(type: string): string | undefined {
	return versioned.exec(type)?.[1];
}

/**
 * Everything in which a request and its answer differ from ICA's OpenAPI document, one sentence each: nothing when they
 * keep to it. What the document does not list (parameters, fields) counts as wrong. Of an exchange in which a fault had
 * a part only the request is checked.
 */
export function contractProblems(exchange: Exchange): string[] {
	const call = `${exchange.method} ${exchange.path}`;
	const operation = operationOf(exchange.method, exchange.path);
	if (operation === undefined) {
		return [`${call}: no such operation`];
	}
	const problems = [
		...identityProblems(operation, exchange),
		...parameterProblems(operation, exchange),
		...bodyProblems(operation, exchange),
		...acceptProblems(operation, exchange.headers),
		...(exchange.faulty ? [] : responseProblems(operation, exchange)),
	];
	return problems.map((problem) => `${operation.operationId}: ${problem}`);
}

function identityProblems(operation: DocumentedOperation, exchange: Exchange): string[] {
	const problems = operation.deprecated ? ['the operation is deprecated'] : [];
	if (exchange.operation !== 'unknown' && exchange.operation !== operation.operationId) {
		problems.push(`the request was taken for ${exchange.operation}`);
	}
	return problems;
}

function parameterProblems(operation: DocumentedOperation, exchange: Exchange): string[] {
	const names = new Set(exchange.query.keys());
	const path = operation.expression.exec(exchange.path)?.groups ?? {};
	return [
		...[...names].flatMap((name) => queryProblems(operation, name, exchange.query.getAll(name))),
		...Object.entries(path).flatMap(([name, value]) =>
			valueProblems(schemaOf(operation, 'path', name), decodeURIComponent(value), `path ${name}`),
		),
		...conditionalHeaders.flatMap((name) => headerProblems(operation, name, exchange.headers[name])),
	];
}

function schemaOf(operation: DocumentedOperation, place: string, name: string): Part | undefined {
	return operation.parameters?.find(
		(parameter) => parameter.in === place && parameter.name.toLowerCase() === name.toLowerCase(),
	)?.schema;
}

function queryProblems(operation: DocumentedOperation, name: string, values: readonly string[]): string[] {
	const schema = operation.parameters?.find((one) => one.in === 'query' && one.name === name)?.schema;
	if (schema === undefined) {
		return [`query ${name} is not documented`];
	}
	if (schema['type'] === 'array') {
		const items = schema['items'] as Part;
		return values.flatMap((value) => valueProblems(items, value, `query ${name}`));
	}
	const repeated = values.length > 1 ? [`query ${name} is repeated`] : [];
	return [...repeated, ...values.flatMap((value) => valueProblems(schema, value, `query ${name}`))];
}

function headerProblems(operation: DocumentedOperation, name: string, value: string | undefined): string[] {
	return value === undefined
		? []
		: valueProblems(schemaOf(operation, 'header', name), value, `header ${name}`);
}

/** Checks a value that came as text against a schema that may want a number or a boolean. */
function valueProblems(schema: Part | undefined, text: string, what: string): string[] {
	if (schema === undefined) {
		return [`${what} is not documented`];
	}
	const isText = schema['type'] === 'string';
	const value: unknown = !isText && /^(true|false|\d+)$/.test(text) ? JSON.parse(text) : text;
	return schemaProblems(schema, value, what);
}

function bodyProblems(operation: DocumentedOperation, exchange: Exchange): string[] {
	const { requestBody } = operation;
	if (exchange.body === undefined) {
		return requestBody?.required ? ['the request body is missing'] : [];
	}
	if (requestBody === undefined) {
		return ['a request body is not documented'];
	}
	const type = mediaType(exchange.headers['content-type']);
	const schema = requestBody.content[type]?.schema;
	return schema === undefined
		? [`Content-Type "${type}" is not documented`]
		: schemaProblems(schema, exchange.body, 'request body');
}

/** The documented answer of success. */
function successOf(operation: DocumentedOperation): Content {
	const status = Object.keys(operation.responses).find((one) => one.startsWith('2'));
	return operation.responses[status ?? '']?.content ?? {};
}

function acceptProblems(operation: DocumentedOperation, headers: Headers): string[] {
	const offered = Object.keys(successOf(operation));
	if (offered.length === 0) {
		return [];
	}
	const accepted = (headers['accept'] ?? '').split(',').map(mediaType);
	const wanted = accepted.filter((type) => offered.includes(type));
	if (wanted.length === 0) {
		return [`Accept "${headers['accept']}" is not documented`];
	}
	const contentType = mediaType(headers['content-type']);
	const wrong = versionIn(contentType) ?? (offered.length > 1 && contentType !== '' ? 'none' : undefined);
	const agrees = wrong === undefined || wanted.some((type) => versionIn(type) === wrong);
	return agrees ? [] : [`Content-Type "${contentType}" and Accept "${headers['accept']}" differ in version`];
}

function responseProblems(operation: DocumentedOperation, exchange: Exchange): string[] {
	const { response } = exchange;
	if (response === undefined) {
		return [];
	}
	const documented = operation.responses[`${response.status}`];
	const content = documented?.content ?? (documented ? {} : operation.responses['default']?.content);
	if (content === undefined || (documented === undefined && response.status < 400)) {
		return [`status ${response.status} is not documented`];
	}
	const type = mediaType(response.headers['content-type']);
	if (Object.keys(content).length === 0) {
		return response.body === undefined ? [] : [`status ${response.status} has no body`];
	}
	const schema = content[type]?.schema;
	if (schema === undefined) {
		return [`status ${response.status} as "${type}" is not documented`];
	}
	return [
		...unaskedProblems(exchange.headers, type),
		...schemaProblems(schema, response.body, 'response body'),
	];
}

function unaskedProblems(headers: Headers, type: string): string[] {
	const asked = (headers['accept'] ?? '').split(',').map(mediaType);
	return versionIn(type) === undefined || asked.includes(type) ? [] : [`"${type}" was not asked for`];
}
