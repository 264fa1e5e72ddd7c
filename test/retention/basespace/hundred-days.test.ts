import { describe, expect, it } from 'vitest';
import { type BsshScene, bsshScene, day } from '../../helpers/basespace-scene.ts';
import type { BaseSpaceAction, Item } from '../../simulator/basespace/model.ts';

/** What must have become of something of so many days; undefined in the days in which it is under way. */
function stateAt(days: number): string | undefined {
	if (days < 59.5) {
		return 'there';
	}
	if (days < 61 || (days >= 89.5 && days < 94)) {
		return undefined;
	}
	return days < 90 ? 'archived' : 'deleted';
}

function stateOf({ state, isArchived }: Item): string {
	if (state !== 'there') {
		return 'deleted';
	}
	return isArchived ? 'archived' : 'there';
}

const oldest: Readonly<Record<BaseSpaceAction['action'], number>> = {
	archive: 90,
	restore: Number.POSITIVE_INFINITY,
	delete: Number.POSITIVE_INFINITY,
};

/** Three projects, one of them somebody else's, with 450 datasets and 250 runs; and what is unrelated to them. */
function furnish(scene: BsshScene): { readonly mine: readonly Item[]; readonly foreign: readonly Item[] } {
	const { basespace, ago } = scene;
	const [core, clinic] = [basespace.addProject('Core'), basespace.addProject('Clinic')];
	const shared = basespace.addProject('Shared', basespace.other);
	const unrelated = basespace.addProject('Core unrelated');
	for (let n = 0; n < 73; n++) {
		scene.named(n * 10 + 1, [['Core', 'Clinic', 'Shared'][n % 3] ?? 'Core']);
	}
	const past = (n: number, of: number): Date => ago((730 / of) * n + 0.3);
	const datasets = Array.from({ length: 450 }, (_, n) =>
		basespace.addDataset(core, { dateCreated: past(n, 450), isArchived: n > 40 && n % 2 === 0 }),
	);
	const runs = Array.from({ length: 250 }, (_, n) =>
		basespace.addRun(n % 2 === 0 ? [core] : [clinic, shared], {
			dateCreated: past(n, 250),
			isArchived: n > 25 && n % 3 === 0,
		}),
	);
	const dateCreated = ago(700);
	const foreign = [
		...Array.from({ length: 20 }, (_, n) => basespace.addDataset(shared, { dateCreated: past(n, 20) })),
		basespace.addDataset(unrelated, { dateCreated }),
		basespace.addRun([unrelated], { dateCreated }),
		basespace.addRun([], { dateCreated }),
	];
	return { mine: [...datasets, ...runs], foreign };
}

/** A pass a day; from the fiftieth on, something of somebody else is in the trash. */
async function passes(
	scene: BsshScene,
): Promise<{ readonly lines: readonly string[]; readonly timesEmptied: number }> {
	const { basespace, world } = scene;
	const lines: string[] = [];
	let timesEmptied = 0;
	for (let today = 0; today < 100; today++) {
		if (today === 50) {
			timesEmptied = basespace.timesEmptied;
			basespace.otherTrash = ['precious'];
		}
		const pass = await scene.pass({ max_deletions: today < 5 ? '700' : '25', empty_trash: true });
		const isExpected = (problem: string): boolean => today >= 50 && problem.includes('trash was not emptied');
		expect(pass.needsAction.filter((problem) => !isExpected(problem))).toEqual([]);
		lines.push(...pass.lines);
		world.advance(day);
	}
	return { lines, timesEmptied };
}

/** Nothing is done too early, too late or twice, and each action has one line. */
function expectDueAndNamedOnce(actions: readonly BaseSpaceAction[], lines: readonly string[]): void {
	expect(new Set(actions.map(({ action, item }) => `${action} ${item.id}`)).size).toBe(actions.length);
	for (const { action, item, at } of actions) {
		const age = (at.getTime() - item.dateCreated.getTime()) / day;
		expect(age).toBeGreaterThanOrEqual(action === 'archive' ? 60 : 90);
		expect(age).toBeLessThan(oldest[action]);
	}
	const verbs = { delete: /Deleting /, restore: /Unarchiving /, archive: /Archiving / };
	for (const [action, verb] of Object.entries(verbs)) {
		const said = lines.filter((line) => verb.test(line));
		expect(said.length).toBeGreaterThan(50);
		expect(said).toHaveLength(actions.filter((each) => each.action === action).length);
		expect(new Set(said).size).toBe(said.length);
	}
}

describe('a hundred days of passes over two years of runs', () => {
	it('archive and delete exactly what is due in the named projects, and touch nothing else', {
		timeout: 120_000,
	}, async () => {
		const scene = await bsshScene();
		const { basespace, world } = scene;
		const { mine, foreign } = furnish(scene);
		const begun = world.now().getTime();
		const { lines, timesEmptied } = await passes(scene);
		for (const item of mine) {
			// the last pass was a day ago
			const age = (begun - item.dateCreated.getTime()) / day + 99;
			const expected = stateAt(age);
			expect([item.name, age, stateOf(item)]).toEqual([item.name, age, expected ?? stateOf(item)]);
		}
		expect(new Set(foreign.map(stateOf))).toEqual(new Set(['there']));
		expect(world.actions).toEqual([]);
		expectDueAndNamedOnce(basespace.actions, lines);
		expect(timesEmptied).toBeGreaterThan(0);
		expect([basespace.timesEmptied, basespace.otherTrash]).toEqual([timesEmptied, ['precious']]);
	});
});

describe('a quiet pass with a token over a project with a long past', () => {
	it('of 10,000 analyses asks ICA at most 20 times, and BaseSpace once for each project and 200 runs', async () => {
		const scene = await bsshScene();
		const { basespace, ago } = scene;
		const projects = ['A', 'B', 'C'].map((name) => basespace.addProject(name));
		for (let n = 0; n < 9700; n++) {
			scene.named(91 + n / 10, [], { deleted: true, files: [] });
		}
		for (let n = 0; n < 300; n++) {
			scene.named(60 + n / 10, ['A', 'B', 'C']);
		}
		for (const project of projects) {
			for (let n = 0; n < 150; n++) {
				basespace.addDataset(project, { dateCreated: ago(60 + n / 10), isArchived: true });
				basespace.addRun([project], { dateCreated: ago(60 + n / 10), isArchived: true });
			}
		}
		await scene.pass();
		expect(scene.simulator.s3Exchanges).toHaveLength(300);
		scene.operations();
		scene.basespaceOperations();
		expect((await scene.pass()).needsAction).toEqual([]);
		expect(scene.simulator.s3Exchanges).toHaveLength(300);
		expect(scene.operations().length).toBeLessThanOrEqual(20);
		expect(scene.basespaceOperations()).toEqual([
			...['getToken', 'getUser', 'listProjects'],
			...['listDatasets', 'listDatasets', 'listDatasets', 'listRuns', 'listRuns', 'listRuns'],
		]);
	});
});
