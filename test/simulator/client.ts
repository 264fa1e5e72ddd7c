import type { Simulator } from './simulator.ts';

/** What a call may say beside its method and path. */
export interface CallOptions {
	readonly body?: unknown;
	readonly version?: 3 | 4;
	/** Added to the usual ones; an empty text takes one away. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
}

/** An answer of the service; the body is JSON, if it can be read as such. */
export interface CallAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: Record<string, unknown>;
}

/** A call by the letter of the document, signed in with the API key, without any client library. */
export async function call(
	simulator: Simulator,
	method: string,
	path: string,
	options: CallOptions = {},
): Promise<CallAnswer> {
	const type = `application/vnd.illumina.v${options.version ?? 3}+json`;
	const { body, signal } = options;
	const wanted: Record<string, string> = {
		'X-API-Key': simulator.apiKey,
		Accept: type,
		...(body !== undefined && { 'Content-Type': type }),
		...options.headers,
	};
	const headers = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''));
	const response = await fetch(`${simulator.url}/ica/rest${path}`, {
		method,
		headers,
		...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		...(signal && { signal }),
	});
	return { status: response.status, headers: response.headers, body: readable(await response.text()) };
}

function readable(text: string): Record<string, unknown> {
	try {
		return JSON.parse(text === '' ? '{}' : text);
	} catch {
		return { text };
	}
}

/** The rows of every page, and how many pages there were, following the cursor to the end. */
export async function allPages(
	simulator: Simulator,
	method: string,
	path: string,
	body?: unknown,
): Promise<{ readonly items: readonly Record<string, unknown>[]; readonly pages: number }> {
	const items: Record<string, unknown>[] = [];
	let token = '';
	let pages = 0;
	do {
		const separator = path.includes('?') ? '&' : '?';
		const cursor = token === '' ? '' : `${separator}pageToken=${token}`;
		const answer = await call(simulator, method, path + cursor, { body });
		items.push(...(answer.body['items'] as Record<string, unknown>[]));
		token = `${answer.body['nextPageToken'] ?? ''}`;
		pages += 1;
	} while (token !== '');
	return { items, pages };
}
