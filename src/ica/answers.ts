import { z } from 'zod';
import { ServiceError } from '../errors.ts';
import type { HttpAnswer } from '../http/send.ts';
import { oneLine } from '../text.ts';

/** RFC 7807, as ICA answers errors. */
const problemSchema = z.object({
	title: z.string().nullish(),
	detail: z.string().nullish(),
	parameters: z.record(z.string(), z.unknown()).nullish(),
});

const mostIssues = 3;
const closingDot = /\.$/;

/**
 * The body as JSON that fits the schema.
 * @param what completes "Could not …"
 * @throws {ServiceError} that says which call it was and what is wrong with the answer
 */
export function readJson<Answer>(what: string, answer: HttpAnswer, schema: z.ZodType<Answer>): Answer {
	const unexpected = (why: string): ServiceError =>
		new ServiceError(
			'unexpected answer',
			`Could not ${what}: ICA's answer (status ${answer.status}) is not what it should be: ${why}.`,
		);
	const json = parseJson(answer.body);
	if (json === undefined) {
		const type = answer.headers['content-type'] ?? 'no content type';
		throw unexpected(`no JSON, but ${oneLine(type, 80)} beginning "${oneLine(answer.body, 60)}"`);
	}
	const parsed = schema.safeParse(json);
	if (!parsed.success) {
		const issues = parsed.error.issues.slice(0, mostIssues);
		throw unexpected(
			issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`).join('; '),
		);
	}
	return parsed.data;
}

/** What ICA says about an error, for a reader: its status, title and detail, or the beginning of whatever came instead. */
export function detailOf(answer: HttpAnswer): string {
	const problem = problemSchema.safeParse(parseJson(answer.body));
	if (!problem.success) {
		return oneLine(`status ${answer.status} ${answer.body.slice(0, 200)}`);
	}
	const { title, detail, parameters } = problem.data;
	const said = [title, detail].filter((part) => typeof part === 'string' && part !== '').join(': ');
	const named = Object.entries(parameters ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
	const more = named.length === 0 ? '' : ` (${named.join(', ')})`;
	return oneLine(`status ${answer.status}${said === '' ? '' : `, ${said}`}${more}`, 600).replace(
		closingDot,
		'',
	);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
