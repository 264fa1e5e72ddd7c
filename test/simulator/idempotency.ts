import { Refusal } from './refusal.ts';
import type { Answer } from './wire.ts';
import type { World } from './world.ts';

const week = 7 * 24 * 3_600_000;

interface Stored {
	readonly body: string;
	readonly answer: Answer;
	readonly expires: number;
	inProgress: boolean;
}

/** Answers kept by Idempotency-Key. */
export class IdempotencyKeys {
	readonly #world: World;
	readonly #stored = new Map<string, Stored>();

	constructor(world: World) {
		this.#world = world;
	}

	/**
	 * The answer that the same request got before, or the one that `produce` gives now.
	 * @throws Refusal 409 while the first request is under way, 422 when its body was another, 400 for a key too long.
	 */
	answer(endpoint: string, key: string | undefined, body: unknown, produce: () => Answer): Answer {
		if (key === undefined) {
			return produce();
		}
		if (key.length > 255) {
			throw new Refusal(400, 'Idempotency-Key is longer than 255 characters.');
		}
		const text = JSON.stringify(body);
		const scope = `${endpoint} ${key}`;
		const before = this.#stored.get(scope);
		if (before !== undefined && before.expires > this.#world.now().getTime()) {
			return repeated(before, text);
		}
		const answer = produce();
		const stored: Stored = {
			body: text,
			answer,
			expires: this.#world.now().getTime() + week,
			inProgress: true,
		};
		this.#stored.set(scope, stored);
		return {
			...answer,
			finished: () => {
				stored.inProgress = false;
			},
		};
	}
}

function repeated(before: Stored, body: string): Answer {
	if (before.body !== body) {
		throw new Refusal(422, 'The Idempotency-Key was used before with another request body.');
	}
	if (before.inProgress) {
		throw new Refusal(409, 'The request with this Idempotency-Key is still in progress.');
	}
	return before.answer;
}
