import type { z } from 'zod';
import { ServiceError, type ServiceFailure, SetupError } from '../errors.ts';
import type { Requester } from '../http/requester.ts';
import { type HttpAnswer, NoAnswerError } from '../http/send.ts';
import { detailOf, readJson } from './answers.ts';
import { tokenSchema } from './schemas.ts';

/** One call of ICA's API. */
export interface Call<Answer> {
	/** Completes "Could not …" in an error: "list the analyses of bssh_core". */
	readonly what: string;
	readonly method: 'GET' | 'POST';
	/** Below `/ica/rest`. */
	readonly path: string;
	readonly query?: Query;
	readonly body?: unknown;
	/** The version of the media type; 3 unless given. */
	readonly version?: 3 | 4;
	readonly headers?: Readonly<Record<string, string>>;
	/** Whether doing it twice is as good as once, so that it may be sent again when its answer was lost. */
	readonly repeatable: boolean;
	/** What the answer must look like; undefined: status 204, which has no body. */
	readonly answer: z.ZodType<Answer> | undefined;
}

/** Query parameters: one that is undefined is left out, an array is repeated. */
type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface IcaSettings {
	/** Without a closing slash. */
	readonly serverUrl: string;
	readonly apiKey: string;
	/** Where the key was found, for errors. */
	readonly apiKeyFile: string;
	readonly requester: Requester;
	/** Told every secret that ICA hands out. */
	readonly keepSecret: (secret: string) => void;
}

/** Signs in, speaks ICA's media types, and checks its answers. Knows no operation; those are in the files beside this. */
export class IcaClient {
	readonly #settings: IcaSettings;
	#token: Promise<string> | undefined;

	constructor(settings: IcaSettings) {
		this.#settings = settings;
	}

	/**
	 * Exchanges the API key for a token.
	 * @throws {SetupError} when ICA does not accept the key
	 * @throws {ServiceError} when ICA cannot be reached, or answers something else
	 */
	async signIn(): Promise<void> {
		await this.#bearer();
	}

	/** Keeps a secret that came with an answer out of the log. */
	keepSecret(secret: string): void {
		this.#settings.keepSecret(secret);
	}

	/**
	 * Makes a call and checks its answer.
	 * @throws {ServiceError}
	 */
	async call<Answer>(call: Call<Answer> & { readonly answer: z.ZodType<Answer> }): Promise<Answer> {
		return readJson(call.what, await this.#authorized(call), call.answer);
	}

	/**
	 * Makes a call that is answered by 204 and nothing else: a page of some proxy with status 200 is no success.
	 * @throws {ServiceError}
	 */
	async command(call: Call<never> & { readonly answer: undefined }): Promise<void> {
		const { status } = await this.#authorized(call);
		if (status !== 204) {
			throw new ServiceError(
				'unexpected answer',
				`Could not ${call.what}: ICA answered with status ${status} where 204 was expected.`,
			);
		}
	}

	async #authorized(call: Call<unknown>): Promise<HttpAnswer> {
		const token = this.#bearer();
		let answer = await this.#send(call, { authorization: `Bearer ${await token}` });
		if (answer.status === 401) {
			// a token made from a key cannot be refreshed; of the many calls that find out at once, one renews it
			this.#forget(token);
			answer = await this.#send(call, { authorization: `Bearer ${await this.#bearer()}` });
		}
		if (answer.status < 200 || answer.status > 299) {
			const detail = detailOf(answer);
			throw new ServiceError(failureOf(answer.status), `Could not ${call.what}: ${detail}.`);
		}
		return answer;
	}

	#bearer(): Promise<string> {
		if (this.#token === undefined) {
			const token = this.#exchangeKey();
			this.#token = token;
			// the next call tries again
			token.catch(() => this.#forget(token));
		}
		return this.#token;
	}

	#forget(token: Promise<string>): void {
		if (this.#token === token) {
			this.#token = undefined;
		}
	}

	async #exchangeKey(): Promise<string> {
		const { apiKey, apiKeyFile, serverUrl, keepSecret } = this.#settings;
		const what = `sign in to ICA at ${serverUrl}`;
		const answer = await this.#send(
			{ what, method: 'POST', path: '/api/tokens', repeatable: true, answer: undefined },
			{ 'x-api-key': apiKey },
		);
		if (answer.status === 401 || answer.status === 403) {
			throw new SetupError(
				`ICA at ${serverUrl} does not accept the API key in ${apiKeyFile} (${detailOf(answer)}): ` +
					'it may have expired, or belong to another region.',
			);
		}
		if (answer.status !== 200) {
			throw new ServiceError(failureOf(answer.status), `Could not ${what}: ${detailOf(answer)}.`);
		}
		const { token } = readJson(what, answer, tokenSchema);
		keepSecret(token);
		return token;
	}

	async #send(call: Call<unknown>, authorization: Readonly<Record<string, string>>): Promise<HttpAnswer> {
		const { serverUrl, requester } = this.#settings;
		const mediaType = `application/vnd.illumina.v${call.version ?? 3}+json`;
		const body = call.body === undefined ? undefined : JSON.stringify(call.body);
		try {
			return await requester.request({
				label: `ICA ${call.method} ${call.path}`,
				method: call.method,
				url: `${serverUrl}/ica/rest${call.path}${queryString(call.query ?? {})}`,
				headers: {
					accept: mediaType,
					...(body === undefined ? {} : { 'content-type': mediaType }),
					...call.headers,
					...authorization,
				},
				body,
				repeatable: call.repeatable,
			});
		} catch (error) {
			if (error instanceof NoAnswerError) {
				throw new ServiceError('unreachable', `Could not ${call.what}: ${error.message}.`);
			}
			throw error;
		}
	}
}

function queryString(query: Query): string {
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		for (const each of typeof value === 'string' ? [value] : (value ?? [])) {
			parameters.append(name, each);
		}
	}
	const text = parameters.toString();
	return text === '' ? '' : `?${text}`;
}

function failureOf(status: number): ServiceFailure {
	return failures[status] ?? (status >= 500 ? 'unavailable' : 'refused');
}

const failures: Readonly<Record<number, ServiceFailure>> = {
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not found',
	409: 'conflict',
	429: 'unavailable',
};
