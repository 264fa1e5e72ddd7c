import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Outcome, programFile, type Running, runCommand } from '../helpers/installation.ts';
import type { Simulator } from '../simulator/simulator.ts';
import { owedTo } from './cases.ts';
import { judgeBaseSpaceAction } from './judge-basespace.ts';
import { toldFile } from './judge-notifications.ts';
import type { Story } from './story.ts';
import { timeMachine, timeSettings } from './time-machine.ts';
import { type Accident, type Clocks, rightClocks } from './trouble.ts';

/** A story, and what the program has made of it so far. */
export interface Campaign {
	readonly simulator: Simulator;
	readonly story: Story;
	readonly folder: string;
	readonly divergences: string[];
	passes: number;
}

/** Root, too, must not write what it has no right to write. */
const withoutPrivilege =
	process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];

/** A pass, or two at the same time, and what befalls them. */
export async function passThrough(campaign: Campaign, accident: Accident, clocks: Clocks): Promise<void> {
	const { simulator, folder } = campaign;
	const { atRequest, signal, unwritable, roomOnDisk, overlapAfterMillis } = accident;
	let giveBack = (): void => undefined;
	const strike = (process?: ChildProcess): void => {
		if (signal !== undefined) {
			process?.kill(signal);
		}
		if (unwritable !== undefined) {
			giveBack = takeRightToWrite(join(folder, unwritable));
		}
	};
	const check = watch(campaign, clocks);
	let arrived = 0;
	if (atRequest === 0) {
		strike();
	}
	const first = start(campaign, clocks, roomOnDisk);
	simulator.onRequest = () => {
		arrived++;
		if (arrived === atRequest) {
			strike(first.child);
		}
	};
	const passes = [first];
	if (overlapAfterMillis !== undefined) {
		await delay(overlapAfterMillis);
		passes.push(start(campaign, clocks));
	}
	check(await Promise.all(passes.map(({ ended }) => ended)));
	simulator.onRequest = undefined;
	giveBack();
}

/** A pass without trouble. */
export async function calmPass(campaign: Campaign): Promise<Outcome> {
	const check = watch(campaign, rightClocks);
	const outcome = await start(campaign, rightClocks).ended;
	check([outcome]);
	return outcome;
}

/** How many actions there were in ICA and BaseSpace. */
export function actionsIn({ world }: Simulator): number {
	return world.actions.length + world.basespace.actions.length;
}

/** @returns gives the right back */
function takeRightToWrite(path: string): () => void {
	if (!existsSync(path)) {
		return () => undefined;
	}
	const { mode } = statSync(path);
	chmodSync(path, mode & 0o555);
	return () => chmodSync(path, mode);
}

function start({ simulator, story, folder }: Campaign, clocks: Clocks, roomOnDisk?: number): Running {
	simulator.dateSkewMillis = clocks.dateAheadMillis;
	simulator.dateSent = clocks.isDateSent;
	const ahead = simulator.world.now().getTime() + clocks.machineAheadMillis - Date.now();
	const log = join(folder, 'orchestrator.log');
	const inUse = existsSync(log) ? Math.ceil(statSync(log).size / 1024) : 0;
	const limit = roomOnDisk === undefined ? '' : `ulimit -f ${inUse + roomOnDisk}; `;
	const program = [process.execPath, `--import=${timeMachine}`, programFile, '--max_deletions', '1000'];
	const basespace = ['--basespace_access_token_file', 'basespace.cfg', '--empty_trash'];
	const command = [...withoutPrivilege, ...program, ...(story.basespace === undefined ? [] : basespace)];
	return runCommand(['bash', '-c', `${limit}exec "$@"`, 'bash', ...command], folder, {
		PATH: process.env['PATH'] ?? '',
		...timeSettings(ahead),
		AWS_ENDPOINT_URL_S3: simulator.s3Url,
		ICA_API_KEY_FILE: 'api_key.txt',
		UMICH_ORCHESTRATOR_SERVER_URL: simulator.url,
		UMICH_ORCHESTRATOR_SOURCE_PROJECT_NAME: 'BSSH core',
		...story.parties.environment,
		...(story.isTold
			? {
					UMICH_ORCHESTRATOR_NOTIFY_COMMAND: `cat >> ${toldFile}`,
					UMICH_ORCHESTRATOR_NOTIFY_EVENT_CODE: 'fastqs',
				}
			: {}),
	});
}

/**
 * Remembers how things are before a pass.
 * @returns notes what no pass may do, whatever befalls it
 */
function watch(campaign: Campaign, clocks: Clocks): (outcomes: readonly Outcome[]) => void {
	const { simulator, story, divergences } = campaign;
	const actions = actionsIn(simulator);
	const { ids } = story.table;
	const done = simulator.world.basespace.actions.length;
	return (outcomes) => {
		campaign.passes += outcomes.length;
		divergences.push(...outcomes.flatMap((outcome) => wordsOf(simulator, outcome)));
		const { basespace } = story;
		if (basespace !== undefined) {
			const fresh = basespace.store.actions.slice(done);
			divergences.push(...fresh.flatMap((action) => judgeBaseSpaceAction(story, basespace, action)));
		}
		if (clocks !== rightClocks) {
			divergences.push(...wrongByWrongClocks(campaign, clocks, { actions, ids }));
		}
	};
}

interface Before {
	readonly actions: number;
	/** Of the analyses in the managed table. */
	readonly ids: ReadonlySet<string>;
}

/** Nothing that cannot be taken back is done while the clocks are apart. */
function wrongByWrongClocks({ simulator, story }: Campaign, clocks: Clocks, before: Before): string[] {
	const said = `with clocks that are apart (${JSON.stringify(clocks)})`;
	const acted = actionsIn(simulator) > before.actions ? [`data was archived or deleted ${said}`] : [];
	const { ids } = story.table;
	const final = story.cases.filter(
		(one) => ids.has(one.analysis.id) && !before.ids.has(one.analysis.id) && owedTo(story, one).length === 0,
	);
	const decided = clocks.isDateSent ? final : [];
	return [
		...acted,
		...decided.map(
			({ analysis }) => `${analysis.reference} was recorded as one with nothing to deliver ${said}`,
		),
	];
}

/** What no pass may say. */
function wordsOf(simulator: Simulator, { status, stdout, stderr }: Outcome): string[] {
	const said = stdout + stderr;
	return [
		...(said.includes('error in the program itself') ? [stderr] : []),
		...(simulator.secrets.some((secret) => said.includes(secret)) ? [`a secret was told: ${said}`] : []),
		...([0, 1, 2, 75, 143, null].includes(status) ? [] : [`a pass ended with status ${status}: ${stderr}`]),
	];
}
