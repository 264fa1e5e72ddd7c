import { analysisOperations } from './analysis-operations.ts';
import { dataOperations } from './data-operations.ts';
import { eventOperations } from './event-operations.ts';
import { launchOperations } from './launch-operations.ts';
import { linkOperations } from './link-operations.ts';
import type { Operation } from './operation.ts';
import { projectOperations } from './project-operations.ts';

const basePath = '/ica/rest';

/** An operation, and the parameters that its path has in a request. */
export interface Route {
	readonly operation: Operation;
	readonly path: Readonly<Record<string, string>>;
}

interface Pattern {
	readonly operation: Operation;
	readonly expression: RegExp;
}

const patterns: readonly Pattern[] = [
	...projectOperations,
	...analysisOperations,
	...dataOperations,
	...linkOperations,
	...launchOperations,
	...eventOperations,
].map((operation) => ({
	operation,
	expression: new RegExp(`^${basePath}${operation.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/:]+)')}$`),
}));

function decoded(pathname: string): string | undefined {
	try {
		return pathname.split('/').map(decodeURIComponent).join('/');
	} catch {
		return;
	}
}

/** The operation that a method and path belong to. */
export function findRoute(method: string, pathname: string): Route | undefined {
	const path = decoded(pathname);
	for (const { operation, expression } of patterns) {
		const match = operation.method === method ? expression.exec(path ?? '') : null;
		if (match !== null) {
			return { operation, path: { ...match.groups } };
		}
	}
	return;
}
