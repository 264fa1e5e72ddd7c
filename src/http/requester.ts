import pLimit from 'p-limit';
import type { Clock } from '../common/clock.ts';
import { StoppedError } from '../common/errors.ts';
import { formatDuration } from '../common/text.ts';
import { parseRetryAfter, type RetryLimits, retryDelay } from './retry.ts';
import { type HttpAnswer, type HttpRequest, NoAnswerError, type Send, TooLargeError } from './send.ts';

export interface RequesterSettings {
	readonly send: Send;
	readonly clock: Clock;
	/** Aborted when a signal asks the program to stop. */
	readonly stop: AbortSignal;
	readonly limits: RequestLimits;
	/** Called for each request, with its status and time. */
	readonly debug: (message: string) => void;
}

export interface RequestLimits extends RetryLimits {
	/** No further try is begun this many milliseconds after the first. */
	readonly giveUpAfterMs: number;
	readonly requestsAtOnce: number;
}

export const defaultLimits: RequestLimits = {
	maxTries: 6,
	baseDelayMs: 500,
	maxDelayMs: 16_000,
	maxRetryAfterMs: 120_000,
	giveUpAfterMs: 180_000,
	requestsAtOnce: 8,
};

/** The longest that one request and its answer may take. */
export const requestTimeLimitMs = 60_000;

export interface RetryableRequest extends HttpRequest {
	/** How the request is named in debug lines: no secret, no host. */
	readonly label: string;
	/** Whether it only asks: then it is not worth waiting for when the program is to stop. */
	readonly isReadOnly: boolean;
	/** Sent once, whatever comes of it: done later, it could hit what was not meant. */
	readonly isSentOnce?: true;
}

/** The answer to the last try of a request. */
export interface FinalAnswer extends HttpAnswer {
	/** Whether an earlier try may have been carried out: it had no answer, or one of a server in trouble (5xx). */
	readonly afterLostAnswer: boolean;
	/** Milliseconds from the sending of this try to the end of its answer. */
	readonly tookMs: number;
}

/** Sends requests with the manners that every service is owed: few at once, repeated when that can help. */
export interface Requester {
	/**
	 * @returns the last try's answer, whatever its status
	 * @throws {NoAnswerError} when the last try had no answer; its message has the number of tries
	 * @throws {StoppedError} when a signal asked the program to stop
	 */
	request(request: RetryableRequest): Promise<FinalAnswer>;
	/** Does other work with a server, within the same limit of requests at once. */
	withinLimit<Result>(work: () => Promise<Result>): Promise<Result>;
	/** How many requests were sent so far, repeated ones included. */
	requestsSent(): number;
	/** Milliseconds since some moment, for durations. */
	ticks(): number;
}

export function createRequester(settings: RequesterSettings): Requester {
	const { clock, limits, debug } = settings;
	const limit = pLimit(limits.requestsAtOnce);
	let sent = 0;
	return {
		requestsSent: () => sent,
		ticks: () => clock.ticks(),
		withinLimit: (work) => {
			sent++;
			return limit(work);
		},
		async request(request) {
			let begun: number | undefined;
			let afterLostAnswer = false;
			for (let tries = 1; ; tries++) {
				const outcome = await limit(() => {
					// waiting for a turn does not count
					begun ??= clock.ticks();
					sent++;
					return tryOnce(settings, request, sent);
				});
				const wait = request.isSentOnce === true ? undefined : waitBeforeRepeat(settings, outcome, tries);
				const spent = clock.ticks() - (begun ?? 0);
				if (wait === undefined || spent + wait > limits.giveUpAfterMs) {
					return { ...settle(outcome, tries, spent), afterLostAnswer };
				}
				afterLostAnswer ||= mayBeDone(outcome);
				debug(`${request.label}: trying again in ${formatDuration(wait)}`);
				await clock.sleep(wait);
			}
		},
	};
}

type AnsweredTry = Omit<FinalAnswer, 'afterLostAnswer'>;

async function tryOnce(
	{ send, stop, clock, debug }: RequesterSettings,
	request: RetryableRequest,
	number: number,
): Promise<AnsweredTry | NoAnswerError> {
	if (stop.aborted) {
		throw new StoppedError();
	}
	const begun = clock.ticks();
	const tell = (outcome: string): void =>
		debug(`#${number} ${request.label}: ${outcome} in ${formatDuration(clock.ticks() - begun)}`);
	try {
		// a change that is under way is let finish
		const answer = await send(request, request.isReadOnly ? stop : undefined);
		const tookMs = clock.ticks() - begun;
		tell(`status ${answer.status}`);
		return { ...answer, tookMs };
	} catch (error) {
		if (stop.aborted) {
			throw new StoppedError();
		}
		if (error instanceof NoAnswerError) {
			tell(error.message);
			return error;
		}
		throw error;
	}
}

/** Whether a try that has to be repeated may have been carried out all the same. */
function mayBeDone(outcome: HttpAnswer | NoAnswerError): boolean {
	return outcome instanceof NoAnswerError ? outcome.maybeDone : outcome.status >= 500;
}

function waitBeforeRepeat(
	{ clock, limits }: RequesterSettings,
	outcome: HttpAnswer | NoAnswerError,
	triesMade: number,
): number | undefined {
	const how = { random: Math.random(), limits };
	if (outcome instanceof NoAnswerError) {
		return outcome.passing ? retryDelay({ kind: 'no answer' }, triesMade, how) : undefined;
	}
	const retryAfterMs = parseRetryAfter(outcome.headers['retry-after'], clock.now());
	return retryDelay({ kind: 'status', status: outcome.status, retryAfterMs }, triesMade, how);
}

function settle(outcome: AnsweredTry | NoAnswerError, tries: number, spentMs: number): AnsweredTry {
	if (!(outcome instanceof NoAnswerError)) {
		return outcome;
	}
	throw tries === 1 || outcome instanceof TooLargeError
		? outcome
		: new NoAnswerError(`${outcome.message}, after ${tries} tries in ${formatDuration(spentMs)}`, outcome);
}
