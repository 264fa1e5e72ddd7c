/** The parts of an ISO 8601 time: a day, a time of day with any number of decimals, a zone with or without its colon. */
const iso =
	/^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:\s?(?:Z|([+-]\d\d)(?::?(\d\d))?))?)?$/i;

/** Days that every month has. */
const daysOfShortestMonth = 28;
/** The same as ICA writes it, of a day that every month has. */
const plain = /^\d{4}-\d\d-(?:0[1-9]|1\d|2[0-8])T\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

/** ICA is younger than this: an earlier date stands for none, as `0001-01-01` and 1970 do. */
const earliest = Date.UTC(2012, 0, 1);
/** By so much may a server's clock be ahead of this machine's before its dates are doubted. */
const clockDifferenceMs = 60 * 60 * 1000;

/**
 * Reads a time of ISO 8601, as ICA (`…Z`, `…+0200`) and BaseSpace (seven decimals) write it; one without a zone is UTC.
 * @returns milliseconds since 1970, UTC; undefined when there is none, or it cannot be read: a 30 February is no date
 */
export function readTime(text: string | null | undefined): number | undefined {
	if (typeof text === 'string' && plain.test(text)) {
		// what nearly all times look like: a pass reads tens of thousands
		const read = Date.parse(text);
		return Number.isNaN(read) ? undefined : read;
	}
	const parts = iso.exec(text?.trim() ?? '');
	if (parts === null) {
		return undefined;
	}
	const [, day = '', time = '00:00', seconds = '00', decimals = '', zoneHours = '+00', zoneMinutes = '00'] =
		parts;
	const milliseconds = decimals.slice(0, 3).padEnd(3, '0');
	if (Number(day.slice(-2)) > daysOfShortestMonth && !isInItsMonth(day)) {
		return undefined;
	}
	const read = Date.parse(`${day}T${time}:${seconds}.${milliseconds}${zoneHours}:${zoneMinutes}`);
	return Number.isNaN(read) ? undefined : read;
}

/** Date.parse takes a 30 February for a 2 March. */
function isInItsMonth(day: string): boolean {
	const midnight = Date.parse(`${day}T00:00:00.000Z`);
	return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}

/**
 * Reads a time that can be that of something in ICA or BaseSpace: from 2012 until now, and an hour beyond, by which
 * clocks may differ.
 * @param now milliseconds since 1970, UTC
 * @returns milliseconds since 1970, UTC; undefined when it cannot be read, or cannot be
 */
export function plausibleTime(text: string | null | undefined, now: number): number | undefined {
	const time = readTime(text);
	return time !== undefined && time >= earliest && time <= now + clockDifferenceMs ? time : undefined;
}
