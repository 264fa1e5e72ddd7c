/** Time as the program sees it; tests put a faster one in its place. */
export interface Clock {
	/** The time of day: milliseconds since 1970, UTC. */
	now(): number;
	/** Milliseconds since some moment, for durations: it is never set. */
	ticks(): number;
	/** Waits that many milliseconds. Rejects with StoppedError as soon as a signal asks the program to stop. */
	sleep(milliseconds: number): Promise<void>;
}
