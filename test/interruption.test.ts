import { once } from 'node:events';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import type { Installation } from './installation.ts';
import { fastqs, lookingOperations, type Scene, startScene } from './scene.ts';

/** A small project: one analysis to deliver, one without MGI FASTQs, one under way. */
async function smallScene(): Promise<Scene> {
	const scene = await startScene();
	scene.analysis({ files: fastqs('M-1-2', 'PhiX') });
	scene.analysis({ files: fastqs('Mouse7') });
	scene.analysis({ status: 'IN_PROGRESS' });
	return scene;
}

/** Everything that a finished pass leaves behind, remotely and here, without what depends on ids or order. */
function endState({ world, destination, simulator }: Scene, installation: Installation): unknown {
	const data = world.dataOf(destination);
	return {
		linked: data
			.filter((item) => item.project !== destination)
			.map((item) => [item.path, world.timesLinked(item, destination)])
			.sort(),
		manifests: data
			.filter((item) => item.project === destination && item.type === 'FILE')
			.map((item) => [item.path, item.status, world.contentOf(item)?.toString()]),
		table: installation.read('analyses_managed_table.txt')?.split('\n').toSorted(),
		monitored: installation.read('analyses_monitored_file.txt'),
		files: installation.files(),
		projects: simulator.world.projects.length,
	};
}

async function undisturbed(): Promise<{ operations: string[]; state: unknown }> {
	const scene = await smallScene();
	const installation = scene.install();
	expect(await installation.pass()).toMatchObject({ status: 0 });
	return { operations: [...scene.operations(), 'upload'], state: endState(scene, installation) };
}

type Moment = 'before its effect' | 'after its effect';

/** Kills the program at one request to ICA; then lets it run again. */
async function killedAt(request: number, moment: Moment): Promise<unknown> {
	const scene = await smallScene();
	const installation = scene.install();
	const { child, ended } = installation.start();
	const gone = once(child, 'exit');
	const hook = moment === 'before its effect' ? 'onRequest' : 'onEffect';
	scene.simulator[hook] = async ({ number }) => {
		if (number === request) {
			child.kill('SIGKILL');
			await gone;
		}
	};
	expect(await ended).toMatchObject({ signal: 'SIGKILL' });
	scene.simulator[hook] = undefined;
	expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
	return endState(scene, installation);
}

/** Kills the program when it puts the manifest into the storage; then lets it run again. */
async function killedAtUpload(moment: Moment): Promise<unknown> {
	const scene = await smallScene();
	const installation = scene.install();
	const { child, ended } = installation.start();
	scene.simulator.addFault({
		server: 's3',
		answer: { kind: 'hang' },
		afterEffect: moment === 'after its effect',
		where: () => child.kill('SIGKILL'),
	});
	expect(await ended).toMatchObject({ signal: 'SIGKILL' });
	expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
	return endState(scene, installation);
}

describe('a pass that is killed', () => {
	it('at any request, before or after its effect, leaves what the next pass makes whole', {
		timeout: 120_000,
	}, async () => {
		const { operations, state } = await undisturbed();
		const limit = pLimit(3);
		const ends = operations.flatMap((operation, index) => {
			// of a request that only looks, before and after are the same
			const moments = lookingOperations.has(operation) ? after : [...before, ...after];
			return moments.map((moment) =>
				limit(async () => ({
					killed: `${moment} ${operation}`,
					state: await (operation === 'upload' ? killedAtUpload(moment) : killedAt(index + 1, moment)),
				})),
			);
		});
		expect(ends.length).toBeGreaterThan(operations.length);
		for (const end of await Promise.all(ends)) {
			expect(end).toEqual({ killed: end.killed, state });
		}
	});
});

const before = ['before its effect'] as const;
const after = ['after its effect'] as const;

describe('a pass that gets a signal', () => {
	it.each([
		['SIGTERM', 143],
		['SIGINT', 130],
	] as const)(
		'%s while it waits for a linking job stops, releases the lock, and lets the next one finish',
		async (signal, status) => {
			const scene = await smallScene();
			scene.world.linkJobMillis = 60_000;
			const installation = scene.install();
			const { child, ended } = installation.start();
			scene.simulator.onEffect = ({ operation }) => {
				if (operation === 'getProjectDataLinkingBatch') {
					child.kill(signal);
				}
			};
			const outcome = await ended;
			expect(outcome).toMatchObject({ status, signal: null });
			expect(outcome.stderr).toBe(`Warning: Stopped (${signal}); the next pass goes on from here.\n`);
			scene.simulator.onEffect = undefined;
			scene.world.linkJobMillis = 10;
			scene.world.advance(60_000);

			expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });

			expect(endState(scene, installation)).toEqual((await undisturbed()).state);
		},
	);

	it('lets a change that is under way be finished', async () => {
		const scene = await smallScene();
		const installation = scene.install();
		const { child, ended } = installation.start();
		scene.simulator.onRequest = ({ operation }) => {
			if (operation === 'createProjectDataLinkingBatch') {
				child.kill('SIGTERM');
			}
		};
		expect(await ended).toMatchObject({ status: 143 });
		expect(scene.simulator.exchanges.at(-1)).toMatchObject({
			operation: 'createProjectDataLinkingBatch',
			response: { status: 201 },
		});
		scene.simulator.onRequest = undefined;
		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
	});
});

describe('two passes at once', () => {
	it('never meet: one works, the other goes away with status 75', async () => {
		const scene = await smallScene();
		scene.simulator.latencyMillis = 100;
		const installation = scene.install();
		const outcomes = await Promise.all([installation.pass(), installation.pass(), installation.pass()]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual([0, 75, 75]);
		expect(endState(scene, installation)).toEqual((await undisturbed()).state);
	});
});
