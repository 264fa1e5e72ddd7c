import { z } from 'zod';
import { type Blank, parseJson, quote } from '../http/answers.ts';
import type { HttpAnswer } from '../http/send.ts';

/** RFC 7807, as ICA answers errors. */
const problemSchema = z.object({
	title: z.string().nullish(),
	detail: z.string().nullish(),
	parameters: z.record(z.string(), z.unknown()).nullish(),
});

const closingDot = /\.$/;

/**
 * What ICA reports about an error, for a reader: its status, title and detail. Of anything else than a problem document
 * only the status is worth reporting.
 * @param blank takes the secrets out of what is quoted
 */
export function detailOf(answer: HttpAnswer, blank: Blank): string {
	const status = `status ${answer.status}`;
	const problem = problemSchema.safeParse(parseJson(answer.body));
	if (!problem.success) {
		return status;
	}
	const { title, detail, parameters } = problem.data;
	const text = [title, detail].filter((part) => typeof part === 'string' && part !== '').join(': ');
	const named = Object.entries(parameters ?? {})
		// what else it holds may be nested without end
		.filter(([, value]) => typeof value !== 'object')
		.map(([name, value]) => `${name}: ${String(value)}`);
	const more = named.length === 0 ? '' : ` (${named.join(', ')})`;
	return quote(`${status}${text === '' ? '' : `, ${text}`}${more}`, blank, 600).replace(closingDot, '');
}
