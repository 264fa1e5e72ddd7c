import { hostname } from 'node:os';
import { dryRunEffects, type MakeEffects, realEffects } from '../pass/effects.ts';
import { dryRunRequeueEffects, type MakeRequeueEffects, realRequeueEffects } from '../requeue/effects.ts';
import { acquireLock } from '../state/lock.ts';
import { noOutbox } from '../state/outbox.ts';
import { openPassOutbox } from './notifications.ts';

/*
 * The one place that knows of --dry_run.
 */

interface DryRunOption {
	readonly dryRun: boolean;
}

/** What a dry run does otherwise than a real pass. */
export interface PassMode {
	readonly title: string;
	readonly makeEffects: MakeEffects;
	/**
	 * Keeps other passes out.
	 * @returns lets them in again
	 * @throws {LockedError} and {SetupError}
	 */
	readonly lock: (managedTable: string, now: number) => () => void;
	/** Opens what people are to be notified of; to be called with the lock held. */
	readonly openOutbox: typeof openPassOutbox;
	/** Whether it leaves anything behind: the state file and the summary. */
	readonly isKept: boolean;
}

function lock(managedTable: string, now: number): () => void {
	return acquireLock(managedTable, now, `process ${process.pid} on ${hostname()}`);
}

export function passMode({ dryRun }: DryRunOption): PassMode {
	return dryRun
		? {
				title: 'dry run',
				makeEffects: dryRunEffects,
				lock: () => () => undefined,
				openOutbox: () => noOutbox,
				isKept: false,
			}
		: { title: 'pass', makeEffects: realEffects, lock, openOutbox: openPassOutbox, isKept: true };
}

/** What a dry run does otherwise than a real requeue. */
export interface RequeueMode {
	readonly title: string;
	readonly makeEffects: MakeRequeueEffects;
}

export function requeueMode({ dryRun }: DryRunOption): RequeueMode {
	return dryRun
		? { title: 'dry run of a requeue', makeEffects: dryRunRequeueEffects }
		: { title: 'requeue', makeEffects: realRequeueEffects };
}
