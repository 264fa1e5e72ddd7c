import type { z } from 'zod';
import { type OutageError, ServiceError, SetupError } from '../common/errors.ts';
import { type Answering, readJson } from '../http/answers.ts';
import type { FinalAnswer, Requester, RetryableRequest } from '../http/requester.ts';
import type { HttpAnswer } from '../http/send.ts';
import { errorOf, type Query, queryString, ServiceClient } from '../http/service.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { detailOf } from './answers.ts';
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
	/** Whether it only asks, and changes nothing. */
	readonly isReadOnly: boolean;
	/** Whether the answer is, or holds, a secret: then nothing of it is quoted in an error. */
	readonly isSecret?: true;
	/** What the answer must look like; undefined: status 204, which has no body. */
	readonly answer: z.ZodType<Answer> | undefined;
}

export interface IcaSettings {
	/** Without a closing slash. */
	readonly serverUrl: string;
	readonly apiKey: string;
	/** Where the key was found, for errors. */
	readonly apiKeyFile: string;
	readonly requester: Requester;
	/** This machine's time, in milliseconds since 1970. */
	readonly now: () => number;
	/** Gets every secret that ICA hands out; blanks them out of what ICA reports. */
	readonly secrets: Secrets;
}

/** Nothing of an answer that is a secret is quoted. */
const quoteNothing: Answering = { service: 'ICA', blank: () => '' };

/** Signs in, speaks ICA's media types, and checks its answers. Knows no operation; those are in the files beside this. */
export class IcaClient extends ServiceClient {
	readonly #settings: IcaSettings;
	#token: Promise<string> | undefined;
	#hasSignedIn = false;
	readonly #blank = (text: string): string => this.#settings.secrets.blank(text);

	constructor(settings: IcaSettings) {
		super({ name: 'ICA', requester: settings.requester, now: settings.now });
		this.#settings = settings;
	}

	/**
	 * Exchanges the API key for a token.
	 * @throws {SetupError} when ICA does not accept the key, and never has
	 * @throws {OutageError} when ICA no longer accepts the key
	 * @throws {ServiceError} when ICA cannot be reached, or answers something else
	 */
	async signIn(): Promise<void> {
		await this.#bearer();
	}

	/** Keeps a secret that came with an answer out of the log. */
	keepSecret(secret: string): void {
		this.#settings.secrets.add(secret);
	}

	/**
	 * Makes a call and checks its answer.
	 * @throws {ServiceError}
	 * @throws {OutageError} when nothing is sent to ICA any more
	 */
	async call<Answer>(call: Call<Answer> & { readonly answer: z.ZodType<Answer> }): Promise<Answer> {
		const answer = await this.#authorized(call);
		const answering = call.isSecret === true ? quoteNothing : { service: 'ICA', blank: this.#blank };
		return readJson(call.what, answer, call.answer, answering);
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
			const { afterLostAnswer } = answer;
			answer = await this.#send(call, { authorization: `Bearer ${await this.#bearer()}` });
			answer = { ...answer, afterLostAnswer: afterLostAnswer || answer.afterLostAnswer };
		}
		const { apiKeyFile, serverUrl } = this.#settings;
		this.service.judgeCredentials(
			answer,
			`ICA at ${serverUrl} takes the API key in ${apiKeyFile} to sign in, and accepts no call after that (status 401).`,
		);
		if (answer.status < 200 || answer.status > 299) {
			throw errorOf(answer, `Could not ${call.what}: ${detailOf(answer, this.#blank)}.`);
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
		const { apiKey, serverUrl, secrets } = this.#settings;
		const what = `sign in to ICA at ${serverUrl}`;
		const answer = await this.#send(
			{ what, method: 'POST', path: '/api/tokens', isReadOnly: true, answer: undefined },
			{ 'x-api-key': apiKey },
		);
		if (answer.status === 401 || answer.status === 403) {
			throw this.#refusal(detailOf(answer, this.#blank));
		}
		if (answer.status !== 200) {
			throw errorOf(answer, `Could not ${what}: ${detailOf(answer, this.#blank)}.`);
		}
		const { token } = readJson(what, answer, tokenSchema, quoteNothing);
		secrets.add(token);
		this.#hasSignedIn = true;
		return token;
	}

	/** A key that was good when the pass began is no matter of its setup: things have been changed since. */
	#refusal(detail: string): SetupError | OutageError {
		const { apiKeyFile, serverUrl } = this.#settings;
		return this.#hasSignedIn
			? this.service.giveUp(
					`ICA at ${serverUrl} no longer accepts the API key in ${apiKeyFile} (${detail}): ` +
						'it may have been revoked, or have expired. Put a new one into that file.',
				)
			: new SetupError(
					`ICA at ${serverUrl} does not accept the API key in ${apiKeyFile} (${detail}): ` +
						'it may have expired, or belong to another region.',
				);
	}

	async #send(call: Call<unknown>, authorization: Readonly<Record<string, string>>): Promise<FinalAnswer> {
		return await this.service.send(call.what, this.#request(call, authorization));
	}

	#request(call: Call<unknown>, authorization: Readonly<Record<string, string>>): RetryableRequest {
		const mediaType = `application/vnd.illumina.v${call.version ?? 3}+json`;
		const body = call.body === undefined ? undefined : JSON.stringify(call.body);
		return {
			label: `ICA ${call.method} ${call.path}`,
			method: call.method,
			url: `${this.#settings.serverUrl}/ica/rest${call.path}${queryString(call.query ?? {})}`,
			headers: {
				accept: mediaType,
				...(body === undefined ? {} : { 'content-type': mediaType }),
				...call.headers,
				...authorization,
			},
			body,
			isReadOnly: call.isReadOnly,
		};
	}
}
