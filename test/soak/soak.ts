import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { runCampaign } from './campaign.ts';

/*
 * Random campaigns: passes of the built program through faults, signals, overlaps, full disks and time, after which all
 * must be as it should be. A campaign that went wrong is drawn again by its seed.
 */

const { values } = parseArgs({
	options: {
		campaigns: { type: 'string', default: '20' },
		seed: { type: 'string', default: '1' },
		jobs: { type: 'string', default: '2' },
	},
});

const begun = performance.now();
const first = Number(values.seed);
const seeds = Array.from({ length: Number(values.campaigns) }, (_, index) => first + index);
const limit = pLimit(Number(values.jobs));
let passes = 0;
let diverged = 0;
await Promise.all(
	seeds.map((seed) =>
		limit(async () => {
			const verdict = await runCampaign(seed);
			passes += verdict.passes;
			if (verdict.divergences.length > 0) {
				diverged++;
				process.stdout.write(
					`Seed ${seed} went wrong (npm run soak -- --campaigns 1 --seed ${seed}):\n${verdict.divergences.join('\n')}\n`,
				);
			}
		}),
	),
);
const seconds = Math.round((performance.now() - begun) / 1000);
process.stdout.write(
	`${seeds.length} campaigns from seed ${first}, ${passes} passes in ${seconds} s: ${diverged} went wrong.\n`,
);
process.exitCode = diverged === 0 ? 0 : 1;
