import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Arrival, Exchange } from './exchange.ts';
import { comesAfterEffect, type FaultList, type ServerName } from './faults.ts';
import { type Answer, headersOf, readBody, send, sendFault, type Turn } from './wire.ts';

/** What is known of a request before anybody knows what it means. */
type RawRequest = Omit<Arrival, 'operation' | 'body'>;

/** A request that has been written down, and what to do with it. */
interface Admitted {
	readonly exchange: Exchange;
	readonly answer: () => Answer;
}

/** What stands behind one of the servers. */
export interface Side {
	readonly name: ServerName;
	/** The Date header; undefined: none. */
	readonly date: () => Date | undefined;
	/** Writes the request down. */
	readonly admit: (request: RawRequest, body: Buffer) => Admitted;
	/** What it says with a bare status. */
	readonly usual: (status: number, body: unknown) => Answer;
	readonly onRequest: (exchange: Exchange) => void | Promise<void>;
	readonly onEffect: (exchange: Exchange) => void | Promise<void>;
}

/** An HTTP server on a free port of the loopback address, with faults on demand. */
export class Host {
	readonly #side: Side;
	readonly #faults: FaultList;
	readonly #latency: () => number;
	readonly #server: Server;
	#count = 0;
	#busy = 0;
	#port = 0;

	constructor(side: Side, faults: FaultList, latency: () => number) {
		this.#side = side;
		this.#faults = faults;
		this.#latency = latency;
		this.#server = createServer((request, response) => {
			this.#serve(request, response).catch((error: unknown) => {
				response.destroy(error instanceof Error ? error : undefined);
			});
		});
		this.#server.keepAliveTimeout = 60_000;
	}

	get url(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
		const address = this.#server.address();
		this.#port = typeof address === 'object' && address !== null ? address.port : 0;
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.#server.close(() => resolve());
			this.#server.closeAllConnections();
		});
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		this.#busy += 1;
		response.once('close', () => {
			this.#busy -= 1;
		});
		const concurrent = this.#busy;
		const body = await readBody(request);
		this.#count += 1;
		const [path = '/', query] = (request.url ?? '/').split(/\?(.*)/s);
		const { exchange, answer } = this.#side.admit(
			{
				number: this.#count,
				method: request.method ?? '',
				path,
				query: new URLSearchParams(query),
				headers: headersOf(request),
				arrived: Date.now(),
				concurrent,
			},
			body,
		);
		response.sendDate = false;
		await this.#respond(
			{ exchange, request, response, date: this.#side.date, usual: this.#side.usual },
			answer,
		);
	}

	async #respond(turn: Turn, answer: () => Answer): Promise<void> {
		const { exchange } = turn;
		const arrived = performance.now();
		await this.#side.onRequest(exchange);
		const fault = this.#faults.take(this.#side.name, exchange);
		exchange.faulty = fault !== undefined;
		if (fault !== undefined && !comesAfterEffect(fault)) {
			await this.#latencyPasses(arrived);
			await sendFault(turn, fault.answer, undefined);
			if (fault.answer.kind !== 'delay') {
				return;
			}
		}
		const right = this.#safely(answer);
		await this.#side.onEffect(exchange);
		if (fault !== undefined && comesAfterEffect(fault)) {
			await this.#latencyPasses(arrived);
			await sendFault(turn, fault.answer, right);
		} else {
			await send(turn, right, () => this.#latencyPasses(arrived));
		}
	}

	/** The simulator's own work is part of the latency, so that a fast service can be stood in for. */
	async #latencyPasses(since: number): Promise<void> {
		const rest = since + this.#latency() - performance.now();
		if (rest > 0) {
			await wait(rest);
		}
	}

	/** A mistake in the simulator is an answer too, and says what it was. */
	#safely(answer: () => Answer): Answer {
		try {
			return answer();
		} catch (error) {
			return this.#side.usual(500, `${error instanceof Error ? error.stack : error}`);
		}
	}
}
