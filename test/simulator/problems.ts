import { STATUS_CODES } from 'node:http';
import { Refusal } from './refusal.ts';
import { timeOf } from './render.ts';
import type { Answer } from './wire.ts';
import type { World } from './world.ts';

const problemType = { 'Content-Type': 'application/problem+json' };

/** A refusal as the problem document that the service answers. */
export function problemOf(world: World, refusal: Refusal): Answer {
	return {
		status: refusal.status,
		headers: problemType,
		body: {
			id: world.ids.uuid(),
			type: 'about:blank',
			title: STATUS_CODES[refusal.status] ?? 'Error',
			status: refusal.status,
			detail: refusal.message,
			parameters: refusal.parameters,
			timestamp: timeOf(world.now()),
		},
	};
}

/** What comes with a bare status: a gateway's page for 502 to 504, a problem document for the others. */
export function defaultAnswer(world: World, status: number, body?: unknown): Answer {
	const title = STATUS_CODES[status] ?? 'Error';
	if (typeof body === 'string') {
		return { status, headers: { 'Content-Type': 'text/html' }, body };
	}
	if (body !== undefined) {
		return { status, headers: problemType, body };
	}
	if (status >= 502 && status <= 504) {
		const page = `<html><head><title>${status} ${title}</title></head><body><center><h1>${status} ${title}</h1></center></body></html>`;
		return { status, headers: { 'Content-Type': 'text/html' }, body: page };
	}
	return problemOf(world, new Refusal(status, `${title}.`));
}
