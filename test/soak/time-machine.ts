const program = `
import timers from 'node:timers/promises';
import { syncBuiltinESMExports } from 'node:module';
const ahead = Number(process.env.TIME_AHEAD_MS);
const faster = Number(process.env.TIME_FASTER);
const RealDate = Date;
globalThis.Date = class extends RealDate {
	constructor(...given) { if (given.length === 0) { super(RealDate.now() + ahead); } else { super(...given); } }
	static now() { return RealDate.now() + ahead; }
};
const wait = timers.setTimeout;
timers.setTimeout = (ms, ...rest) => wait(ms / faster, ...rest);
const limit = AbortSignal.timeout;
AbortSignal.timeout = (ms) => limit.call(AbortSignal, ms / faster);
syncBuiltinESMExports();
`;

/** For Node's --import: the program that follows lives in another time, and its waits and time limits are shorter. */
export const timeMachine = `data:text/javascript,${encodeURIComponent(program)}`;

/** Tells the time machine how far to go. */
export function timeSettings(aheadMillis: number): Readonly<Record<string, string>> {
	return { TIME_AHEAD_MS: String(Math.round(aheadMillis)), TIME_FASTER: String(timesFaster) };
}

const timesFaster = 40;
