import type { Arrival } from './exchange.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { answerVersion, checkContentType, checkSameVersion, mediaTypeOf } from './media-types.ts';
import type { Call, Operation } from './operation.ts';
import { problemOf } from './problems.ts';
import { badRequest, Refusal } from './refusal.ts';
import type { Route } from './routes.ts';
import type { Sessions } from './sessions.ts';
import type { Answer } from './wire.ts';
import type { World } from './world.ts';

/** What a request brought along. */
export interface Request {
	readonly arrival: Arrival;
	readonly route: Route | undefined;
	readonly bytes: Buffer;
}

/** The body as JSON; the text itself when it is none; undefined when there is no body. */
export function parsedBody(bytes: Buffer): unknown {
	const text = bytes.toString();
	try {
		return text === '' ? undefined : JSON.parse(text);
	} catch {
		return text;
	}
}

function checkedBody(operation: Operation, { arrival, bytes }: Request, version: 3 | 4): unknown {
	const contentType = arrival.headers['content-type'];
	if (bytes.length === 0) {
		checkSameVersion(contentType, version);
		if (operation.bodyRequired) {
			throw badRequest('body', 'The request needs a body.');
		}
		return;
	}
	checkContentType(contentType, operation.takes ?? [], version);
	if (typeof arrival.body === 'string') {
		throw badRequest('body', 'The request body is not JSON.');
	}
	return arrival.body;
}

/** The front door: routes, sign-in, media types, idempotency; what is refused becomes a problem document. */
export class IcaService {
	readonly #world: World;
	readonly #sessions: Sessions;
	readonly #keys: IdempotencyKeys;
	readonly #s3Url: () => string;

	constructor(world: World, sessions: Sessions, s3Url: () => string) {
		this.#world = world;
		this.#sessions = sessions;
		this.#keys = new IdempotencyKeys(world);
		this.#s3Url = s3Url;
	}

	/** Does what the request asks for, and says what the service answers. */
	answer(request: Request): Answer {
		try {
			this.#world.timeline.settle();
			return this.#answer(request);
		} catch (error) {
			if (error instanceof Refusal) {
				return problemOf(this.#world, error);
			}
			throw error;
		}
	}

	#answer(request: Request): Answer {
		const { arrival, route } = request;
		if (route === undefined) {
			throw new Refusal(404, `There is nothing at ${arrival.method} ${arrival.path}.`);
		}
		const { operation } = route;
		if (!operation.open) {
			this.#sessions.check(arrival.headers);
		}
		const version = answerVersion(arrival.headers['accept'], operation.answers);
		const body = checkedBody(operation, request, version);
		const call: Call = {
			world: this.#world,
			path: route.path,
			query: arrival.query,
			headers: arrival.headers,
			body,
			version,
			s3Url: this.#s3Url(),
			newToken: () => this.#sessions.exchange(arrival.headers),
		};
		const run = (): Answer => answerOf(operation, call);
		const key = operation.idempotent ? arrival.headers['idempotency-key'] : undefined;
		return this.#keys.answer(arrival.path, key, body, run);
	}
}

function answerOf(operation: Operation, call: Call): Answer {
	const body = operation.run(call);
	const headers = body === undefined ? {} : { 'Content-Type': mediaTypeOf(call.version) };
	return { status: operation.status, headers, body };
}
