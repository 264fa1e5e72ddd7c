/** Values that must never be written anywhere. */
export interface Secrets {
	/** Remembers a secret, to be blanked out of every later line, also where it is written in another way. */
	add(secret: string): void;
	/** The text with every secret replaced. */
	blank(text: string): string;
}

const minSecretLength = 6;
/** By how many characters a secret is found before all of it is compared: no more than the shortest has. */
const lengthOfEnd = minSecretLength;

type Encode = (secret: string) => string;

/** AWS encodes more than addresses need (its Signature Version 4, "UriEncode"). */
const percentEncoded: Encode = (secret) =>
	encodeURIComponent(secret).replace(
		/[!'()*]/g,
		(each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
	);
const formEncoded: Encode = (secret) => new URLSearchParams([['', secret]]).toString().slice(1);
const inLowerCase =
	(encode: Encode): Encode =>
	(secret) =>
		encode(secret).replace(/%[0-9A-F]{2}/g, (each) => each.toLowerCase());

/**
 * Base64 of a text in which the secret follows some bytes, without the characters that belong to its neighbours, too.
 * @param before how many bytes come before it in its group of three
 */
const insideBase64 = (before: 0 | 1 | 2): Encode => {
	const first = [0, 2, 3][before];
	return (secret) => {
		const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
		return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
	};
};
const base64: Encode = (secret) => Buffer.from(secret).toString('base64');
const urlSafe =
	(encode: Encode): Encode =>
	(secret) =>
		encode(secret).replaceAll('+', '-').replaceAll('/', '_');
const inBase64 = [base64, insideBase64(0), insideBase64(1), insideBase64(2)];
const inJson: Encode = (secret) => JSON.stringify(secret).slice(1, -1);

/** The ways in which a secret could find its way into a text. */
const encodings: readonly Encode[] = [
	(secret) => secret,
	encodeURIComponent,
	inLowerCase(encodeURIComponent),
	percentEncoded,
	inLowerCase(percentEncoded),
	formEncoded,
	(secret) => encodeURIComponent(encodeURIComponent(secret)),
	...inBase64,
	...inBase64.map(urlSafe),
	(secret) => encodeURIComponent(base64(secret)),
	inJson,
	(secret) => inJson(secret).replaceAll('/', '\\/'),
	(secret) => inJson(inJson(secret)),
	(secret) => Buffer.from(secret).toString('hex'),
	(secret) => Buffer.from(secret).toString('hex').toUpperCase(),
];

/** No secrets yet. To blank a text takes as long with thousands of them as with one: each delivery has some of its own. */
export function newSecrets(): Secrets {
	const known = new Set<string>();
	/** By the ends of what they look like, since tokens begin alike; all of it is made only when it is compared. */
	const byEnd = new Map<string, (() => string)[]>();
	return {
		add(secret) {
			// a shorter one would blank out ordinary words
			if (secret.length < minSecretLength || known.has(secret)) {
				return;
			}
			known.add(secret);
			const ways = new Map(encodings.map((encode) => [encode(secret), encode]));
			for (const [written, encode] of ways) {
				const end = written.slice(-lengthOfEnd);
				byEnd.set(end, [...(byEnd.get(end) ?? []), () => encode(secret)]);
			}
		},
		blank: (text) => without(text, placesOf(byEnd, text)),
	};
}

type Place = readonly [from: number, to: number];

function placesOf(byEnd: ReadonlyMap<string, readonly (() => string)[]>, text: string): Place[] {
	const places: Place[] = [];
	for (let to = lengthOfEnd; to <= text.length; to++) {
		for (const write of byEnd.get(text.slice(to - lengthOfEnd, to)) ?? []) {
			const from = to - write().length;
			if (from >= 0 && text.slice(from, to) === write()) {
				places.push([from, to]);
			}
		}
	}
	return places.sort(([one], [other]) => one - other);
}

/** @param places by where they begin; they may overlap */
function without(text: string, places: readonly Place[]): string {
	let blanked = '';
	let done = 0;
	for (const [from, to] of places) {
		if (from >= done) {
			blanked += `${text.slice(done, from)}[secret]`;
		}
		done = Math.max(done, to);
	}
	return blanked + text.slice(done);
}
