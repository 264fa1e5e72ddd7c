import type { Fault, FaultAnswer } from '../simulator/faults.ts';
import type { Simulator } from '../simulator/simulator.ts';
import type { Dice } from './dice.ts';

/** What else befalls a pass. */
export interface Accident {
	/** How many requests have arrived when it happens. */
	readonly atRequest: number;
	readonly signal?: 'SIGKILL' | 'SIGTERM';
	/** A file or folder of the installation that cannot be written from then on. */
	readonly unwritable?: string;
	/** A second pass begins so many milliseconds after the first. */
	readonly overlapAfterMillis?: number;
	/** The most that a file may grow, in kB: so a full disk looks. */
	readonly roomOnDisk?: number;
}

/** How far the clocks are apart in a pass. */
export interface Clocks {
	/** How far this machine is ahead of ICA. */
	readonly machineAheadMillis: number;
	/** How far the Date header of ICA's answers is ahead of ICA's clock. */
	readonly dateAheadMillis: number;
	readonly isDateSent: boolean;
}

export const rightClocks: Clocks = { machineAheadMillis: 0, dateAheadMillis: 0, isDateSent: true };

/** Draws clocks that agree, as a rule, or are more than an hour apart, or of which one is not known. */
export function clocksOf(dice: Dice): Clocks {
	const apart = dice.oneOf([-1, 1]) * dice.oneOf([70, 180, 26 * 60, 40 * 24 * 60]) * 60_000;
	switch (dice.from(0, 11)) {
		case 0:
		case 1:
			return { ...rightClocks, machineAheadMillis: apart };
		case 2:
			return { ...rightClocks, dateAheadMillis: apart };
		case 3:
			return { ...rightClocks, isDateSent: false };
		default:
			return rightClocks;
	}
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

const whatIsWritten = [
	'.',
	'analyses_managed_table.txt',
	'analyses_managed_table.txt.lock',
	'orchestrator.log',
	'fastq_manifests',
	'requeue_templates',
] as const;

/** Draws what befalls a pass. */
export function accidentOf(dice: Dice): Accident {
	const atRequest = dice.from(1, 30);
	switch (dice.from(0, 6)) {
		case 0:
			return { atRequest, signal: 'SIGKILL' };
		case 1:
			return { atRequest, signal: 'SIGTERM' };
		case 2:
			return { atRequest, overlapAfterMillis: dice.from(0, 500) };
		case 3:
			return { atRequest, roomOnDisk: dice.from(1, 6) };
		case 4:
			return { atRequest: dice.from(0, 15), unwritable: dice.oneOf(whatIsWritten) };
		default:
			return { atRequest };
	}
}

function faultOf(dice: Dice): Fault {
	const answer = answerOf(dice);
	const isSlow = answer.kind === 'hang' || answer.kind === 'dribble';
	return {
		answer,
		server: dice.oneOf(['ica', 'ica', 'ica', 's3', 'basespace'] as const),
		skip: dice.from(0, 20),
		times: isSlow ? dice.from(1, 2) : dice.oneOf([1, 1, 2, 3, 8]),
		afterEffect: dice.happens(0.5),
	};
}

function answerOf(dice: Dice): FaultAnswer {
	const kind = dice.oneOf([
		'status',
		'status',
		'status',
		'reset',
		'html',
		'truncated',
		'json',
		'delay',
		'hang',
		'dribble',
	] as const);
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
