import type { Fault, FaultAnswer } from '../simulator/faults.ts';
import type { Simulator } from '../simulator/simulator.ts';
import type { Dice } from './dice.ts';

/** What else befalls a pass. */
export interface Accident {
	/** Sent when so many requests have arrived. */
	readonly signal?: { readonly name: 'SIGKILL' | 'SIGTERM'; readonly atRequest: number };
	/** A second pass begins so many milliseconds after the first. */
	readonly overlapAfterMillis?: number;
	/** The most that a file may grow, in kB: so a full disk looks. */
	readonly roomOnDisk?: number;
}

/** Arms the simulator with some faults. */
export function armFaults(simulator: Simulator, dice: Dice): void {
	for (let many = dice.from(0, 5); many > 0; many--) {
		simulator.addFault(faultOf(dice));
	}
	if (dice.happens(0.2)) {
		simulator.expireTokens();
	}
}

/** Draws what befalls a pass. */
export function accidentOf(dice: Dice): Accident {
	const atRequest = dice.from(1, 30);
	switch (dice.from(0, 5)) {
		case 0:
			return { signal: { name: 'SIGKILL', atRequest } };
		case 1:
			return { signal: { name: 'SIGTERM', atRequest } };
		case 2:
			return { overlapAfterMillis: dice.from(0, 500) };
		case 3:
			return { roomOnDisk: dice.from(1, 6) };
		default:
			return {};
	}
}

function faultOf(dice: Dice): Fault {
	return {
		answer: answerOf(dice),
		server: dice.happens(0.2) ? 's3' : 'ica',
		skip: dice.from(0, 20),
		times: dice.oneOf([1, 1, 2, 3, 8]),
		afterEffect: dice.happens(0.5),
	};
}

function answerOf(dice: Dice): FaultAnswer {
	const kind = dice.oneOf(['status', 'status', 'reset', 'html', 'truncated', 'json', 'delay'] as const);
	switch (kind) {
		case 'status':
			return {
				kind,
				status: dice.oneOf([400, 401, 403, 409, 429, 500, 502, 503, 504]),
				headers: dice.happens(0.3) ? { 'retry-after': '1' } : {},
			};
		case 'json':
			return { kind, body: dice.oneOf<unknown>([{}, [], null, 'words', { items: 7 }, { token: '' }]) };
		case 'delay':
			return { kind, millis: dice.from(50, 500) };
		default:
			return { kind };
	}
}
