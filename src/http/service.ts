import { OutageError, ServiceError, type ServiceFailure } from '../errors.ts';
import type { PatientAnswer, PatientRequest, Requester } from './requester.ts';
import { NoAnswerError } from './send.ts';

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

	constructor(settings: ServiceSettings) {
		this.#settings = settings;
	}

	/** By how much its clock is ahead of this machine's, by its latest answer; undefined when that has not told. */
	clockDifferenceMs(): number | undefined {
		return this.#clockDifferenceMs;
	}

	/**
	 * Sends a request.
	 * @param what completes "Could not …" in an error
	 * @returns the answer, whatever its status
	 * @throws {OutageError} when several calls in a row have failed, each of them tried several times
	 * @throws {ServiceError} 'unreachable'
	 */
	async send(what: string, request: PatientRequest): Promise<PatientAnswer> {
		const { name, requester, now } = this.#settings;
		if (this.#failuresInARow >= failuresOfAnOutage) {
			throw new OutageError(`${name} has failed ${this.#failuresInARow} calls in a row. Could not ${what}.`);
		}
		try {
			const answer = await requester.request(request);
			const date = Date.parse(answer.headers['date'] ?? '');
			this.#clockDifferenceMs = Number.isNaN(date) ? undefined : date - now();
			this.#failuresInARow = isOutage(answer.status) ? this.#failuresInARow + 1 : 0;
			return answer;
		} catch (error) {
			if (error instanceof NoAnswerError) {
				this.#failuresInARow++;
				throw new ServiceError('unreachable', `Could not ${what}: ${error.message}.`);
			}
			throw error;
		}
	}
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
export function errorOf({ status, afterLostAnswer }: PatientAnswer, message: string): ServiceError {
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
