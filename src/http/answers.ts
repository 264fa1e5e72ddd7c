import type { z } from 'zod';
import { ServiceError } from '../common/errors.ts';
import { oneLine } from '../common/text.ts';
import type { HttpAnswer } from './send.ts';

/** Takes secrets out of a text. */
export type Blank = (text: string) => string;

/** Who answered, and what must not be quoted of it. */
export interface Answering {
	/** How the service is called in errors. */
	readonly service: string;
	readonly blank: Blank;
}

const maxIssues = 3;

/**
 * The body as JSON that fits the schema.
 * @param what completes "Could not …"
 * @throws {ServiceError} that names the call and what is wrong with the answer
 */
export function readJson<Answer>(
	what: string,
	answer: HttpAnswer,
	schema: z.ZodType<Answer>,
	{ service, blank }: Answering,
): Answer {
	const unexpected = (why: string): ServiceError =>
		new ServiceError(
			'unexpected answer',
			`Could not ${what}: ${service}'s answer (status ${answer.status}) is not what it should be: ${why}.`,
		);
	const json = parseJson(answer.body);
	if (json === undefined) {
		const type = answer.headers['content-type'] ?? 'no content type';
		const beginning = quote(answer.body, blank, 60);
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

/** So much of a text is looked at for a quotation; no secret is half as long. */
const lookedAt = 20_000;

/**
 * The beginning of what a service answered, on one line and without secrets.
 * @param most characters
 */
export function quote(text: string, blank: Blank, most: number): string {
	// a secret that the first cut breaks off is recognised no more, and lies behind the second
	return oneLine(blank(text.slice(0, lookedAt)).slice(0, lookedAt / 2), most);
}

/** What is wrong with an answer, field by field; the first few. */
export function describeIssues({ issues }: z.ZodError): string {
	return issues
		.slice(0, maxIssues)
		.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`)
		.join('; ');
}

/** Undefined when it is no JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
