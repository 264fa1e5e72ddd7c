import type { BaseSpaceItem } from '../../basespace/schemas.ts';
import type { Analysis } from '../../ica/schemas.ts';

/*
 * Which sequencing run an analysis is of, nobody says outright. The reference of an analysis begins with the run's name in
 * the sample sheet, which BaseSpace calls the run's experiment name, and which often is not the instrument's; and BaseSpace
 * notes the run's id and name in the tags of the analyses that it launches.
 */

/** What an analysis shows of where it comes from, made ready to be compared. */
export interface Traces {
	readonly references: readonly Phrase[];
	readonly tags: readonly Phrase[];
}

/** What a run is known by, made ready to be compared. */
export interface Handles {
	readonly names: readonly Phrase[];
	readonly ids: readonly Phrase[];
}

interface Phrase {
	/** In lower case. */
	readonly text: string;
	/** The runs of letters and digits in it. */
	readonly words: readonly string[];
}

/** A name of fewer letters and digits is too little to rule out all other runs. */
const minTellingLength = 4;
const separators = /[^\p{L}\p{N}]+/u;
const endsOfBeginning: ReadonlySet<string | undefined> = new Set(['_', '-', undefined]);

/** The traces of an analysis. */
export function tracesOf({
	reference,
	userReference,
	tags,
}: Pick<Analysis, 'reference' | 'userReference' | 'tags'>): Traces {
	const { technicalTags, userTags, referenceTags } = tags ?? {};
	return {
		references: phrasesOf([reference, userReference]),
		tags: phrasesOf([technicalTags, userTags, referenceTags].flatMap((some) => some ?? [])),
	};
}

/** What a run is known by. */
export function handlesOf({
	id,
	name,
	experimentName,
	v1Id,
}: Pick<BaseSpaceItem, 'id' | 'name' | 'experimentName' | 'v1Id'>): Handles {
	return { names: phrasesOf([name, experimentName]), ids: phrasesOf([id, v1Id]) };
}

/** Makes texts ready to be compared. What is nothing but separators is left out: it is no name. */
export function phrasesOf(texts: readonly (string | null | undefined)[]): Phrase[] {
	return texts
		.map((text) => (text ?? '').trim().normalize().toLowerCase())
		.map((text) => ({ text, words: text.split(separators).filter((word) => word !== '') }))
		.filter(({ words }) => words.length > 0);
}

/**
 * Whether an analysis could be of a run: by one of the run's names at the beginning of its reference or user reference, or
 * by a name or id of the run in its tags. Neither letter case nor the kind of separator matters, since names are changed
 * on their way. In doubt it could.
 */
export function couldBeOf({ references, tags }: Traces, { names, ids }: Handles): boolean {
	return (
		names.some((name) => references.some(({ words }) => isAt(words, name, 0))) ||
		[...names, ...ids].some((name) => tags.some(({ words }) => words.some((_, at) => isAt(words, name, at))))
	);
}

/**
 * Whether an analysis is so clearly of a run that it need not be of another one: by a whole name that is not too short,
 * letter by letter but for their case, or by a tag that is nothing but a name or id of the run.
 */
export function isClearlyOf({ references, tags }: Traces, { names, ids }: Handles): boolean {
	return (
		names.filter(isTelling).some((name) => references.some(({ text }) => beginsWith(text, name.text))) ||
		[...names, ...ids].filter(isTelling).some((name) => tags.some(({ text }) => text === name.text))
	);
}

/** Whether a tag of an analysis holds a run's name or id, in whatever words around it. */
export function isTaggedWith({ tags }: Traces, { names, ids }: Handles): boolean {
	return [...names, ...ids]
		.filter(isTelling)
		.some((name) => tags.some(({ words }) => words.some((_, at) => isAt(words, name, at))));
}

function beginsWith(text: string, name: string): boolean {
	return text.startsWith(name) && endsOfBeginning.has(text[name.length]);
}

function isTelling({ words }: Phrase): boolean {
	return words.join('').length >= minTellingLength;
}

function isAt(words: readonly string[], name: Phrase, start: number): boolean {
	return name.words.every((word, index) => words[start + index] === word);
}
