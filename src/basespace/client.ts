import { z } from 'zod';
import { type Answering, parseJson, quote, readJson } from '../http/answers.ts';
import type { Requester } from '../http/requester.ts';
import type { HttpAnswer } from '../http/send.ts';
import { errorOf, type Query, queryString, ServiceClient } from '../http/service.ts';
import type { Secrets } from '../secrets/secrets.ts';

/** One call of BaseSpace's API. */
export interface BaseSpaceCall {
	/** Completes "Could not …" in an error: "list the datasets of project X". */
	readonly what: string;
	readonly method: 'GET' | 'POST' | 'DELETE';
	/** From the version on: `/v2/runs`. */
	readonly path: string;
	readonly query?: Query;
	readonly body?: unknown;
	/** Whether it is sent once only, because done later it could hit what was not meant. */
	readonly isSentOnce?: true;
}

export interface BaseSpaceSettings {
	/** Without a closing slash. */
	readonly serverUrl: string;
	readonly token: string;
	readonly requester: Requester;
	/** This machine's time, in milliseconds since 1970. */
	readonly now: () => number;
	readonly secrets: Secrets;
}

/** An error as version 2 of the API answers it, or as version 1 does. */
const errorSchema = z.object({
	ErrorCode: z.string().nullish(),
	ErrorMessage: z.string().nullish(),
	ResponseStatus: z.object({ ErrorCode: z.string().nullish(), Message: z.string().nullish() }).nullish(),
});

/** Where the BaseSpace of the default region is. */
export const defaultBaseSpaceUrl = 'https://api.basespace.illumina.com';

const closingDot = /\.$/;

/** Sends the token along and checks answers. Knows no operation; those are in the files beside this. */
export class BaseSpaceClient extends ServiceClient {
	readonly #settings: BaseSpaceSettings;
	readonly #answering: Answering;

	constructor(settings: BaseSpaceSettings) {
		super({ name: 'BaseSpace', requester: settings.requester, now: settings.now });
		this.#settings = settings;
		this.#answering = { service: 'BaseSpace', blank: (text) => settings.secrets.blank(text) };
	}

	/** Where it sends its calls. */
	get serverUrl(): string {
		return this.#settings.serverUrl;
	}

	/**
	 * Asks, and checks the answer.
	 * @throws {ServiceError}
	 */
	async ask<Answer>(call: BaseSpaceCall, answer: z.ZodType<Answer>): Promise<Answer> {
		return readJson(call.what, await this.#send(call, call.method === 'GET'), answer, this.#answering);
	}

	/**
	 * Has something done. What is answered does not matter, as long as it is JSON or nothing: a page of some proxy with
	 * status 200 is no success.
	 * @throws {ServiceError}
	 */
	async command(call: BaseSpaceCall): Promise<void> {
		const answer = await this.#send(call, false);
		if (answer.body.trim() !== '') {
			readJson(call.what, answer, z.unknown(), this.#answering);
		}
	}

	async #send(call: BaseSpaceCall, isReadOnly: boolean): Promise<HttpAnswer> {
		const { serverUrl, token } = this.#settings;
		const body = call.body === undefined ? undefined : JSON.stringify(call.body);
		const answer = await this.service.send(call.what, {
			label: `BaseSpace ${call.method} ${call.path}`,
			method: call.method,
			url: `${serverUrl}${call.path}${queryString(call.query ?? {})}`,
			headers: {
				accept: 'application/json',
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				authorization: `Bearer ${token}`,
			},
			body,
			isReadOnly,
			...(call.isSentOnce === true ? { isSentOnce: true } : {}),
		});
		this.service.judgeCredentials(
			answer,
			'BaseSpace does not accept the access token any more (status 401).',
		);
		if (answer.status < 200 || answer.status > 299) {
			throw errorOf(answer, `Could not ${call.what}: BaseSpace, ${this.#detailOf(answer)}.`);
		}
		return answer;
	}

	/** What BaseSpace reports about an error, for a reader: its status, code and sentence. */
	#detailOf(answer: HttpAnswer): string {
		const read = errorSchema.safeParse(parseJson(answer.body));
		const { ErrorCode, ErrorMessage, ResponseStatus } = read.success ? read.data : {};
		const parts = [ErrorCode ?? ResponseStatus?.ErrorCode, ErrorMessage ?? ResponseStatus?.Message];
		const detail = parts.filter((part) => typeof part === 'string' && part !== '').join(': ');
		const text = `status ${answer.status}${detail === '' ? '' : `, ${detail}`}`;
		return quote(text, this.#answering.blank, 600).replace(closingDot, '');
	}
}
