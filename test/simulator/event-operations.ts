import { fieldsOf, requiredText } from './body.ts';
import { type Call, type Operation, parameter } from './operation.ts';
import { badRequest } from './refusal.ts';

const maxCode = 50;

function createCustomEvent(call: Call): undefined {
	const project = call.world.project(parameter(call, 'projectId'));
	const fields = fieldsOf(call.body);
	const code = requiredText(fields, 'code');
	if (code.length > maxCode) {
		throw badRequest('code', `code must have at most ${maxCode} characters.`);
	}
	call.world.customEvents.push({ project, code, content: fieldsOf(fields['content'], 'content') });
}

/** What subscribers are notified of. */
export const eventOperations: readonly Operation[] = [
	{
		id: 'createCustomEvent',
		method: 'POST',
		path: '/api/projects/{projectId}/customEvents',
		status: 204,
		answers: [],
		takes: [3],
		bodyRequired: true,
		run: createCustomEvent,
	},
];
