import { path } from '../http/path.ts';
import type { IcaClient } from './client.ts';

/** The project in which an event is raised. */
interface EventTarget {
	readonly id: string;
	readonly name: string;
}

/**
 * Raises a custom event in a project: ICA hands its content on to the members who have subscribed to the code.
 * (`createCustomEvent`; ICA takes codes up to 50 characters, and lets nobody subscribe to more than 20.)
 * @throws {ServiceError}
 */
export async function raiseCustomEvent(
	ica: IcaClient,
	{ id, name }: EventTarget,
	event: { readonly code: string; readonly content: object },
): Promise<void> {
	await ica.command({
		what: `raise the event ${event.code} in ${name}`,
		method: 'POST',
		path: path`/api/projects/${id}/customEvents`,
		body: event,
		isReadOnly: false,
		answer: undefined,
	});
}
