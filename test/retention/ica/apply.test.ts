import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agedScene, day, hour, noon as now } from '../../helpers/aged-scene.ts';
import { fastqs, lookingOperations } from '../../helpers/scene.ts';
import type { Analysis } from '../../simulator/model.ts';

describe('the ageing of data', () => {
	it('archives at 60 days and deletes at 90, deletions first, and touches nothing else', async () => {
		const scene = await agedScene();
		const young = scene.aged(59.99);
		const ripe = scene.aged(60);
		const old = scene.aged(90);
		const running = scene.aged(200, { status: 'IN_PROGRESS', endDate: null });
		const other = scene.aged(95, { pipelineCode: 'DRAGEN Germline 4.3.6' }, false);
		const failed = scene.aged(95, { status: 'FAILED' }, false);
		const upload = scene.world.addFile(scene.source, '/uploads/precious.fastq.gz', {
			timeCreated: new Date('2020-01-01T00:00:00Z'),
		});

		const { lines, needsAction, summary } = await scene.pass();

		expect(needsAction).toEqual([]);
		expect(scene.done().slice(0, 3).sort()).toEqual(
			[old, other, failed].map((each) => `delete ${each.reference}`).sort(),
		);
		expect(scene.done().slice(3)).toEqual([`archive ${ripe.reference}`]);
		expect([young, running].map((each) => scene.statuses(each))).toEqual([['AVAILABLE'], ['AVAILABLE']]);
		expect(upload.gone).toBe(false);
		expect(summary).toContain('old data: 3 deleted (12.6 MB), 1 archived (4.2 MB)');
		expect(lines).toContainEqual(
			`info: Deleting ${old.reference}: 90.0 days old, 4 files (2 MGI's, delivered 2026-02-28T12:00Z), 4.2 MB, in /ilmn-analyses/ (${old.outputFolder?.id}): 90 days old or older.`,
		);
	});

	it('brings back from the archive what is due for deletion, and deletes it in a later pass', async () => {
		const scene = await agedScene();
		scene.world.unarchiveMillis = 30 * hour;
		const archived = scene.aged(91, { dataStatus: 'ARCHIVED' });
		await scene.pass();
		expect(scene.statuses(archived)).toEqual(['UNARCHIVING']);
		const second = await scene.pass();
		expect(second.lines.join('\n')).toContain(`Waiting with ${archived.reference}`);
		scene.world.advance(31 * hour);
		await scene.pass();
		expect(scene.done()).toEqual([`unarchive ${archived.reference}`, `delete ${archived.reference}`]);
		scene.world.advance(hour);
		expect(scene.statuses(archived)).toEqual(['gone']);
		expect((await scene.pass()).lines.join('\n')).not.toContain(archived.reference);
	});

	it('changes nothing in a dry run, and shows the lines of the real pass', async () => {
		const scene = await agedScene();
		scene.aged(60);
		scene.aged(90);
		scene.aged(91, { dataStatus: 'ARCHIVED' });
		scene.operations();
		const dry = await scene.pass({ dry_run: true });
		expect(scene.done()).toEqual([]);
		expect(scene.operations().filter((operation) => !lookingOperations.has(operation))).toEqual([]);
		const real = await scene.pass();
		const about = (lines: readonly string[], verbs: RegExp): string[] =>
			lines
				.filter((line) => verbs.test(line))
				.map((line) => line.replace(verbs, ''))
				.sort();
		expect(about(dry.lines, /Would (?:delete|archive|unarchive) /)).toHaveLength(3);
		expect(about(dry.lines, /Would (?:delete|archive|unarchive) /)).toEqual(
			about(real.lines, /(?:Deleting|Archiving|Unarchiving) /),
		);
		expect(dry.summary.replace(/^.*old data/, '')).toBe(real.summary.replace(/^.*old data/, ''));
	});

	it('holds what was not delivered when the pass began, though this pass delivers it', async () => {
		const scene = await agedScene();
		const late = scene.aged(95, { files: fastqs('M-1-2') }, false);
		const first = await scene.pass();
		expect(first.lines.join('\n')).toMatch(
			/Holding .*: it was not delivered when the pass began; what is delivered stays for 14 days\./,
		);
		expect(first.needsAction).toEqual([]);
		expect(scene.done()).toEqual([]);
		expect(readFileSync(join(scene.folder, 'analyses_managed_table.txt'), 'utf8')).toContain(late.id);
		const second = await scene.pass();
		expect(second.lines.join('\n')).toMatch(
			/Waiting with .*: delivered 2026-05-29T12:00Z, so it is aged from 2026-06-12T12:00Z on\./,
		);
		expect(second.needsAction).toEqual([]);
		scene.world.advanceDays(13.9);
		scene.operations();
		expect((await scene.pass()).lines.join('\n')).toContain(
			'1 old analysis waits for a date or for somebody to act',
		);
		expect(scene.operations()).not.toContain('getAnalysisOutputs');
		expect(scene.done()).toEqual([]);
		scene.world.advanceDays(0.2);
		await scene.pass();
		expect(scene.done()).toEqual([`delete ${late.reference}`]);
	});

	it('holds an output into which data of another project was linked, and asks for a person', async () => {
		const scene = await agedScene();
		const shared = scene.aged(95);
		const foreign = scene.world.addFile(
			scene.world.addProject('somebody else'),
			`${shared.outputFolder?.path}output/theirs.bam`,
		);
		scene.world.link(foreign, scene.source);
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual(['1 analysis due, and held until somebody acts']);
		expect(lines.join('\n')).toContain(
			'1 file of another project linked into it (theirs.bam): unlink them first',
		);
		expect([scene.done(), scene.world.linksLost, foreign.gone]).toEqual([[], [], false]);
	});

	it('holds an output folder into which somebody put a file, and asks for a person', async () => {
		const scene = await agedScene();
		const shared = scene.aged(95);
		scene.world.addFile(scene.source, `${shared.outputFolder?.path}notes.txt`);
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toHaveLength(1);
		expect(lines.join('\n')).toContain(
			'1 file in it that the analysis did not put out (notes.txt): move them first',
		);
		expect(scene.done()).toEqual([]);
	});

	it('is not misled by a folder that has the name of an analysis and belongs to somebody else', async () => {
		const scene = await agedScene();
		const gone = scene.aged(95, { deleted: true });
		const other = scene.world.addProject('somebody else');
		const foreign = scene.world.addFolder(other, `/ilmn-analyses/${gone.reference}/`, {
			timeCreated: gone.startDate ?? now,
		});
		scene.world.link(foreign, scene.source);
		expect((await scene.pass()).needsAction).toEqual([]);
		expect([scene.done(), foreign.gone]).toEqual([[], false]);
	});

	it('deletes none of more than --max_deletions, and says how to go on; archiving goes on', async () => {
		const scene = await agedScene();
		const old = Array.from({ length: 26 }, (_, n) => scene.aged(95 + n));
		const ripe = scene.aged(60);
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual(['26 analyses are due for deletion, more than allowed']);
		const warning = lines.find((line) => line.startsWith('warn: '));
		expect(warning).toContain(
			'26 analyses are due for deletion, more than the 25 that --max_deletions allows, so none is deleted',
		);
		expect(warning).toContain(
			`the oldest is ${old[25]?.reference} (120.0 days), the newest ${old[0]?.reference} (95.0 days)`,
		);
		expect(warning).toContain(
			'Look: umich-orchestrator --some options --dry_run. If that is what you want, run once: umich-orchestrator --some options --max_deletions 26',
		);
		expect(scene.done()).toEqual([`archive ${ripe.reference}`]);

		const dry = await scene.pass({ dry_run: true });
		expect(dry.needsAction).toEqual(needsAction);
		expect(dry.lines.filter((line) => line.includes('Would delete'))).toEqual([]);
		expect(dry.lines.filter((line) => line.includes('Due, and not deleted: '))).toHaveLength(26);
		expect(dry.summary).toContain('26 due and not done');

		expect((await scene.pass({ max_deletions: '26' })).needsAction).toEqual([]);
		expect(scene.done()).toHaveLength(27);
	});

	it.each([2 * hour, -2 * hour])(
		'touches nothing when the clocks differ by %d ms, and asks for a person',
		async (skew) => {
			const scene = await agedScene();
			scene.aged(95);
			scene.simulator.dateSkewMillis = skew;
			const { needsAction, lines } = await scene.pass();
			expect(needsAction).toEqual(['old data could not be archived or deleted']);
			expect(lines.join('\n')).toMatch(
				/error: This machine's clock is (?:1 h 59 min|2 h) (?:behind|ahead of) ICA's: set it right\. Nothing was archived or deleted\./,
			);
			expect(scene.done()).toEqual([]);
		},
	);

	it('goes on with the others when ICA refuses one analysis, has lost it, or cannot change it now', async () => {
		const scene = await agedScene();
		const [good, forbidden, busy, broken] = [95, 96, 97, 98].map((days) => scene.aged(days));
		const folderOf = (analysis: Analysis | undefined) =>
			analysis?.outputFolder ?? scene.world.addFolder(scene.source, '/x/');
		scene.world.refuseAction(folderOf(forbidden), 403, 'Not yours.');
		scene.world.refuseAction(folderOf(busy), 409, 'Busy.');
		scene.world.refuseAction(folderOf(broken), 500, 'Broken.');
		const { needsAction, lines } = await scene.pass();
		expect(scene.done()).toEqual([`delete ${good?.reference}`]);
		expect(needsAction).toEqual([
			'ICA did not let 1 analysis be archived or deleted',
			'1 analysis could not be archived or deleted',
		]);
		expect(lines.join('\n')).toMatch(
			/info: Could not delete .*Busy\. It is under way, or not to be changed now/,
		);
	});

	it('says once that an externally managed project cannot be aged through ICA, and asks for nobody', async () => {
		const scene = await agedScene();
		for (let n = 0; n < 10; n++) {
			scene.aged(95 + n);
		}
		Object.assign(scene.source, { externallyManaged: true });
		scene.operations();
		const { needsAction, lines } = await scene.pass();
		expect(needsAction).toEqual([]);
		expect(lines.filter((line) => line.includes('BaseSpace Sequence Hub'))).toHaveLength(1);
		expect(scene.operations().filter((operation) => operation === 'deleteData')).toHaveLength(3);
	});

	it('says that nothing is archived when deletion comes first, without a warning', async () => {
		const scene = await agedScene();
		scene.aged(95);
		const { lines } = await scene.pass({ days_to_archive: '100' });
		expect(lines).toContain(
			'info: Data is deleted at 90 days, before it could be archived at 100: nothing is archived.',
		);
		expect(lines.filter((line) => !line.startsWith('info: '))).toEqual([]);
	});

	it('fails by itself when it cannot find out what is due, and leaves the deliveries as they are', async () => {
		const scene = await agedScene();
		scene.aged(95);
		scene.simulator.addFault({
			operation: 'getProjectDataList',
			where: ({ query }) => query.has('parentFolderPath'),
			times: 9,
			answer: { kind: 'html' },
		});
		const { needsAction, summary } = await scene.pass();
		expect(needsAction).toEqual(['old data could not be archived or deleted']);
		expect(summary).toBe('Pass done: nothing to deliver');
		expect(scene.done()).toEqual([]);
	});
});

/** What must have become of data of so many days when a pass has run on each of them; undefined while it is under way. */
function stateAt(days: number): string | undefined {
	if (days < 60) {
		return 'AVAILABLE';
	}
	if (days < 61 || (days >= 90 && days < 95)) {
		return undefined;
	}
	return days < 90 ? 'ARCHIVED' : 'gone';
}

describe('forty days of passes', () => {
	it('archive and delete exactly what is due, name each action once, and touch nothing else', async () => {
		const scene = await agedScene();
		const { world } = scene;
		world.archiveMillis = 5 * hour;
		world.unarchiveMillis = 30 * hour;
		world.deleteMillis = 2 * hour;
		const plain = Array.from({ length: 21 }, (_, n) => scene.aged(25 + n * 4.1));
		const archived = [61, 75, 88, 100].map((days) => scene.aged(days, { dataStatus: 'ARCHIVED' }));
		const others = [70, 92].map((days) => scene.aged(days, { status: 'FAILED' }, false));
		const gone = [95, 200].map((days) => scene.aged(days, { deleted: true }));
		const running = scene.aged(80, { status: 'IN_PROGRESS', endDate: null });
		const undeliverable = scene.aged(100, { files: fastqs('M-1-2') }, false);
		world.forceLinkOutcome(undeliverable.files[0]?.id ?? '', 'FAILED', 'no right');
		const shared = scene.aged(85);
		const foreign = world.addFile(world.addProject('other'), `${shared.outputFolder?.path}theirs.bam`);
		world.link(foreign, scene.source);
		const upload = world.addFile(scene.source, '/uploads/precious.bam', {
			timeCreated: new Date('2020-01-01'),
		});

		const lines: string[] = [];
		for (let today = 0; today <= 40; today++) {
			lines.push(...(await scene.pass()).lines);
			world.advance(day);
		}

		const ageOf = (analysis: Analysis): number =>
			Math.floor((now.getTime() - (analysis.startDate?.getTime() ?? 0)) / day) + 40;
		for (const analysis of [...plain, ...others]) {
			const age = ageOf(analysis);
			const expected = stateAt(age);
			if (expected !== undefined) {
				expect([age, scene.statuses(analysis)]).toEqual([age, [expected]]);
			}
		}
		expect(archived.map((each) => scene.statuses(each))).toEqual([['gone'], ['gone'], ['gone'], ['gone']]);
		expect([running, undeliverable, shared].map((each) => scene.statuses(each))).toEqual([
			['AVAILABLE'],
			['AVAILABLE'],
			['AVAILABLE'],
		]);
		expect([upload.gone, foreign.gone, world.linksLost]).toEqual([false, false, []]);
		const mentioned = (word: RegExp): string[] => lines.filter((line) => word.test(line));
		const verbs = { delete: /Deleting /, unarchive: /Unarchiving /, archive: /Archiving / };
		for (const [action, verb] of Object.entries(verbs)) {
			expect(mentioned(verb)).toHaveLength(world.actions.filter((each) => each.action === action).length);
			expect(new Set(mentioned(verb)).size).toBe(mentioned(verb).length);
		}
		expect(new Set(scene.done()).size).toBe(scene.done().length);
		expect(mentioned(new RegExp(gone.map(({ reference }) => reference).join('|')))).toEqual([]);
	});
});

describe('a quiet pass over a project with a long past', () => {
	it('of 10,000 analyses, 300 of them archived, makes at most 20 requests', async () => {
		const scene = await agedScene();
		for (let n = 0; n < 9700; n++) {
			scene.aged(91 + n / 10, { deleted: true, files: [] });
		}
		for (let n = 0; n < 300; n++) {
			scene.aged(60 + n / 10, { dataStatus: 'ARCHIVED' });
		}
		scene.operations();
		expect((await scene.pass()).needsAction).toEqual([]);
		const requests = scene.operations();
		expect(requests.length).toBeLessThanOrEqual(20);
		expect(scene.done()).toEqual([]);
	});
});
