import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** A JSON object of the document. */
export type Part = Readonly<Record<string, unknown>>;

/** A parameter of an operation. */
interface Parameter {
	readonly name: string;
	readonly in: 'query' | 'path' | 'header';
	readonly schema: Part;
}

/** A request or an answer by media type. */
export type Content = Readonly<Record<string, { readonly schema: Part }>>;

/** An operation of the document. */
export interface DocumentedOperation {
	readonly operationId: string;
	readonly method: string;
	/** Matches a request's path, with the path's parameters as groups. */
	readonly expression: RegExp;
	readonly deprecated?: boolean;
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { readonly content: Content; readonly required?: boolean };
	readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Paths = Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;

interface Document {
	readonly servers: readonly [{ readonly url: string }];
	readonly paths: Paths;
	readonly components: { readonly schemas: Readonly<Record<string, Part>> };
}

const file = fileURLToPath(new URL('../../../shared/data/ica/openapi_public.yaml', import.meta.url));

/** Whether ICA's OpenAPI document lies where it is expected, beside the project. */
export const documentAvailable: boolean = existsSync(file);

let loaded: Document | undefined;

function load(): Document {
	loaded ??= parse(readFileSync(file, 'utf8'), { uniqueKeys: false, prettyErrors: false }) as Document;
	return loaded;
}

/** The document's schemas by name. */
export function schemas(): Readonly<Record<string, Part>> {
	return load().components.schemas;
}

function literalLength(path: string): number {
	return path.replaceAll(/\{\w+\}/g, '').length;
}

function listOperations(): DocumentedOperation[] {
	const { servers, paths } = load();
	return Object.entries(paths)
		.sort(([one], [other]) => literalLength(other) - literalLength(one))
		.flatMap(([path, methods]) =>
			Object.entries(methods).map(([method, operation]) => ({
				...operation,
				method: method.toUpperCase(),
				expression: new RegExp(`^${servers[0].url}${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
			})),
		);
}

let operations: readonly DocumentedOperation[] | undefined;

/** The operation that a request means; the one with the most specific path when several fit. */
export function operationOf(method: string, path: string): DocumentedOperation | undefined {
	operations ??= listOperations();
	return operations.find((operation) => operation.method === method && operation.expression.test(path));
}
