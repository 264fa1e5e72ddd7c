import type { z } from 'zod';
import { OutageError, ServiceError, type ServiceFailure, SetupError } from '../errors.ts';
import type { PatientRequest, Requester } from '../http/requester.ts';
import { type HttpAnswer, NoAnswerError } from '../http/send.ts';
import type { Secrets } from '../secrets.ts';
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
	/** Whether it only asks, and changes nothing. */
	readonly isQuestion: boolean;
	/** Whether the answer is, or holds, a secret: then nothing of it is quoted in an error. */
	readonly isSecret?: true;
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
	/** This machine's time, in milliseconds since 1970. */
	readonly now: () => number;
	/** Told every secret that ICA hands out; blanks them out of what ICA says. */
	readonly secrets: Secrets;
}

/** So many calls that failed one after the other, each tried again as long as that makes sense, are an outage. */
const failuresOfAnOutage = 3;

/** Signs in, speaks ICA's media types, and checks its answers. Knows no operation; those are in the files beside this. */
export class IcaClient {
	readonly #settings: IcaSettings;
	#token: Promise<string> | undefined;
	#clockDifferenceMs: number | undefined;
	#failuresInARow = 0;
	readonly #blank = (text: string): string => this.#settings.secrets.blank(text);

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

	/** By how much ICA's clock is ahead of this machine's, by its latest answer; undefined when that has not told. */
	clockDifferenceMs(): number | undefined {
		return this.#clockDifferenceMs;
	}

	/** Keeps a secret that came with an answer out of the log. */
	keepSecret(secret: string): void {
		this.#settings.secrets.add(secret);
	}

	/**
	 * Makes a call and checks its answer.
	 * @throws {ServiceError}
	 */
	async call<Answer>(call: Call<Answer> & { readonly answer: z.ZodType<Answer> }): Promise<Answer> {
		const answer = await this.#authorized(call);
		return readJson(call.what, answer, call.answer, call.isSecret === true ? () => '' : this.#blank);
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
			const detail = detailOf(answer, this.#blank);
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
		const { apiKey, apiKeyFile, serverUrl, secrets } = this.#settings;
		const what = `sign in to ICA at ${serverUrl}`;
		const answer = await this.#send(
			{ what, method: 'POST', path: '/api/tokens', isQuestion: true, answer: undefined },
			{ 'x-api-key': apiKey },
		);
		if (answer.status === 401 || answer.status === 403) {
			throw new SetupError(
				`ICA at ${serverUrl} does not accept the API key in ${apiKeyFile} (${detailOf(answer, this.#blank)}): ` +
					'it may have expired, or belong to another region.',
			);
		}
		if (answer.status !== 200) {
			throw new ServiceError(
				failureOf(answer.status),
				`Could not ${what}: ${detailOf(answer, this.#blank)}.`,
			);
		}
		const { token } = readJson(what, answer, tokenSchema, () => '');
		secrets.add(token);
		return token;
	}

	/** @throws {OutageError} when ICA has failed several calls in a row, each of them tried several times */
	async #send(call: Call<unknown>, authorization: Readonly<Record<string, string>>): Promise<HttpAnswer> {
		if (this.#failuresInARow >= failuresOfAnOutage) {
			throw new OutageError(`ICA has failed ${this.#failuresInARow} calls in a row. Could not ${call.what}.`);
		}
		try {
			const answer = await this.#settings.requester.request(this.#request(call, authorization));
			const date = Date.parse(answer.headers['date'] ?? '');
			this.#clockDifferenceMs = Number.isNaN(date) ? undefined : date - this.#settings.now();
			this.#failuresInARow = isOutage(answer.status) ? this.#failuresInARow + 1 : 0;
			return answer;
		} catch (error) {
			if (error instanceof NoAnswerError) {
				this.#failuresInARow++;
				throw new ServiceError('unreachable', `Could not ${call.what}: ${error.message}.`);
			}
			throw error;
		}
	}

	#request(call: Call<unknown>, authorization: Readonly<Record<string, string>>): PatientRequest {
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
			isQuestion: call.isQuestion,
		};
	}
}

/** Statuses that the requester has tried again before it gave up. */
function isOutage(status: number): boolean {
	return status === 502 || status === 503 || status === 504;
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
