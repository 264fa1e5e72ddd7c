import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
		const actions = simulator.world.actions.length;
		const outcome = await check(campaign, start(campaign).ended);
		simulator.world.advance(betweenPassesMillis);
		// what is held, and a failed analysis that had not been reported, need a person
		const mayComplain = story.held.size > 0 || outcome.stderr.includes(' failed: ');
		if (!(outcome.status === 0 || (outcome.status === 1 && mayComplain))) {
			divergences.push(`a pass without trouble ended with status ${outcome.status}: ${outcome.stderr}`);
		}
		if (
			outcome.stdout.includes('Pass done: nothing to deliver') &&
			actions === simulator.world.actions.length
		) {
			return;
		}
	}
	divergences.push(`after ${mostCalmPasses} passes without trouble there is still something to do`);
}

async function passThrough(campaign: Campaign, accident: Accident): Promise<void> {
	const { simulator } = campaign;
	const first = start(campaign, accident.roomOnDisk);
	if (accident.signal !== undefined) {
		const { name, atRequest } = accident.signal;
		let arrived = 0;
		simulator.onRequest = () => {
			arrived++;
			if (arrived === atRequest) {
				first.child.kill(name);
			}
		};
	}
	const passes = [first];
	if (accident.overlapAfterMillis !== undefined) {
		await delay(accident.overlapAfterMillis);
		passes.push(start(campaign));
	}
	await Promise.all(passes.map(({ ended }) => check(campaign, ended)));
	simulator.onRequest = undefined;
}

function start({ simulator, folder }: Campaign, roomOnDisk?: number): Running {
	const ahead = simulator.world.now().getTime() - Date.now();
	const log = join(folder, 'orchestrator.log');
	const inUse = existsSync(log) ? Math.ceil(statSync(log).size / 1024) : 0;
	const limit = roomOnDisk === undefined ? '' : `ulimit -f ${inUse + roomOnDisk}; `;
	const command = [process.execPath, `--import=${timeMachine}`, programFile, '--max_deletions', '1000'];
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
