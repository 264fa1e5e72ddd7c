import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BsshScene, bsshScene, hour } from '../../helpers/basespace-scene.ts';
import { passInProcess } from '../../helpers/in-process.ts';
import { fastqs } from '../../helpers/scene.ts';

const looking = new Set(['getToken', 'getUser', 'listProjects', 'listDatasets', 'listRuns', 'listTrash']);

/** A project named by an old analysis. */
async function sceneWithProject() {
	const scene = await bsshScene();
	const project = scene.basespace.addProject('Core 2026');
	const analysis = scene.named(95, ['Core 2026']);
	return { scene, project, analysis };
}

function memoryOf(scene: BsshScene): { trashed: string[]; restoring: object; projects: string[] } {
	return JSON.parse(readFileSync(join(scene.folder, 'analyses_managed_table.txt.basespace'), 'utf8'));
}

describe('ageing in BaseSpace', () => {
	it('archives at 60 days and deletes at 90 what is in the named project, and nothing else', async () => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		basespace.addDataset(project, { name: 'young', dateCreated: ago(59.99) });
		basespace.addDataset(project, { name: 'ripe', dateCreated: ago(60), bytes: 2_000_000 });
		basespace.addRun([project], { name: 'ripe run', dateCreated: ago(61) });
		const old = basespace.addDataset(project, { name: 'old', dateCreated: ago(90) });
		basespace.addRun([project], { name: 'old run', dateCreated: ago(91) });
		const unrelated = basespace.addProject('Core 2026 b');
		basespace.addDataset(unrelated, { name: 'unrelated', dateCreated: ago(200) });
		basespace.addRun([unrelated], { name: 'unrelated run', dateCreated: ago(200) });
		basespace.addRun([], { name: 'run of no project', dateCreated: ago(200) });

		const { lines, needsAction, summary } = await scene.pass();

		expect(needsAction).toEqual([]);
		expect(scene.done().sort()).toEqual(['archive ripe', 'archive ripe run', 'delete old', 'delete old run']);
		expect(scene.done().slice(0, 2).sort()).toEqual(['delete old', 'delete old run']);
		expect(summary).toContain('old data: in BaseSpace 2 deleted (2.0 MB), 2 archived (3.0 MB)');
		expect(lines).toContainEqual(
			`info: Deleting dataset old (${old.id}) of project Core 2026 in BaseSpace: 90.0 days old, 1.0 MB: 90 days old or older.`,
		);
		expect(scene.world.actions).toEqual([]);
		expect(scene.operations()).not.toContain('deleteData');
		expect(basespace.timesEmptied).toBe(0);
		expect(lines.join('\n')).toContain("What is deleted goes to BaseSpace's trash");
	});

	it('brings back from the archive what is due for deletion, once, and deletes it in a later pass', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'cold', dateCreated: scene.ago(100), isArchived: true });
		expect((await scene.pass()).summary).toContain('1 unarchived for deletion');
		scene.basespaceOperations();
		const waiting = await scene.pass();
		expect(waiting.lines.join('\n')).toMatch(/Waiting with dataset cold .*being unarchived/);
		expect(waiting.needsAction).toEqual([]);
		expect(scene.basespaceOperations().filter((operation) => !looking.has(operation))).toEqual([]);
		scene.world.advance(41 * hour);
		await scene.pass();
		expect(scene.done()).toEqual(['restore cold', 'delete cold']);
	});

	it('asks again for what has not come back within two days', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.restoreMillis = 1000 * hour;
		const cold = scene.basespace.addRun([project], { dateCreated: scene.ago(100), isArchived: true });
		await scene.pass();
		cold.isRestoring = false;
		scene.world.advance(51 * hour);
		expect((await scene.pass()).summary).toContain('1 unarchived');
	});

	it('leaves alone what is archived, trashed, of somebody else, of another project or unfinished, and says why', async () => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		const dateCreated = ago(95);
		basespace.addDataset(project, { name: 'cold', dateCreated: ago(70), isArchived: true });
		basespace.addDataset(project, { name: 'thrown away', dateCreated }).state = 'in the trash';
		basespace.addDataset(project, { name: 'theirs', dateCreated, owner: basespace.other });
		basespace.addRun([project], { name: 'their run', dateCreated, owner: basespace.other });
		basespace.addRun([project], { name: 'endless', dateCreated, status: 'Running' });
		basespace.addDataset(project, { name: 'half', dateCreated, status: 'Running' });
		const shared = basespace.addProject('Shared', basespace.other);
		basespace.addDataset(shared, { name: 'in theirs', dateCreated });
		scene.named(80, ['Shared', 'Gone']);

		const { lines, needsAction } = await scene.pass();

		expect([needsAction, scene.done()]).toEqual([[], []]);
		const said = lines.join('\n');
		for (const reason of [
			'1 archived already',
			'1 in the trash or deleted already',
			/2 shared, and not owned by the user of the token: dataset theirs \(ds\.\w+\), run their run/,
			/2 unfinished: (?:run endless|dataset half)/,
			/left alone: Gone \(not among .*\), Shared \(it does not belong to the user of the token\)/,
		]) {
			expect(said).toMatch(reason);
		}
	});

	it.each([
		['of another project of the same user, only listed in this one', { isElsewhere: true }, 'left alone'],
		['that tells neither owner nor project', { untold: ['owner', 'project'] }, 'left alone'],
		['that tells its project, and no owner', { untold: ['owner'] }, 'deleted'],
		['that tells its owner, and no project', { untold: ['project'] }, 'deleted'],
	] as const)('a dataset %s: %s', async (_, spec, end) => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		const isElsewhere = 'isElsewhere' in spec;
		const home = isElsewhere ? basespace.addProject('Another of mine') : project;
		basespace.addDataset(home, {
			name: 'one',
			dateCreated: ago(95),
			listedIn: isElsewhere ? [project] : [],
			untold: 'untold' in spec ? spec.untold : [],
		});
		const { lines, needsAction } = await scene.pass();
		expect(scene.done()).toEqual(end === 'deleted' ? ['delete one'] : []);
		expect(needsAction).toEqual([]);
		expect(lines.some((line) => /Left alone: 1 .*: dataset one/.test(line))).toBe(end === 'left alone');
	});

	it('deletes what has ended in whatever way, and archives only in the states in which BaseSpace does', async () => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		for (const status of ['Complete', 'Stopped', 'Failed', 'NeedsAttention', 'TimedOut', 'failedupload']) {
			basespace.addRun([project], { name: `old ${status}`, status, dateCreated: ago(95) });
			basespace.addRun([project], { name: `ripe ${status}`, status, dateCreated: ago(65) });
		}
		basespace.addRun([project], { name: 'new state', status: 'Reticulating', dateCreated: ago(95) });
		const { lines, needsAction } = await scene.pass();
		expect(needsAction).toEqual([]);
		expect(scene.done().sort()).toEqual([
			...['archive ripe Complete', 'archive ripe Failed', 'archive ripe Stopped'],
			...['delete old Complete', 'delete old Failed', 'delete old NeedsAttention', 'delete old Stopped'],
			...['delete old TimedOut', 'delete old failedupload'],
		]);
		expect(lines.join('\n')).toMatch(/3 in a state in which BaseSpace does not archive: run ripe /);
		expect(lines.join('\n')).toMatch(/1 unfinished: run new state/);
	});

	it.each(['0001-01-01T00:00:00.0000000Z', '1970-01-01T00:00:00.0000000Z', '2099-01-01T00:00:00Z', 'never'])(
		'leaves alone what was made at %s, and says so',
		async (dateWritten) => {
			const { scene, project } = await sceneWithProject();
			scene.basespace.addDataset(project, { name: 'timeless', dateWritten });
			const { lines } = await scene.pass();
			expect(scene.done()).toEqual([]);
			expect(lines.join('\n')).toMatch(/Left alone: 1 without a date that can be.*: dataset timeless/);
		},
	);

	it('ages each dataset of a sample and lane by itself', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'M-181-2_L1', dateCreated: scene.ago(91) });
		scene.basespace.addDataset(project, { name: 'M-181-2_L2', dateCreated: scene.ago(70) });
		scene.basespace.addDataset(project, { name: 'M-181-2_L1', dateCreated: scene.ago(92) });
		await scene.pass();
		expect(scene.done().sort()).toEqual(['archive M-181-2_L2', 'delete M-181-2_L1', 'delete M-181-2_L1']);
	});

	it('reads lists that do not say how long they are, to their end', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.areListsCounted = false;
		for (let n = 0; n < 400; n++) {
			scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		}
		await scene.pass({ max_deletions: '400', empty_trash: true });
		expect([scene.done().length, scene.basespace.timesEmptied]).toEqual([400, 1]);
	});

	it('leaves alone projects that have the same name, and asks for a person', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addProject('Core 2026', scene.basespace.other);
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		const { needsAction } = await scene.pass();
		expect(needsAction).toEqual(['several BaseSpace projects are named Core 2026: rename all but one']);
		expect(scene.done()).toEqual([]);
	});

	it('never asks for the runs of no project', async () => {
		const scene = await bsshScene();
		scene.named(95, []);
		scene.basespace.addRun([], { dateCreated: scene.ago(200) });
		expect((await scene.pass()).needsAction).toEqual([]);
		expect(scene.basespaceOperations()).toEqual(['getToken']);
	});

	it('takes no part in the ageing of a project that is not managed by BaseSpace, but for analyses that are', async () => {
		const scene = await bsshScene({ externallyManaged: false });
		const project = scene.basespace.addProject('Core 2026');
		scene.basespace.addDataset(project, { name: 'old', dateCreated: scene.ago(95) });
		scene.named(95, ['Core 2026']);
		const plain = scene.named(95, [], { files: fastqs('M-2') });
		await scene.pass();
		expect(scene.done()).toEqual(['delete old']);
		expect(scene.world.actions.map(({ item }) => item)).toEqual([plain.outputFolder]);
	});

	it('touches nothing in BaseSpace without a token, and says how to turn it on', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		const { lines } = await passInProcess(scene, scene.folder);
		expect(lines.join('\n')).toContain('for which this program needs --basespace_access_token_file');
		expect(scene.basespaceOperations()).toEqual([]);
	});

	it('changes nothing in a dry run, and shows the lines of the real pass', async () => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		basespace.addDataset(project, { dateCreated: ago(60) });
		basespace.addDataset(project, { dateCreated: ago(95) });
		basespace.addRun([project], { dateCreated: ago(95), isArchived: true });
		const dry = await scene.pass({ dry_run: true, empty_trash: true });
		expect(scene.basespaceOperations().filter((operation) => !looking.has(operation))).toEqual([]);
		expect(existsSync(join(scene.folder, 'analyses_managed_table.txt.basespace'))).toBe(false);
		const real = await scene.pass({ empty_trash: true });
		const about = (lines: readonly string[], verbs: RegExp): string[] =>
			lines
				.filter((line) => verbs.test(line))
				.map((line) => line.replace(verbs, ''))
				.sort();
		const would = about(dry.lines, /Would (?:delete|archive|unarchive) /);
		expect(would).toHaveLength(3);
		expect(would).toEqual(about(real.lines, /(?:Deleting|Archiving|Unarchiving) /));
		expect(dry.lines.join('\n')).toContain("Would empty BaseSpace's trash");
	});

	it('deletes none of more than --max_deletions, and says how to go on; archiving goes on', async () => {
		const { scene, project } = await sceneWithProject();
		for (let n = 0; n < 26; n++) {
			scene.basespace.addDataset(project, { dateCreated: scene.ago(95 + n) });
		}
		scene.basespace.addDataset(project, { name: 'ripe', dateCreated: scene.ago(60) });
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual([
			'26 datasets and runs of BaseSpace are due for deletion, more than allowed',
		]);
		expect(lines.join('\n')).toMatch(
			/26 datasets and runs of BaseSpace are due for deletion, more than the 25 .*run once: umich-orchestrator --some options --max_deletions 26/,
		);
		expect(scene.done()).toEqual(['archive ripe']);
		const dry = await scene.pass({ dry_run: true });
		expect(dry.needsAction).toEqual(needsAction);
		expect(dry.lines.filter((line) => line.includes('Would delete'))).toEqual([]);
		expect(dry.lines.filter((line) => line.startsWith('info: Due, and not deleted: dataset'))).toHaveLength(
			26,
		);
		expect(dry.summary).toContain('26 due and not done');
		expect((await scene.pass({ max_deletions: '26' })).needsAction).toEqual([]);
		expect(scene.done()).toHaveLength(27);
	});

	it.each([2 * hour, -2 * hour])('touches nothing when the clocks differ by %d ms', async (skew) => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		scene.simulator.dateSkewMillis = skew;
		expect((await scene.pass()).needsAction).toEqual(['old data could not be archived or deleted']);
		expect(scene.basespaceOperations()).toEqual([]);
	});
});

describe('what is still to be delivered', () => {
	it('holds the projects that it names and the run that it comes from, and lets go when it is recorded', async () => {
		const scene = await bsshScene();
		const { basespace, ago } = scene;
		const [held, free] = ['Held', 'Free'].map((name) => basespace.addProject(name));
		const late = scene.named(95, ['Held'], { run: '20260220_LH00619_0077_A22CCFJLT4' }, false);
		scene.named(95, ['Free']);
		for (const project of [held, free].filter((each) => each !== undefined)) {
			basespace.addDataset(project, { name: `dataset of ${project.name}`, dateCreated: ago(94) });
			basespace.addRun([project], { name: `run of ${project.name}`, dateCreated: ago(96) });
		}
		if (free !== undefined) {
			basespace.addRun([free], { name: late.run, dateCreated: ago(96) });
		}
		const { lines, needsAction } = await scene.pass();
		expect(needsAction).toEqual([]);
		expect(scene.done().sort()).toEqual(['delete dataset of Free', 'delete run of Free']);
		expect(lines.filter((line) => line.includes('Holding')).sort()).toEqual([
			expect.stringMatching(
				`Holding dataset dataset of Held .*${late.reference}, which names its project, was not delivered when the pass began`,
			),
			expect.stringMatching(
				`Holding run 20260220_LH00619_0077_A22CCFJLT4 .*${late.reference} was not delivered when the pass began`,
			),
			expect.stringMatching(
				/Holding run run of Held .*an analysis that names its project is still to be delivered/,
			),
		]);
		await scene.pass();
		expect(scene.done().slice(2)).toEqual(['delete run of Held']);
		scene.world.advanceDays(14);
		await scene.pass();
		expect(scene.done()).toHaveLength(5);
	});

	it('has one line when many are held for the same reason', async () => {
		const { scene, project } = await sceneWithProject();
		for (let n = 0; n < 30; n++) {
			scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		}
		const late = scene.named(92, ['Core 2026'], {}, false);
		const { lines, summary } = await scene.pass();
		const holding = lines.filter((line) => line.includes('Holding'));
		expect(holding).toEqual([
			expect.stringMatching(/^info: Holding 30 datasets in BaseSpace \(dataset .* and 27 more\): /),
		]);
		expect(holding[0]).toContain(`${late.reference}, which names its project, was not delivered`);
		expect(summary).toContain('in BaseSpace 30 held');
	});

	it('holds its run, too, when it is young, and the run of an analysis that is under way', async () => {
		const { scene, project } = await sceneWithProject();
		const runs = ['20260101_LH00619_0001_A', '20260101_LH00619_0002_B'];
		scene.named(1, [], { run: runs[0] ?? '' }, false);
		scene.world.forceLinkJobEnd('FAILED');
		scene.named(0.1, [], { run: runs[1] ?? '', status: 'IN_PROGRESS', endDate: null }, false);
		for (const name of runs) {
			scene.basespace.addRun([project], { name, dateCreated: scene.ago(95) });
		}
		const { lines } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(lines.join('\n')).toMatch(/Holding run 20260101_LH00619_0001_A .* was not delivered/);
		expect(lines.join('\n')).toMatch(/Holding run 20260101_LH00619_0002_B .* is under way/);
	});

	it('holds everything when it cannot be read which projects it names', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		const files = [...fastqs('M-1'), { path: 'bsshoutput.json', content: 'x', status: 'ARCHIVED' as const }];
		scene.named(70, [], { files }, false);
		const { lines } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(lines.join('\n')).toContain('was not delivered when the pass began, and which projects it names');
	});
});

describe('an analysis without a bsshoutput.json', () => {
	it('that is still to be delivered holds everything, since nobody knows which project it is about', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'old', dateCreated: scene.ago(95) });
		const late = scene.named(80, [], { files: fastqs('M-7') }, false);
		const { lines } = await scene.pass();
		expect(scene.done()).toEqual([]);
		expect(lines.join('\n')).toMatch(
			new RegExp(`Holding dataset old .*${late.reference} was not delivered when the pass began, and which`),
		);
		await scene.pass();
		expect(scene.done()).toEqual(['delete old']);
	});
});

describe('bsshoutput.json', () => {
	it('is downloaded once, and is not needed any more when it has gone into the archive with the data', async () => {
		const scene = await bsshScene();
		const project = scene.basespace.addProject('Core 2026');
		const analysis = scene.named(61, ['Core 2026']);
		const dataset = scene.basespace.addDataset(project, {
			dateCreated: scene.ago(60.5),
			data: analysis.files,
		});
		await scene.pass();
		expect(analysis.files.map(({ status }) => status)).toContain('ARCHIVED');
		const downloads = scene.simulator.s3Exchanges.length;
		expect(downloads).toBe(1);
		scene.world.advanceDays(30);
		await scene.pass();
		scene.world.advanceDays(2);
		await scene.pass({ empty_trash: true });
		expect(scene.simulator.s3Exchanges).toHaveLength(downloads);
		expect([dataset.state, scene.done().length, analysis.files.every(({ gone }) => gone)]).toEqual([
			'gone',
			3,
			true,
		]);
		scene.world.advanceDays(8);
		await scene.pass();
		expect(memoryOf(scene)).toEqual({ outputs: {}, projects: [], restoring: {}, trashed: [] });
	});

	it('that is archived or cannot be read is reported, and the others are aged', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'old', dateCreated: scene.ago(95) });
		const cold = { path: 'bsshoutput.json', content: '{}', status: 'ARCHIVED' as const };
		scene.named(95, [], { files: [cold] });
		expect(await scene.pass()).toMatchObject({
			needsAction: [],
			lines: expect.arrayContaining([
				expect.stringMatching(/^info: Which BaseSpace projects 1 analysis named/),
			]),
		});
		expect(scene.done()).toEqual(['delete old']);
		scene.named(95, [], { files: [{ path: 'bsshoutput.json', content: '{"Projects": []}' }] });
		for (const file of scene.named(95, ['X']).files) {
			scene.world.refuseCredentials(file);
		}
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual(['the BaseSpace projects of 2 analyses could not be read']);
		expect(lines.filter((line) => line.startsWith('warn: '))).toHaveLength(2);
	});
});

describe('the trash', () => {
	it('is emptied when it holds only what this program put there, in this pass or before', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'one', dateCreated: scene.ago(95) });
		await scene.pass();
		expect([scene.basespace.timesEmptied, memoryOf(scene).trashed.length]).toEqual([0, 1]);
		await scene.pass({ empty_trash: true });
		expect(scene.basespace.timesEmptied).toBe(0);
		scene.basespace.addRun([project], { name: 'two', dateCreated: scene.ago(95) });
		const { lines } = await scene.pass({ empty_trash: true });
		expect(lines).toContain(
			"info: Emptied BaseSpace's trash: 2 things in it, all put there by this program.",
		);
		expect([scene.basespace.timesEmptied, memoryOf(scene).trashed]).toEqual([1, []]);
	});

	it.each(['dataset', 'project'])(
		'is left when somebody else put a %s there, and says what',
		async (kind) => {
			const { scene, project } = await sceneWithProject();
			scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
			if (kind === 'dataset') {
				scene.basespace.addDataset(project, { name: 'precious' }).state = 'in the trash';
			} else {
				scene.basespace.otherTrash = ['precious'];
			}
			const { lines, needsAction } = await scene.pass({ empty_trash: true });
			expect(scene.basespace.timesEmptied).toBe(0);
			expect(needsAction).toEqual(["BaseSpace's trash was not emptied"]);
			expect(lines).toContain(
				"warn: BaseSpace's trash is not emptied: 1 thing in it that this program did not put there: precious.",
			);
		},
	);

	it('is left when the program has lost its state file, or BaseSpace does not list what was just put there', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'one', dateCreated: scene.ago(95) });
		await scene.pass();
		writeFileSync(join(scene.folder, 'analyses_managed_table.txt.basespace'), '{"torn');
		scene.basespace.addDataset(project, { name: 'two', dateCreated: scene.ago(95) });
		const { lines } = await scene.pass({ empty_trash: true });
		expect(lines.join('\n')).toContain(
			'analyses_managed_table.txt.basespace cannot be read, and is begun anew',
		);
		expect(lines.join('\n')).toContain('1 thing in it that this program did not put there: one');

		const other = await sceneWithProject();
		other.scene.basespace.addDataset(other.project, { dateCreated: other.scene.ago(95) });
		other.scene.simulator.addFault({
			server: 'basespace',
			operation: 'listTrash',
			answer: { kind: 'json', body: { Items: [], Paging: { TotalCount: 0 } } },
		});
		expect((await other.scene.pass({ empty_trash: true })).lines.join('\n')).toContain(
			'BaseSpace does not list everything in it',
		);
		expect([scene, other.scene].map(({ basespace }) => basespace.timesEmptied)).toEqual([0, 0]);
	});

	it('is left when somebody has put there again what he had taken out of it', async () => {
		const { scene, project } = await sceneWithProject();
		const taken = scene.basespace.addDataset(project, { name: 'taken', dateCreated: scene.ago(95) });
		await scene.pass();
		taken.state = 'there';
		await scene.pass({ days_to_delete: '200' });
		taken.state = 'in the trash';
		scene.basespace.addDataset(project, { name: 'other', dateCreated: scene.ago(95) });
		const { lines } = await scene.pass({ empty_trash: true });
		expect(lines.join('\n')).toContain('1 thing in it that this program did not put there: taken');
		expect(scene.basespace.timesEmptied).toBe(0);
	});

	it('that could not be emptied is emptied by a later pass, with nothing new to delete', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		const answer = { kind: 'status', status: 503 } as const;
		scene.simulator.addFault({ server: 'basespace', operation: 'emptyTrash', answer });
		expect((await scene.pass({ empty_trash: true })).needsAction).toHaveLength(1);
		expect(scene.basespace.timesEmptied).toBe(0);
		expect((await scene.pass({ empty_trash: true })).needsAction).toEqual([]);
		expect(scene.basespace.timesEmptied).toBe(1);
		await scene.pass({ empty_trash: true });
		expect([scene.basespace.timesEmptied, memoryOf(scene).trashed]).toEqual([1, []]);
	});

	it('is asked to be emptied once, whatever comes of it', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		scene.simulator.addFault({
			server: 'basespace',
			operation: 'emptyTrash',
			times: 9,
			answer: { kind: 'status', status: 503 },
		});
		const { needsAction } = await scene.pass({ empty_trash: true });
		expect(needsAction).toEqual(["BaseSpace's trash was not emptied"]);
		expect(scene.basespaceOperations().filter((operation) => operation === 'emptyTrash')).toHaveLength(1);
	});
});

describe('what a token allows', () => {
	it('read only: a list of what could not be done, a person is asked for, the rest of the pass is done', async () => {
		const { scene, project } = await sceneWithProject();
		const { basespace, ago } = scene;
		basespace.scopes = ['BROWSE GLOBAL', 'READ GLOBAL'];
		basespace.addDataset(project, { name: 'old', dateCreated: ago(95) });
		basespace.addRun([project], { name: 'ripe', dateCreated: ago(65) });
		const fresh = scene.named(1, [], {}, false);
		const { lines, needsAction, summary } = await scene.pass({ empty_trash: true });
		expect(needsAction).toEqual([
			'BaseSpace does not allow this token to archive or delete 1 dataset and 1 run',
		]);
		expect(lines).toContain(
			'warn: The BaseSpace token lacks 3 scopes: WRITE GLOBAL (stops archiving and unarchiving), ' +
				'MOVETOTRASH GLOBAL (stops deleting), EMPTY TRASH (stops emptying the trash). ' +
				'This command of the BaseSpace CLI makes a token that has what is needed: ' +
				'bs auth --scopes "BROWSE GLOBAL,READ GLOBAL,WRITE GLOBAL,MOVETOTRASH GLOBAL,EMPTY TRASH" --force ' +
				`--api-server ${scene.simulator.basespaceUrl}`,
		);
		expect(lines.filter((line) => line.includes('Not done')).sort()).toEqual([
			expect.stringMatching(/^error: Not done, since the token lacks MOVETOTRASH GLOBAL: delete dataset old/),
			expect.stringMatching(/^error: Not done, since the token lacks WRITE GLOBAL: archive run ripe/),
		]);
		expect(summary).toContain('1 analysis delivered');
		expect(summary).toContain('in BaseSpace 2 due and not done');
		expect(readFileSync(join(scene.folder, 'analyses_managed_table.txt'), 'utf8')).toContain(fresh.id);
		expect(scene.basespaceOperations().filter((operation) => !looking.has(operation))).toEqual([]);
		expect(
			scene.simulator.basespaceExchanges.filter(({ operation }) => operation === 'getToken'),
		).toHaveLength(1);
	});

	it('not even reading, or a token that is not accepted: nothing is touched, and a person is asked for', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		scene.basespace.scopes = ['WRITE GLOBAL'];
		const without = await scene.pass();
		expect(without.lines.join('\n')).toContain(
			'error: The BaseSpace token lacks BROWSE GLOBAL and READ GLOBAL.',
		);
		scene.simulator.addFault({
			server: 'basespace',
			operation: 'getToken',
			answer: { kind: 'status', status: 401 },
		});
		const refused = await scene.pass();
		expect(refused.lines.join('\n')).toMatch(
			/error: Could not look up what the BaseSpace token allows: BaseSpace, status 401.* Is the token in token\.cfg still good/,
		);
		for (const { needsAction } of [without, refused]) {
			expect(needsAction).toEqual(['old data could not be archived or deleted in BaseSpace']);
		}
	});
});

describe('trouble with BaseSpace', () => {
	it('does not keep the others, when one of a batch is refused', async () => {
		const { scene, project } = await sceneWithProject();
		const [first, second, third] = ['a', 'b', 'c', 'd'].map((name) =>
			scene.basespace.addDataset(project, { name, dateCreated: scene.ago(70) }),
		);
		if (first !== undefined && second !== undefined && third !== undefined) {
			scene.basespace.refuse(first, 409, 'Busy.');
			scene.basespace.refuse(second, 403, 'Not yours.');
			scene.basespace.refuse(third, 500, 'Broken.');
		}
		const { needsAction } = await scene.pass();
		expect(scene.done()).toEqual(['archive d']);
		expect(needsAction).toEqual([
			'BaseSpace does not allow this token to archive or delete 1 dataset',
			'1 dataset could not be archived or deleted in BaseSpace',
		]);
	});

	it('a deletion whose answer is lost is done, and goes into the trash that may be emptied', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'old', dateCreated: scene.ago(95) });
		scene.simulator.addFault({
			server: 'basespace',
			operation: 'deleteDataset',
			answer: { kind: 'reset' },
			afterEffect: true,
		});
		const { needsAction, lines, summary } = await scene.pass({ empty_trash: true });
		expect(needsAction).toEqual([]);
		expect(lines.filter((line) => line.includes('Deleting dataset old'))).toHaveLength(1);
		expect(summary).toContain('in BaseSpace 1 deleted');
		expect(scene.basespace.timesEmptied).toBe(1);
	});

	it('what is gone before it is deleted needs nobody, and has no line that says that it was', async () => {
		const { scene, project } = await sceneWithProject();
		const old = scene.basespace.addDataset(project, { name: 'old', dateCreated: scene.ago(95) });
		scene.basespace.refuse(old, 404, 'Not found.');
		const { needsAction, lines, summary } = await scene.pass();
		expect(needsAction).toEqual([]);
		expect(lines.join('\n')).not.toContain('Deleting');
		expect(lines.join('\n')).toMatch(/info: dataset old \(ds\.\w+\) is gone from BaseSpace/);
		expect(summary).not.toContain('due and not done');
		expect(memoryOf(scene).trashed).toEqual([]);
	});

	it('passing trouble is waited out', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'old', dateCreated: scene.ago(95) });
		for (const status of [429, 503]) {
			scene.simulator.addFault({ server: 'basespace', times: 2, answer: { kind: 'status', status } });
		}
		expect((await scene.pass()).needsAction).toEqual([]);
		expect(scene.done()).toEqual(['delete old']);
	});

	it('an outage costs the ageing there, and leaves the deliveries as they are', async () => {
		const { scene } = await sceneWithProject();
		const fresh = scene.named(1, [], {}, false);
		scene.simulator.addFault({ server: 'basespace', times: 999, answer: { kind: 'reset' } });
		const { needsAction } = await scene.pass();
		expect(needsAction).toEqual(['old data could not be archived or deleted in BaseSpace']);
		expect(readFileSync(join(scene.folder, 'analyses_managed_table.txt'), 'utf8')).toContain(fresh.id);
	});

	it('does not have a bsshoutput.json downloaded again', async () => {
		const { scene } = await sceneWithProject();
		for (let passes = 0; passes < 2; passes++) {
			scene.simulator.addFault({ server: 'basespace', operation: 'listProjects', answer: { kind: 'html' } });
			expect((await scene.pass()).needsAction).toHaveLength(1);
		}
		expect(scene.simulator.s3Exchanges).toHaveLength(1);
	});

	it.each([
		['listDatasets', { kind: 'html' }],
		['listRuns', { kind: 'json', body: { Items: [], Paging: { TotalCount: 3 } } }],
		['listProjects', { kind: 'json', body: { Response: {} } }],
	] as const)('an answer of %s that is not what it should be stops all of it', async (operation, answer) => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		scene.simulator.addFault({ server: 'basespace', operation, times: 9, answer });
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual(['old data could not be archived or deleted in BaseSpace']);
		expect(lines.join('\n')).toMatch(
			/error: Could not list the .*BaseSpace.* Nothing was archived or deleted in BaseSpace/,
		);
		expect(scene.done()).toEqual([]);
	});

	it('an entry that cannot be read is passed over, and said', async () => {
		const { scene, project } = await sceneWithProject();
		scene.basespace.addDataset(project, { name: 'good', dateCreated: scene.ago(95) });
		scene.basespace.addDataset(project, { name: 'bad', dateCreated: scene.ago(95) });
		const spoil = (body: unknown): unknown =>
			JSON.parse(JSON.stringify(body).replace('"Name":"bad"', '"Name":""'));
		scene.simulator.addFault({
			server: 'basespace',
			operation: 'listDatasets',
			answer: { kind: 'rewrite', change: spoil },
		});
		expect((await scene.pass()).needsAction).toEqual(['1 entry of BaseSpace could not be read']);
		expect(scene.done()).toEqual(['delete good']);
	});
});
