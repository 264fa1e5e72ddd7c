import type { Arrival } from './exchange.ts';
import { anyPage } from './paging.ts';

/** What a client gets to see instead of, or of, the answer. */
export type FaultAnswer =
	/** An object is sent as a problem document, a text as HTML; not given: what is usual for the status. */
	| {
			readonly kind: 'status';
			readonly status: number;
			readonly headers?: Readonly<Record<string, string>>;
			readonly body?: unknown;
	  }
	/** The connection is reset. */
	| { readonly kind: 'reset' }
	/** Never an answer. */
	| { readonly kind: 'hang' }
	/** Headers, then a byte every so often, forever. */
	| { readonly kind: 'dribble'; readonly everyMillis?: number }
	/** Status 200 and a list of so many bytes, nearly all of them blanks. */
	| { readonly kind: 'flood'; readonly bytes: number }
	/** Status 200 and HTML, as a proxy's sign-in page. */
	| { readonly kind: 'html' }
	/** The right answer, broken off in its middle. */
	| { readonly kind: 'truncated' }
	/** Status 200 and this JSON. */
	| { readonly kind: 'json'; readonly body: unknown }
	/** The right answer, changed. */
	| { readonly kind: 'rewrite'; readonly change: (body: unknown) => unknown }
	/** The right answer, late. */
	| { readonly kind: 'delay'; readonly millis: number };

/** A list that never ends: each answer is its first page, and names another next page. To be armed for all its pages. */
export function endlessList(): FaultAnswer {
	let page = 0;
	const change = (body: unknown): unknown => {
		page += 1;
		return { ...(body as object), nextPageToken: `${anyPage}${page}`, remainingRecords: 1 };
	};
	return { kind: 'rewrite', change };
}

/** The servers of the simulator. */
export type ServerName = 'ica' | 's3' | 'basespace';

/** Something that goes wrong a number of times. */
export interface Fault {
	readonly answer: FaultAnswer;
	readonly server?: ServerName;
	/** Only requests of this operation. */
	readonly operation?: string;
	/** Only requests that this accepts. */
	readonly where?: (request: Arrival) => boolean;
	/** Lets so many matching requests through first. */
	readonly skip?: number;
	/** How many requests it hits; one when not said. */
	readonly times?: number;
	/**
	 * Whether the service does what was asked before the fault shows. Not when not said, except for answers that are
	 * made of the right one (truncated, rewrite) and for late ones.
	 */
	readonly afterEffect?: boolean;
}

interface Armed {
	readonly fault: Fault;
	skip: number;
	times: number;
}

function matches(fault: Fault, server: ServerName, request: Arrival): boolean {
	return (
		(fault.server ?? 'ica') === server &&
		(fault.operation ?? request.operation) === request.operation &&
		(fault.where?.(request) ?? true)
	);
}

/** Whether the effect comes before the fault. */
export function comesAfterEffect(fault: Fault): boolean {
	return fault.afterEffect ?? ['truncated', 'rewrite', 'delay'].includes(fault.answer.kind);
}

/** The faults that are still to come. */
export class FaultList {
	#armed: Armed[] = [];

	add(fault: Fault): void {
		this.#armed.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
	}

	clear(): void {
		this.#armed = [];
	}

	/** The fault that hits this request, the oldest first; it is used up by one. */
	take(server: ServerName, request: Arrival): Fault | undefined {
		for (const armed of this.#armed) {
			if (armed.times > 0 && matches(armed.fault, server, request)) {
				if (armed.skip === 0) {
					armed.times -= 1;
					return armed.fault;
				}
				armed.skip -= 1;
			}
		}
		return;
	}
}
