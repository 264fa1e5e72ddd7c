import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { passInProcess } from '../helpers/in-process.ts';
import type { Installation } from '../helpers/installation.ts';
import { fastqs, lookingOperations, type Scene, startScene } from '../helpers/scene.ts';

/** A project, what is done there after an interruption, and what a reader would then find. */
interface Scenario {
	make(): Promise<{ scene: Scene; installation: Installation }>;
	finish(scene: Scene, installation: Installation): Promise<unknown>;
}

/** One analysis to deliver, one without MGI FASTQs, one under way. */
const delivery: Scenario = {
	async make() {
		const scene = await startScene();
		scene.analysis({ files: fastqs('M-1-2', 'PhiX') });
		scene.analysis({ files: fastqs('CGW-7') });
		scene.analysis({ status: 'IN_PROGRESS' });
		return { scene, installation: scene.install() };
	},
	async finish(scene, installation) {
		expect((await passInProcess(scene, installation.folder)).needsAction).toEqual([]);
		return deliveredState(scene, installation);
	},
};

/** One analysis to delete, one in the archive to delete, one to archive. */
const ageing: Scenario = {
	async make() {
		const scene = await startScene({}, { source: { externallyManaged: false } });
		const at = (days: number): Date => new Date(Date.now() - days * 86_400_000);
		const analyses = [
			scene.analysis({ startDate: at(95), endDate: at(94.9) }),
			scene.analysis({ startDate: at(95), endDate: at(94.9), dataStatus: 'ARCHIVED' }),
			scene.analysis({ startDate: at(65), endDate: at(64.9) }),
		];
		for (const each of analyses) {
			scene.manifest(each, each.endDate ?? at(60));
		}
		const installation = scene.install();
		const rows = analyses.map(({ id, reference }) => `${id},${reference}\n`);
		const table = join(installation.folder, 'analyses_managed_table.txt');
		writeFileSync(table, `analysis_id_managed,run_id\n${rows.join('')}`);
		return { scene, installation };
	},
	async finish(scene, installation) {
		const { world } = scene;
		for (let pass = 1; pass <= 3; pass++) {
			world.advance(60_000);
			expect((await passInProcess(scene, installation.folder)).needsAction).toEqual([]);
		}
		world.advance(60_000);
		return {
			actions: world.actions.map(({ action, item }) => `${action} ${item.path}`).sort(),
			left: world
				.dataOf(scene.source)
				.map(({ path, status }) => `${status} ${path}`)
				.sort(),
			table: installation.read('analyses_managed_table.txt'),
		};
	},
};

/** Everything that a finished delivery leaves behind, remotely and here, but for the order of rows. */
function deliveredState({ world, destination }: Scene, installation: Installation): unknown {
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
		// what people were told is no part of a delivery
		files: installation.files().filter((file) => !file.endsWith('.state')),
	};
}

async function undisturbed({ make, finish }: Scenario): Promise<{ operations: string[]; state: unknown }> {
	const { scene, installation } = await make();
	expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
	return { operations: scene.operations(), state: await finish(scene, installation) };
}

type Moment = 'before its effect' | 'after its effect';

/** Kills the program at one request to ICA; then lets it run again. */
async function killedAt({ make, finish }: Scenario, request: number, moment: Moment): Promise<unknown> {
	const { scene, installation } = await make();
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
	return await finish(scene, installation);
}

/** Kills the program when it puts the manifest into the storage; then lets it run again. */
async function killedAtUpload(moment: Moment): Promise<unknown> {
	const { scene, installation } = await delivery.make();
	const { child, ended } = installation.start();
	scene.simulator.addFault({
		server: 's3',
		answer: { kind: 'hang' },
		afterEffect: moment === 'after its effect',
		where: () => child.kill('SIGKILL'),
	});
	expect(await ended).toMatchObject({ signal: 'SIGKILL' });
	return await delivery.finish(scene, installation);
}

const before = ['before its effect'] as const;
const after = ['after its effect'] as const;

describe('a pass that is killed', () => {
	it.each([
		['delivers', delivery],
		['ages', ageing],
	])(
		'while it %s, at any request, leaves what the next pass makes whole',
		{ timeout: 120_000 },
		async (_, scenario) => {
			const { operations, state } = await undisturbed(scenario);
			const limit = pLimit(3);
			const ends = operations.flatMap((operation, index) => {
				// of a request that only looks, before and after are the same
				const moments = lookingOperations.has(operation) ? after : [...before, ...after];
				return moments.map((moment) =>
					limit(async () => ({
						killed: `${moment} ${operation}`,
						state: await killedAt(scenario, index + 1, moment),
					})),
				);
			});
			expect(ends.length).toBeGreaterThan(operations.length);
			for (const end of await Promise.all(ends)) {
				expect(end).toEqual({ killed: end.killed, state });
			}
		},
	);

	it.each([...before, ...after])(
		'while it uploads a manifest, %s, leaves what the next pass makes whole',
		async (moment) => {
			expect(await killedAtUpload(moment)).toEqual((await undisturbed(delivery)).state);
		},
	);
});

describe('a pass that gets a signal', () => {
	it.each([
		['SIGTERM', 143],
		['SIGINT', 130],
	] as const)(
		'%s while it waits for a linking job stops, releases the lock, and lets the next one finish',
		async (signal, status) => {
			const { scene, installation } = await delivery.make();
			scene.world.linkJobMillis = 60_000;
			const { child, ended } = installation.start();
			scene.simulator.onEffect = ({ operation }) => {
				if (operation === 'getProjectDataLinkingBatch') {
					child.kill(signal);
				}
			};
			const outcome = await ended;
			expect(outcome).toMatchObject({ status, signal: null });
			expect(outcome.stderr).toBe(
				`Warning: Stopped (${signal}); the next pass goes on from here. Done before that: 1 without anything to deliver.\n`,
			);
			scene.simulator.onEffect = undefined;
			scene.world.linkJobMillis = 10;
			scene.world.advance(60_000);

			expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });

			expect(deliveredState(scene, installation)).toEqual((await undisturbed(delivery)).state);
		},
	);

	it('lets a change that is under way be finished', async () => {
		const { scene, installation } = await delivery.make();
		const { child, ended } = installation.start('--log_level', 'debug');
		scene.simulator.onRequest = ({ operation }) => {
			if (operation === 'createProjectDataLinkingBatch') {
				child.kill('SIGTERM');
			}
		};
		const outcome = await ended;
		expect(outcome.status).toBe(143);
		expect(outcome.stdout).toMatch(/ICA POST \S*dataLinkingBatch: status 201/);
		expect(scene.simulator.exchanges.at(-1)).toMatchObject({
			operation: 'createProjectDataLinkingBatch',
			response: { status: 201 },
		});
		scene.simulator.onRequest = undefined;
		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
	});
});

describe('a pass that gets a signal while nothing answers', () => {
	it.each(['searchAnalyses', 'getProjectDataList', 'upload'])('stops at once: %s', async (operation) => {
		const { scene, installation } = await delivery.make();
		const { child, ended } = installation.start();
		let signalled = 0;
		scene.simulator.addFault({
			server: operation === 'upload' ? 's3' : 'ica',
			operation: operation === 'upload' ? 'PutObject' : operation,
			answer: { kind: 'hang' },
			where() {
				signalled = Date.now();
				child.kill('SIGTERM');
				return true;
			},
		});
		const outcome = await ended;
		expect(outcome).toMatchObject({ status: 143 });
		expect(outcome.stderr).toMatch(
			/^Warning: Stopped \(SIGTERM\); the next pass goes on from here\. (?:Nothing was changed|Done before that: .*)\.\n$/,
		);
		expect(Date.now() - signalled).toBeLessThan(5000);
	});
});

describe('two passes at once', () => {
	it('never meet: one works, the other goes away with status 75', async () => {
		const { scene, installation } = await delivery.make();
		scene.simulator.latencyMillis = 100;
		const outcomes = await Promise.all([installation.pass(), installation.pass(), installation.pass()]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual([0, 75, 75]);
		expect(deliveredState(scene, installation)).toEqual((await undisturbed(delivery)).state);
	});
});
