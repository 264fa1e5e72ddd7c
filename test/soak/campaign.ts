import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { World } from '../simulator/world.ts';
import { dayMillis, hourMillis } from './ages.ts';
import { Dice } from './dice.ts';
import { isAnythingForAPerson, judge, judgeAction } from './judge.ts';
import { actionsIn, type Campaign, calmPass, passThrough } from './passes.ts';
import { Story } from './story.ts';
import { accidentOf, armFaults, clocksOf } from './trouble.ts';

/** How a campaign went. */
export interface Verdict {
	readonly passes: number;
	/** Every difference from what should be; none when all is well. */
	readonly divergences: readonly string[];
}

const maxCalmPasses = 12;

/** Random passes through random trouble, then calm ones to the end; the same seed draws the same. */
export async function runCampaign(seed: number): Promise<Verdict> {
	const dice = new Dice(seed);
	const simulator = await startSimulator({ seed, world: new World(seed) });
	const folder = mkdtempSync(join(tmpdir(), 'umich-orchestrator-soak-'));
	const story = new Story(simulator.world, dice, folder);
	const campaign: Campaign = { simulator, story, folder, divergences: [], passes: 0 };
	simulator.world.lifecycle.onAction = (action) => {
		campaign.divergences.push(...judgeAction(story, action));
	};
	writeFileSync(join(folder, 'api_key.txt'), simulator.apiKey, { mode: 0o600 });
	writeFileSync(
		join(folder, 'basespace.cfg'),
		`apiServer = ${simulator.basespaceUrl}\naccessToken = ${simulator.basespaceToken}\n`,
		{ mode: 0o600 },
	);
	try {
		for (let many = dice.from(2, 6); many > 0; many--) {
			armFaults(simulator, dice);
			await passThrough(campaign, accidentOf(dice), clocksOf(dice));
			simulator.clearFaults();
			story.goOn();
		}
		story.calmDown();
		await comeToTheEnd(campaign);
		// what was delivered late is to be aged later, and what is in use when it is not any more
		simulator.world.advance(dice.oneOf([16, 45]) * dayMillis);
		await comeToTheEnd(campaign);
		story.setFree();
		await comeToTheEnd(campaign);
		return {
			passes: campaign.passes,
			divergences: [...campaign.divergences, ...judge(story, simulator.exchanges)],
		};
	} finally {
		await simulator.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Passes without trouble, until one has nothing more to do. */
async function comeToTheEnd(campaign: Campaign): Promise<void> {
	const { simulator, story, divergences } = campaign;
	for (let pass = 1; pass <= maxCalmPasses; pass++) {
		const actions = actionsIn(simulator);
		const outcome = await calmPass(campaign);
		const isQuiet = actions === actionsIn(simulator) && !isWaiting(simulator);
		simulator.world.advance(hourMillis);
		// a failed analysis that had not been reported, and a trash with foreign data in it, need action, too
		const mayComplain =
			isAnythingForAPerson(story) ||
			[' failed: ', 'trash was not emptied'].some((why) => outcome.stderr.includes(why));
		if (!(outcome.status === 0 || (outcome.status === 1 && mayComplain))) {
			divergences.push(`a pass without trouble ended with status ${outcome.status}: ${outcome.stderr}`);
		}
		if (isQuiet && outcome.stdout.includes('Pass done: nothing to deliver')) {
			return;
		}
	}
	divergences.push(`after ${maxCalmPasses} passes without trouble there is still something to do`);
}

/** What is on its way back from BaseSpace's archive is deleted later. */
function isWaiting({ world }: Simulator): boolean {
	return world.basespace.items.some(({ isRestoring }) => isRestoring);
}
