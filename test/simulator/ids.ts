import { createHash } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const hexOfBytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function asUuid(hex: string): string {
	const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const named = new Map<string, string>();

/** The same UUID for the same name in every run: for what the service has only one of. */
export function uuidOf(name: string): string {
	const uuid = named.get(name) ?? asUuid(createHash('md5').update(name).digest('hex'));
	named.set(name, uuid);
	return uuid;
}

/** Ids and secrets that look made at random and are the same in every run with the same seed. */
export class Ids {
	#state: number;

	constructor(seed: number) {
		this.#state = seed;
	}

	/** Lower-case hexadecimal digits; a multiple of eight is cheapest. */
	hex(digits: number): string {
		let text = '';
		while (text.length < digits) {
			const number = this.#next();
			for (let shift = 24; shift >= 0; shift -= 8) {
				text += hexOfBytes[(number >>> shift) & 0xff];
			}
		}
		return text.slice(0, digits);
	}

	uuid(): string {
		return asUuid(this.hex(32));
	}

	/** `fil.` or `fol.` and 32 hexadecimal digits. */
	dataId(type: 'FILE' | 'FOLDER'): string {
		return `${type === 'FILE' ? 'fil' : 'fol'}.${this.hex(32)}`;
	}

	/** Letters and digits, as in a key or a token. */
	secret(length: number): string {
		let text = '';
		while (text.length < length) {
			text += letters.charAt(this.#next() % letters.length);
		}
		return text;
	}

	/** Mulberry32: small, fast, and even enough for ids. */
	#next(): number {
		this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return (mixed ^ (mixed >>> 14)) >>> 0;
	}
}
