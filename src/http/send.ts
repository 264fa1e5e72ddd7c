import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios, { type AxiosInstance } from 'axios';

/** One request, as it goes over the wire. */
export interface HttpRequest {
	readonly method: 'GET' | 'POST' | 'DELETE';
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | undefined;
}

/** An answer, whatever its status, with its whole body. */
export interface HttpAnswer {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: string;
}

/** There was no answer. The message has the reason in a few words and holds nothing of the request. */
export class NoAnswerError extends Error {
	override readonly name = 'NoAnswerError';
	/** Whether another try can end differently. */
	readonly passing: boolean;
	/** Whether the server may have got the request, and done what it asks for. */
	readonly maybeDone: boolean;

	constructor(message: string, { passing, maybeDone }: { passing: boolean; maybeDone: boolean }) {
		super(message);
		this.passing = passing;
		this.maybeDone = maybeDone;
	}
}

/** The answer is larger than any that is expected. */
export class TooLargeError extends NoAnswerError {
	constructor(maxBytes: number) {
		super(`the answer is larger than ${maxBytes / 1_000_000} MB`, { passing: false, maybeDone: true });
	}
}

/** Sends a request; `stop` ends it early. Rejects with NoAnswerError only. */
export type Send = (request: HttpRequest, stop: AbortSignal | undefined) => Promise<HttpAnswer>;

/** Of a body as it is read, after decompression: the output of 100,000 files is about as large. */
const defaultMaxBytes = 64_000_000;
const certificateCode = /CERT|SSL|TLS|SIGNATURE/;
/** No connection came about. */
const unsentCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
const reasons: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'the connection was refused',
	ECONNRESET: 'the connection was cut off',
	ENOTFOUND: 'there is no host of that name',
	EAI_AGAIN: 'the name of the host could not be looked up',
	ERR_BAD_RESPONSE: 'the answer was cut off or malformed',
};

/**
 * Makes the function that sends requests.
 *
 * A redirect is an answer like another, since following it would carry the key to wherever it points. Bodies stay
 * text. No error of axios leaves this file: they hold the request's headers, and so the key.
 * @param timeLimitMs for a request and its whole answer
 * @param maxBytes that an answer may have
 */
export function createSend(timeLimitMs: number, maxBytes = defaultMaxBytes): Send {
	const client = axios.create({
		httpAgent: new HttpAgent({ keepAlive: true }),
		httpsAgent: new HttpsAgent({ keepAlive: true }),
		maxRedirects: 0,
		// read as it comes: axios keeps all of a body twice on its way to a text
		responseType: 'stream',
		transformRequest: [(data: unknown) => data],
		validateStatus: () => true,
	});
	return async (request, stop) => {
		// axios's own timeout only watches for silence: a body that dribbles in would never end
		const limit = AbortSignal.timeout(timeLimitMs);
		try {
			const signal = stop === undefined ? limit : AbortSignal.any([limit, stop]);
			return await send(client, request, { signal, maxBytes });
		} catch (error) {
			if (error instanceof TooLargeError) {
				throw error;
			}
			if (limit.aborted) {
				throw new NoAnswerError(`no answer within ${timeLimitMs / 1000} s`, {
					passing: true,
					maybeDone: true,
				});
			}
			throw noAnswer(codeOf(error));
		}
	};
}

async function send(
	client: AxiosInstance,
	request: HttpRequest,
	{ signal, maxBytes }: { readonly signal: AbortSignal; readonly maxBytes: number },
): Promise<HttpAnswer> {
	const response = await client.request<Readable>({
		method: request.method,
		url: request.url,
		headers: { ...request.headers },
		...(request.body === undefined ? {} : { data: request.body }),
		// plain http goes to this machine only, and no proxy is to see it
		...(request.url.startsWith('http:') ? { proxy: false } : {}),
		signal,
	});
	const headers = Object.entries(response.headers).map(([name, value]): [string, string | undefined] => [
		name.toLowerCase(),
		typeof value === 'string' ? value : undefined,
	]);
	return {
		status: response.status,
		headers: Object.fromEntries(headers),
		body: await textOf(response.data, maxBytes),
	};
}

/** @throws {TooLargeError} as soon as there are more bytes */
async function textOf(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
	const decoder = new TextDecoder();
	let text = '';
	let bytes = 0;
	for await (const chunk of body) {
		bytes += chunk.length;
		if (bytes > maxBytes) {
			throw new TooLargeError(maxBytes);
		}
		text += decoder.decode(chunk, { stream: true });
	}
	return text + decoder.decode();
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function noAnswer(code: string): NoAnswerError {
	if (certificateCode.test(code)) {
		return new NoAnswerError(
			`its certificate is not trusted (${code}); behind a proxy that reads https, name the proxy's certificate in NODE_EXTRA_CA_CERTS`,
			{ passing: false, maybeDone: false },
		);
	}
	const reason = reasons[code] ?? 'the connection failed';
	return new NoAnswerError(code === '' ? reason : `${reason} (${code})`, {
		passing: true,
		maybeDone: !unsentCodes.has(code),
	});
}
