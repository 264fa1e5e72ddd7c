import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { deepJson } from './deep-json.ts';
import type { Exchange } from './exchange.ts';
import type { FaultAnswer } from './faults.ts';

/** An answer before it is put on the wire. */
export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** JSON when it is an object, bytes when it is a buffer. */
	readonly body: unknown;
	/** Called when the answer is out, or lost. */
	readonly finished?: () => void;
}

/** A request on its way through a server. */
export interface Turn {
	readonly exchange: Exchange;
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** The Date header; undefined: none. */
	readonly date: () => Date | undefined;
	/** What the server usually says with a bare status. */
	readonly usual: (status: number, detail?: unknown) => Answer;
}

const compressFrom = 1024;

/** All of a request's body. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) {
		chunks.push(Buffer.from(chunk));
	}
	return Buffer.concat(chunks);
}

/** The headers of a request, repeated ones joined. */
export function headersOf(request: IncomingMessage): Record<string, string> {
	return Object.fromEntries(
		Object.entries(request.headers).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.join(', ') : (value ?? ''),
		]),
	);
}

function bytesOf(body: unknown): Buffer {
	if (body === undefined) {
		return Buffer.alloc(0);
	}
	return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : jsonOf(body));
}

function jsonOf(body: unknown): string {
	try {
		return JSON.stringify(body);
	} catch (error) {
		if (error instanceof RangeError) {
			return deepJson(body);
		}
		throw error;
	}
}

interface Packed {
	readonly headers: Record<string, string>;
	readonly bytes: Buffer;
}

function dateHeader(turn: Turn): { readonly Date?: string } {
	const date = turn.date();
	return date === undefined ? {} : { Date: date.toUTCString() };
}

/** Compresses when the client allows it and the service would; adds the date and the length. */
function pack(turn: Turn, answer: Answer): Packed {
	const plain = bytesOf(answer.body);
	const allowed = /\bgzip\b/.test(turn.exchange.headers['accept-encoding'] ?? '');
	const compress = allowed && plain.length > compressFrom && !Buffer.isBuffer(answer.body);
	const bytes = compress ? gzipSync(plain, { level: 1 }) : plain;
	const headers = {
		...dateHeader(turn),
		...(answer.status !== 204 && { 'Content-Length': `${bytes.length}` }),
		...(compress && { 'Content-Encoding': 'gzip' }),
		...answer.headers,
	};
	return { headers, bytes };
}

/** Sends an answer and records it, unless the client has gone; when it is due, if that is said. */
export async function send(turn: Turn, answer: Answer, due?: () => Promise<void>): Promise<void> {
	const { headers, bytes } = pack(turn, answer);
	await due?.();
	if (!turn.response.destroyed) {
		turn.exchange.response = {
			status: answer.status,
			headers: Object.fromEntries(
				Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
			),
			body: answer.body,
		};
		turn.response.writeHead(answer.status, headers);
		turn.response.end(turn.request.method === 'HEAD' ? undefined : bytes);
	}
	answer.finished?.();
}

function sendTruncated(turn: Turn, answer: Answer): void {
	const { headers, bytes } = pack(turn, answer);
	turn.response.writeHead(answer.status, { ...headers, 'Content-Length': `${Math.max(bytes.length, 64)}` });
	turn.response.write(bytes.subarray(0, bytes.length / 2), () => turn.request.socket.end());
	answer.finished?.();
}

function dribble(turn: Turn, type: string, everyMillis: number): void {
	turn.response.writeHead(200, { 'Content-Type': type, ...dateHeader(turn) });
	turn.response.write(' ');
	const timer = setInterval(() => turn.response.write(' '), everyMillis);
	turn.response.once('close', () => clearInterval(timer));
}

/** Made while it is sent, as fast as the client takes it and only as long as it does. */
function flood(turn: Turn, type: string, bytes: number): void {
	const blanks = Buffer.alloc(65_536, ' ');
	function* chunks(): Generator<Buffer> {
		yield Buffer.from('{"items":[');
		for (let rest = bytes; rest > 0; rest -= blanks.length) {
			yield blanks.subarray(0, Math.min(rest, blanks.length));
		}
		yield Buffer.from('],"nextPageToken":""}');
	}
	turn.response.writeHead(200, { 'Content-Type': type, ...dateHeader(turn) });
	Readable.from(chunks(), { objectMode: false }).pipe(turn.response);
}

/** Lets the client see the fault; `right` is the true answer when the effect has taken place. */
export async function sendFault(turn: Turn, fault: FaultAnswer, right: Answer | undefined): Promise<void> {
	const type = right?.headers['Content-Type'] ?? turn.exchange.headers['accept'] ?? 'application/json';
	if (fault.kind === 'hang') {
		return;
	}
	if (fault.kind === 'delay') {
		await wait(fault.millis, undefined, { ref: false });
		if (right !== undefined) {
			await send(turn, right);
		}
		return;
	}
	if (fault.kind === 'truncated' && right !== undefined) {
		sendTruncated(turn, right);
		return;
	}
	if (fault.kind === 'reset') {
		turn.request.socket.resetAndDestroy();
	} else if (fault.kind === 'dribble') {
		dribble(turn, type, fault.everyMillis ?? 50);
	} else if (fault.kind === 'flood') {
		flood(turn, type, fault.bytes);
	} else {
		await send(turn, standIn(turn, fault, { type, right }));
	}
	right?.finished?.();
}

interface Stage {
	readonly type: string;
	readonly right: Answer | undefined;
}

/** The answers that are whole and wrong. */
function standIn(turn: Turn, fault: FaultAnswer, { type, right }: Stage): Answer {
	switch (fault.kind) {
		case 'status': {
			const usual = turn.usual(fault.status, fault.body);
			return { ...usual, headers: { ...usual.headers, ...fault.headers } };
		}
		case 'json':
			return { status: 200, headers: { 'Content-Type': type }, body: fault.body };
		case 'rewrite':
			return {
				status: right?.status ?? 200,
				headers: right?.headers ?? {},
				body: fault.change(structuredClone(right?.body)),
			};
		default:
			return {
				status: 200,
				headers: { 'Content-Type': 'text/html; charset=utf-8' },
				body: '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>',
			};
	}
}
