interface Event {
	readonly due: number;
	readonly act: (at: Date) => void;
}

/** The service's clock, and what it will have done by a given time. */
export class Timeline {
	#offset = 0;
	#acting: Date | undefined;
	readonly #events: Event[] = [];

	/** The service's time, which runs as fast as the machine's; for what has come due, the time at which it was due. */
	now(): Date {
		return this.#acting ?? new Date(Date.now() + this.#offset);
	}

	/** Puts the clock to this time; it runs on from there. */
	setNow(time: Date): void {
		this.#offset = time.getTime() - Date.now();
		this.settle();
	}

	/** Puts the clock forward by this many milliseconds. */
	advance(millis: number): void {
		this.#offset += millis;
		this.settle();
	}

	/** Has something done when this many milliseconds have gone by. */
	after(millis: number, act: (at: Date) => void): void {
		const due = this.now().getTime() + millis;
		const place = this.#events.findLastIndex((event) => event.due <= due);
		this.#events.splice(place + 1, 0, { due, act });
	}

	/** Does what has come due since the last time, in the order of time. */
	settle(): void {
		if (this.#acting !== undefined) {
			return;
		}
		const now = this.now().getTime();
		try {
			this.#runDue(now);
		} finally {
			this.#acting = undefined;
		}
	}

	#runDue(now: number): void {
		for (let next = this.#events[0]; next !== undefined && next.due <= now; next = this.#events[0]) {
			this.#events.shift();
			this.#acting = new Date(next.due);
			next.act(this.#acting);
		}
	}
}
