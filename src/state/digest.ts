import { createHash } from 'node:crypto';

/** What changes from pass to pass, while what is reported stays the same: durations, and the numbers of processes. */
const passing = /(?:\d+(?:\.\d+)? (?:ms|s|min|h|days?|tries|requests?)\b ?)+|\b(?:process|job) [0-9a-f-]+/g;

/** A short name of some words, the same for as long as they mean the same. */
export function digestOfWords(words: string): string {
	return createHash('sha256').update(words.replaceAll(passing, '#')).digest('hex').slice(0, 16);
}

/** A short name of a content. */
export function digestOf(content: Buffer): string {
	return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
