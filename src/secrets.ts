/** Values that must never be written anywhere. */
export interface Secrets {
	/** Remembers a secret, to be blanked out of every later line. */
	add(secret: string): void;
	/** The text with every secret replaced. */
	blank(text: string): string;
}

const shortestSecret = 6;

/** No secrets yet. */
export function newSecrets(): Secrets {
	const known = new Set<string>();
	return {
		add(secret) {
			// a shorter one would blank out ordinary words
			if (secret.length >= shortestSecret) {
				known.add(secret);
			}
		},
		blank(text) {
			let blanked = text;
			for (const secret of known) {
				blanked = blanked.replaceAll(secret, '[secret]');
			}
			return blanked;
		},
	};
}
