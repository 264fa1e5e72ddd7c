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

/** Takes secrets out of a text. */
type Blank = (text: string) => string;

const mostIssues = 3;
const closingDot = /\.$/;

/**
 * The body as JSON that fits the schema.
 * @param what completes "Could not …"
 * @param blank takes the secrets out of what is quoted
 * @throws {ServiceError} that says which call it was and what is wrong with the answer
 */
export function readJson<Answer>(
	what: string,
	answer: HttpAnswer,
	schema: z.ZodType<Answer>,
	blank: Blank,
): Answer {
	const unexpected = (why: string): ServiceError =>
		new ServiceError(
			'unexpected answer',
			`Could not ${what}: ICA's answer (status ${answer.status}) is not what it should be: ${why}.`,
		);
	const json = parseJson(answer.body);
	if (json === undefined) {
		const type = answer.headers['content-type'] ?? 'no content type';
		const beginning = oneLine(blank(answer.body), 60);
		throw unexpected(
			`no JSON, but ${oneLine(type, 80)}${beginning === '' ? '' : ` beginning "${beginning}"`}`,
		);
	}
	const parsed = schema.safeParse(json);
	if (!parsed.success) {
		throw unexpected(describeIssues(parsed.error));
	}
	return parsed.data;
}

/** What is wrong with an answer, field by field; the first few. */
export function describeIssues({ issues }: z.ZodError): string {
	return issues
		.slice(0, mostIssues)
		.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`)
		.join('; ');
}

/**
 * What ICA says about an error, for a reader: its status, title and detail. Of anything else than a problem document
 * only the status is worth telling.
 * @param blank takes the secrets out of what is quoted
 */
export function detailOf(answer: HttpAnswer, blank: Blank): string {
	const status = `status ${answer.status}`;
	const problem = problemSchema.safeParse(parseJson(answer.body));
	if (!problem.success) {
		return status;
	}
	const { title, detail, parameters } = problem.data;
	const said = [title, detail].filter((part) => typeof part === 'string' && part !== '').join(': ');
	const named = Object.entries(parameters ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
	const more = named.length === 0 ? '' : ` (${named.join(', ')})`;
	return oneLine(blank(`${status}${said === '' ? '' : `, ${said}`}${more}`), 600).replace(closingDot, '');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
