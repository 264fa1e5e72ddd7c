/** ICA's own rule for the user reference of a new analysis, and its greatest length. */
export const userReferencePattern = /^[a-zA-Z0-9 _-]*(?:\/[a-zA-Z0-9 _-]+)*$/;
const maxReferenceLength = 255;

const notAllowed = /[^a-zA-Z0-9 _/-]/g;
const repeatedSlashes = /\/{2,}/g;
const closingSlash = /\/$/;
const fromTemplate = /-from_template(?:-|$)/;
/** Of `-requeue`, and of `-requeue-2` to `-requeue-999999`. */
const endingLengths = [8, 10, 11, 12, 13, 14, 15];
const requeueEnding = /-requeue(?:-(\d{1,6}))?$/;

/** The user reference of a requeue, which shows that it is one: `x-requeue`, and then `x-requeue-2`. */
export function requeueReference(userReference: string): string {
	const before = requeueEnding.exec(userReference);
	const ending = before === null ? '-requeue' : `-requeue-${Number(before[1] ?? '1') + 1}`;
	return withEnding(withoutRequeue(userReference), ending);
}

/** The user reference of new work that takes an analysis for its template. */
export function templateReference(userReference: string): string {
	return withEnding(userReference, '-from_template');
}

/** Whether a user reference, or a reference with it at its beginning, shows that it is new work made from a template. */
export function isFromTemplate(text: string): boolean {
	return fromTemplate.test(text);
}

/** The user reference without the ending that counts its requeues. */
export function withoutRequeue(userReference: string): string {
	return userReference.replace(requeueEnding, '');
}

/**
 * How the requeues of an analysis can be called, less their ending: what ICA does not allow is another character there, and
 * of a long name the end is missing.
 */
export function requeuedNames(userReference: string): {
	readonly whole: string;
	readonly cut: readonly string[];
} {
	const whole = allowed(withoutRequeue(userReference));
	const cut = endingLengths.map((length) => withRoomFor(whole, length)).filter((text) => text !== whole);
	return { whole, cut: [...new Set(cut)] };
}

/** Whether a user reference is that of a requeue, and whether it is so long that the end of the name can be missing. */
export function requeueKind(userReference: string): 'none' | 'whole' | 'cut' {
	if (!requeueEnding.test(userReference)) {
		return 'none';
	}
	// one less where a slash would have closed it
	return userReference.length >= maxReferenceLength - 1 ? 'cut' : 'whole';
}

function withEnding(text: string, ending: string): string {
	return withRoomFor(allowed(text), ending.length) + ending;
}

function allowed(text: string): string {
	return text.replace(notAllowed, '_').replace(repeatedSlashes, '/').replace(closingSlash, '');
}

function withRoomFor(text: string, length: number): string {
	return text.slice(0, maxReferenceLength - length).replace(closingSlash, '');
}
