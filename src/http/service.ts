import { OutageError, ServiceError, type ServiceFailure } from '../common/errors.ts';
import type { FinalAnswer, Requester, RetryableRequest } from './requester.ts';
import { NoAnswerError, TooLargeError } from './send.ts';

/** Query parameters: one that is undefined is left out, an array is repeated. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ServiceSettings {
	/** How the service is called in errors. */
	readonly name: string;
	readonly requester: Requester;
	/** This machine's time, in milliseconds since 1970. */
	readonly now: () => number;
}

/** So many calls that failed one after the other, each tried again as long as that makes sense, are an outage. */
const failuresOfAnOutage = 3;

/** What is known of a server from its answers, whatever its API: its clock, and whether it is there at all. */
export class Service {
	readonly #settings: ServiceSettings;
	#clockDifferenceMs: number | undefined;
	#failuresInARow = 0;
	#refusalsInARow = 0;
	#givenUp: string | undefined;

	constructor(settings: ServiceSettings) {
		this.#settings = settings;
	}

	/** By how much its clock is ahead of this machine's, by the latest answer that gave it; undefined when none has. */
	clockDifferenceMs(): number | undefined {
		return this.#clockDifferenceMs;
	}

	/**
	 * Sends nothing any more.
	 * @param why one sentence for a reader
	 * @returns what every later call throws
	 */
	giveUp(why: string): OutageError {
		this.#givenUp ??= why;
		return new OutageError(this.#givenUp);
	}

	/**
	 * Called after each call. After several in a row whose credentials were not accepted, nothing more is sent.
	 * @param why one sentence for a reader
	 */
	judgeCredentials({ status }: FinalAnswer, why: string): void {
		this.#refusalsInARow = status === 401 ? this.#refusalsInARow + 1 : 0;
		if (this.#refusalsInARow >= failuresOfAnOutage) {
			this.giveUp(why);
		}
	}

	/**
	 * Sends a request.
	 * @param what completes "Could not …" in an error
	 * @returns the answer, whatever its status
	 * @throws {OutageError} when several calls in a row have failed, each of them tried several times, or it was given up
	 * @throws {ServiceError} 'unreachable'; 'unexpected answer' when it is too large
	 */
	async send(what: string, request: RetryableRequest): Promise<FinalAnswer> {
		const { name, requester, now } = this.#settings;
		if (this.#givenUp !== undefined) {
			throw new OutageError(this.#givenUp);
		}
		if (this.#failuresInARow >= failuresOfAnOutage) {
			throw new OutageError(`${name} has failed ${this.#failuresInARow} calls in a row. Could not ${what}.`);
		}
		try {
			const answer = await requester.request(request);
			this.#clockDifferenceMs = differenceOf(answer, now()) ?? this.#clockDifferenceMs;
			this.#failuresInARow = isOutage(answer.status) ? this.#failuresInARow + 1 : 0;
			return answer;
		} catch (error) {
			if (error instanceof TooLargeError) {
				throw new ServiceError('unexpected answer', `Could not ${what}: ${error.message}.`);
			}
			if (error instanceof NoAnswerError) {
				this.#failuresInARow++;
				throw new ServiceError('unreachable', `Could not ${what}: ${error.message}.`);
			}
			throw error;
		}
	}
}

/** What the clients of all services have in common. */
export abstract class ServiceClient {
	protected readonly service: Service;
	readonly #requester: Requester;

	constructor(settings: ServiceSettings) {
		this.service = new Service(settings);
		this.#requester = settings.requester;
	}

	/** By how much the service's clock is ahead of this machine's; undefined when no answer gave it. */
	clockDifferenceMs(): number | undefined {
		return this.service.clockDifferenceMs();
	}

	/** Milliseconds since some moment, for durations. */
	ticks(): number {
		return this.#requester.ticks();
	}
}

/** The form in which a server writes a time (RFC 9110, 5.6.7); anything else would be a guess. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * By how much the server's clock is ahead, which is known to half of what the answer took and half a second: the server
 * wrote its time somewhere on the way, without the fraction of the second.
 * @param now this machine's time when the answer was there
 */
function differenceOf({ headers, tookMs }: FinalAnswer, now: number): number | undefined {
	const { date = '', age = '0' } = headers;
	const time = httpDate.test(date) ? Date.parse(date) : Number.NaN;
	// an answer out of some cache has the time at which it was made
	return Number.isNaN(time) || age !== '0' ? undefined : Math.round(time + 500 - (now - tookMs / 2));
}

/** Statuses that the requester has tried again before it gave up. */
function isOutage(status: number): boolean {
	return status === 502 || status === 503 || status === 504;
}

/** The query as it follows a path; empty when there is none. */
export function queryString(query: Query): string {
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		for (const each of typeof value === 'string' ? [value] : (value ?? [])) {
			parameters.append(name, each);
		}
	}
	const text = parameters.toString();
	return text === '' ? '' : `?${text}`;
}

/** Statuses of a thing that is not, or not any more, as the request expects it. */
const statusesOfAnotherState: ReadonlySet<number> = new Set([404, 409]);

/**
 * The error for an answer that is not a success.
 * @param message one sentence for a reader
 */
export function errorOf({ status, afterLostAnswer }: FinalAnswer, message: string): ServiceError {
	return new ServiceError(failureOf(status), message, {
		afterLostAnswer: afterLostAnswer && statusesOfAnotherState.has(status),
	});
}

/** What a status that is not a success means. */
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
