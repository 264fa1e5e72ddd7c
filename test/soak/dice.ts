/** Chance that can be had again: the same seed gives the same throws. */
export class Dice {
	#state: number;

	constructor(seed: number) {
		this.#state = seed;
	}

	/** From 0 to 1, without 1: the mulberry32 generator. */
	throw(): number {
		this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number, both ends included. */
	from(least: number, most: number): number {
		return least + Math.floor(this.throw() * (most - least + 1));
	}

	happens(probability: number): boolean {
		return this.throw() < probability;
	}

	oneOf<Thing>(things: readonly [Thing, ...Thing[]]): Thing {
		return things[this.from(0, things.length - 1)] ?? things[0];
	}
}
