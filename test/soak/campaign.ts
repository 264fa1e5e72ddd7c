import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Outcome, programFile, type Running, runCommand } from '../installation.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { World } from '../simulator/world.ts';
import { Dice } from './dice.ts';
import { judge } from './judge.ts';
import { Story } from './story.ts';
import { timeMachine, timeSettings } from './time-machine.ts';
import { type Accident, accidentOf, armFaults } from './trouble.ts';

/** How a campaign went. */
export interface Verdict {
	readonly passes: number;
	/** Every difference from what should be; none when all is well. */
	readonly divergences: readonly string[];
}

const mostCalmPasses = 12;
const betweenPassesMillis = 3_600_000;

/** Root, too, must not write what it has no right to write. */
const withoutPrivilege =
	process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];

interface Campaign {
	readonly simulator: Simulator;
	readonly story: Story;
	readonly folder: string;
	readonly divergences: string[];
	passes: number;
}

/** Random passes through random trouble, then calm ones to the end; the same seed draws the same. */
export async function runCampaign(seed: number): Promise<Verdict> {
	const dice = new Dice(seed);
	const simulator = await startSimulator({ seed, world: new World(seed) });
	const folder = mkdtempSync(join(tmpdir(), 'umich-orchestrator-soak-'));
	const story = new Story(simulator.world, dice);
	const campaign: Campaign = { simulator, story, folder, divergences: [], passes: 0 };
	writeFileSync(join(folder, 'api_key.txt'), simulator.apiKey, { mode: 0o600 });
	writeFileSync(
		join(folder, 'basespace.cfg'),
		`apiServer = ${simulator.basespaceUrl}\naccessToken = ${simulator.basespaceToken}\n`,
		{ mode: 0o600 },
	);
	try {
		for (let many = dice.from(2, 6); many > 0; many--) {
			armFaults(simulator, dice);
			await passThrough(campaign, accidentOf(dice));
			simulator.clearFaults();
			story.goOn();
		}
		await comeToTheEnd(campaign);
		return {
			passes: campaign.passes,
			divergences: [...campaign.divergences, ...judge(story, tableOf(folder))],
		};
	} finally {
		await simulator.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

function tableOf(folder: string): string {
	const table = join(folder, 'analyses_managed_table.txt');
	return existsSync(table) ? readFileSync(table, 'utf8') : '';
}

/** Passes without trouble, until one has nothing more to do. */
async function comeToTheEnd(campaign: Campaign): Promise<void> {
	const { story, simulator, divergences } = campaign;
	story.calmDown();
	for (let pass = 1; pass <= mostCalmPasses; pass++) {
		const actions = actionsIn(simulator);
		const outcome = await check(campaign, start(campaign).ended);
		const isQuiet = actions === actionsIn(simulator) && !isWaiting(simulator);
		simulator.world.advance(betweenPassesMillis);
		// what is held, a failed analysis that had not been reported, and a trash with foreign data in it need a person
		const mayComplain =
			story.held.size > 0 ||
			[' failed: ', 'trash was not emptied'].some((why) => outcome.stderr.includes(why));
		if (!(outcome.status === 0 || (outcome.status === 1 && mayComplain))) {
			divergences.push(`a pass without trouble ended with status ${outcome.status}: ${outcome.stderr}`);
		}
		if (isQuiet && outcome.stdout.includes('Pass done: nothing to deliver')) {
			return;
		}
	}
	divergences.push(`after ${mostCalmPasses} passes without trouble there is still something to do`);
}

function actionsIn({ world }: Simulator): number {
	return world.actions.length + world.basespace.actions.length;
}

/** What is on its way back from BaseSpace's archive is deleted later. */
function isWaiting({ world }: Simulator): boolean {
	return world.basespace.items.some(({ isRestoring }) => isRestoring);
}

async function passThrough(campaign: Campaign, accident: Accident): Promise<void> {
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
	let arrived = 0;
	if (atRequest === 0) {
		strike();
	}
	const first = start(campaign, roomOnDisk);
	simulator.onRequest = () => {
		arrived++;
		if (arrived === atRequest) {
			strike(first.child);
		}
	};
	const passes = [first];
	if (overlapAfterMillis !== undefined) {
		await delay(overlapAfterMillis);
		passes.push(start(campaign));
	}
	await Promise.all(passes.map(({ ended }) => check(campaign, ended)));
	simulator.onRequest = undefined;
	giveBack();
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

function start({ simulator, story, folder }: Campaign, roomOnDisk?: number): Running {
	const ahead = simulator.world.now().getTime() - Date.now();
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
		UMICH_ORCHESTRATOR_DESTINATION_PROJECT_NAME: 'MGI',
	});
}

/** What no pass may do, whatever befalls it. */
async function check(campaign: Campaign, ended: Promise<Outcome>): Promise<Outcome> {
	const outcome = await ended;
	campaign.passes++;
	const said = outcome.stdout + outcome.stderr;
	if (said.includes('error in the program itself')) {
		campaign.divergences.push(outcome.stderr);
	}
	if (campaign.simulator.secrets.some((secret) => said.includes(secret))) {
		campaign.divergences.push(`a secret was told: ${said}`);
	}
	if (![0, 1, 2, 75, 143, null].includes(outcome.status)) {
		campaign.divergences.push(`a pass ended with status ${outcome.status}: ${outcome.stderr}`);
	}
	return outcome;
}
