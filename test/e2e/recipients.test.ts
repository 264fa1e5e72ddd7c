import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawPassOptions } from '../../src/options/pass-options.ts';
import { passInProcess } from '../helpers/in-process.ts';
import type { Installation } from '../helpers/installation.ts';
import { fastqs, type Scene, startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { Analysis, Project } from '../simulator/model.ts';

const day = 24 * 3_600_000;
const table = 'analyses_managed_table.txt';

interface Groups {
	readonly scene: Scene;
	readonly lab: Project;
	readonly tumor: Project;
	readonly installation: Installation;
	/** Writes the recipients file anew. */
	readonly describe: (...rows: readonly string[]) => void;
}

const usualRows = ['MGI,^M[-_],MGI', 'Lab,^L-,Lab project', 'Tumor,^T-,Tumor project'];

/** Three groups, and an installation that knows them by a recipients file. */
async function groups(source = {}): Promise<Groups> {
	const scene = await startScene({}, { source });
	const lab = scene.world.addProject('Lab project');
	const tumor = scene.world.addProject('Tumor project');
	const installation = scene.install([
		'--source_project_name',
		'bssh_core',
		'--recipients_file',
		'recipients.csv',
		'--summary_file',
		'summary.json',
	]);
	const describeGroups = (...rows: readonly string[]): void =>
		writeFileSync(join(installation.folder, 'recipients.csv'), `name,pattern,project\n${rows.join('\n')}\n`);
	describeGroups(...usualRows);
	return { scene, lab, tumor, installation, describe: describeGroups };
}

/** The rows of an analysis's manifest in a project; undefined when there is none. */
function manifestIn({ world }: Scene, project: Project, { reference }: Analysis): string[] | undefined {
	const item = world.findByPath(project, `/fastq_manifests/${reference}.download_manifest.csv`);
	return item && world.contentOf(item)?.toString().trimEnd().split('\n').slice(1);
}

function rowsOf(analysis: Analysis, beginning: string, project: Project): string[] {
	return analysis.files
		.filter(({ name }) => name.startsWith(beginning))
		.map((file) => `${file.name},${file.path},${file.id},${project.id}`);
}

function linkJobs({ simulator }: Scene): string[] {
	return simulator.exchanges
		.filter(({ operation, method }) => operation.includes('LinkingBatch') && method === 'POST')
		.map(({ path }) => path.split('/')[5] ?? '');
}

describe('several recipients', () => {
	it('get each what is its own, with a manifest of its own, and the analysis is recorded once', async () => {
		const { scene, lab, tumor, installation } = await groups();
		const analysis = scene.analysis({ files: fastqs('M-1', 'L-2', 'T-3', 'PhiX') });
		const outcome = await installation.pass();
		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		for (const [project, beginning, name] of [
			[scene.destination, 'M-', 'MGI'],
			[lab, 'L-', 'Lab'],
			[tumor, 'T-', 'Tumor'],
		] as const) {
			const rows = rowsOf(analysis, beginning, project);
			expect(rows).toHaveLength(2);
			expect(manifestIn(scene, project, analysis)).toEqual(rows);
			const local = `fastq_manifests/${name}/${analysis.reference}.download_manifest.csv`;
			expect(installation.read(local)?.trimEnd().split('\n').slice(1)).toEqual(rows);
			const linked = scene.world.dataOf(project).filter((item) => item.project === scene.source);
			expect(linked.map(({ name: file }) => file)).toEqual(
				analysis.files.filter((file) => file.name.startsWith(beginning)).map((file) => file.name),
			);
		}
		expect(installation.managedIds()).toEqual([analysis.id]);
		expect(outcome.stdout).toContain(
			`Delivered ${analysis.reference}: to MGI 2 of 8 FASTQs, 2.1 MB; 2 linked, 0 already linked; manifest created; ` +
				'to Lab 2 of 8 FASTQs, 2.1 MB; 2 linked, 0 already linked; manifest created; ' +
				'to Tumor 2 of 8 FASTQs, 2.1 MB; 2 linked, 0 already linked; manifest created; samples of nobody: PhiX.',
		);
		expect(JSON.parse(installation.read('summary.json') ?? '')).toMatchObject({
			destination_project: null,
			deliveries: { delivered: 1, files: 6 },
			recipients: [
				{ name: 'MGI', project: { name: 'MGI', id: scene.destination.id }, delivered: 1, files: 2 },
				{ name: 'Lab', project: { name: 'Lab project', id: lab.id }, delivered: 1, files: 2 },
				{ name: 'Tumor', delivered: 1, files: 2 },
			],
		});
	});

	it('wait for none whose project refuses, and what one has is not done again', async () => {
		const { scene, lab, installation } = await groups();
		const analysis = scene.analysis({ files: fastqs('M-1', 'L-2') });
		scene.world.forceLinkOutcome(
			analysis.files.find(({ name }) => name.startsWith('L-'))?.id ?? '',
			'FAILED',
			'no right',
		);
		const first = await installation.pass();
		expect(first.status).toBe(1);
		expect(first.stderr).toContain(`Could not deliver ${analysis.reference} to Lab: `);
		expect(first.stdout).toContain(`Delivered ${analysis.reference}: to MGI 2 of 4 FASTQs`);
		expect(installation.managedIds()).toEqual([]);
		expect(manifestIn(scene, scene.destination, analysis)).toHaveLength(2);
		expect(manifestIn(scene, lab, analysis)).toBeUndefined();
		expect(linkJobs(scene).sort()).toEqual([scene.destination.id, lab.id].sort());

		scene.world.forceLinkOutcome(
			analysis.files.find(({ name }) => name.startsWith('L-'))?.id ?? '',
			'LINKED',
			'',
		);
		const second = await installation.pass();
		expect(second).toMatchObject({ status: 0, stderr: '' });
		expect(second.stdout).not.toContain('to MGI 2 of');
		expect(manifestIn(scene, lab, analysis)).toHaveLength(2);
		expect(linkJobs(scene).sort()).toEqual([scene.destination.id, lab.id, lab.id].sort());
		expect(installation.managedIds()).toEqual([analysis.id]);
	});

	it('get a manifest again that was deleted, whatever an earlier pass has left about it', async () => {
		const { scene, installation } = await groups();
		const analysis = scene.analysis({ files: fastqs('M-1', 'L-2') });
		const late = analysis.files.find(({ name }) => name.startsWith('L-'))?.id ?? '';
		scene.world.forceLinkOutcome(late, 'FAILED', 'not today');
		await installation.pass();
		const state = join(installation.folder, `${table}.state`);
		const before = readFileSync(state);
		scene.world.allowLink(late);
		await installation.pass();
		expect(installation.managedIds()).toEqual([analysis.id]);
		// so it is where the pass that recorded it was killed at its very end
		writeFileSync(state, before);
		const path = `/fastq_manifests/${analysis.reference}.download_manifest.csv`;
		const manifest = scene.world.findByPath(scene.destination, path);
		if (manifest !== undefined) {
			scene.world.remove(manifest);
		}
		writeFileSync(join(installation.folder, table), 'analysis_id_managed,run_id\n');
		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
		expect(manifestIn(scene, scene.destination, analysis)).toEqual(rowsOf(analysis, 'M-', scene.destination));
		expect(installation.managedIds()).toEqual([analysis.id]);
	});

	it('are served though the project of one is not found; its analyses wait, and no old data is touched', async () => {
		const { scene, lab, installation } = await groups({ externallyManaged: false });
		const now = scene.world.now().getTime();
		Object.assign(lab, { name: 'elsewhere' });
		const old = scene.analysis({
			startDate: new Date(now - 95 * day),
			endDate: new Date(now - 94 * day),
			files: fastqs('X-1'),
		});
		writeFileSync(
			join(installation.folder, table),
			`analysis_id_managed,run_id\n${old.id},${old.reference}\n`,
		);
		const mine = scene.analysis({ files: fastqs('M-1') });
		const both = scene.analysis({ files: fastqs('M-1', 'L-2') });
		const outcome = await installation.pass();
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain('ICA shows this key no project of recipient Lab named "Lab project"');
		expect(outcome.stderr).toContain('the project of recipient Lab cannot be used');
		expect(installation.managedIds()).toEqual([old.id, mine.id]);
		expect(manifestIn(scene, scene.destination, both)).toHaveLength(2);
		expect(scene.world.actions).toEqual([]);
		Object.assign(lab, { name: 'Lab project' });
		expect(await installation.pass()).toMatchObject({ status: 0 });
		expect(installation.managedIds()).toEqual([old.id, mine.id, both.id]);
		expect(scene.world.actions.map(({ action }) => action)).toEqual(['delete']);
	});

	it('end the run with status 2 when no project is found, or two have one, before anything is changed', async () => {
		const { scene, lab, tumor, installation, describe: describeGroups } = await groups();
		scene.analysis();
		describeGroups('A,^A,nowhere', 'B,^B,neither');
		expect(await installation.pass()).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('no project of recipient A named "nowhere"'),
		});
		describeGroups('A,^A,Lab project', `B,^B,${lab.id}`, `C,^C,${tumor.id}`);
		expect(await installation.pass()).toMatchObject({
			status: 2,
			stderr: expect.stringContaining(
				'The recipients A and B have one project, Lab project: each needs its own.',
			),
		});
		describeGroups('A,^A,Lab project', 'A,^B,Tumor project');
		scene.operations();
		expect(await installation.pass()).toMatchObject({
			status: 2,
			stderr:
				'Error: recipients.csv, line 3: the name "A" stands in line 2, too: each recipient needs its own.\n',
		});
		expect(scene.operations()).toEqual([]);
		expect(installation.managedIds()).toEqual([]);
	});

	it('do not get what two patterns match: that is reported once a day, and the rest is delivered', async () => {
		const { scene, lab, installation, describe: describeGroups } = await groups();
		describeGroups('MGI,^M[-_],MGI', 'Lab,^(M-9|L-),Lab project');
		const analysis = scene.analysis({ files: fastqs('M-1', 'M-9', 'L-2') });
		const first = await installation.pass();
		expect(first.status).toBe(1);
		expect(first.stderr).toContain(
			`${analysis.reference}: the patterns of several recipients match M-9_S2_L001_R1_001.fastq.gz (MGI, Lab)`,
		);
		expect(first.stderr).toContain('1 analysis open, since the patterns of several recipients match');
		expect(manifestIn(scene, scene.destination, analysis)).toEqual(
			rowsOf(analysis, 'M-1', scene.destination),
		);
		expect(manifestIn(scene, lab, analysis)).toEqual(rowsOf(analysis, 'L-', lab));
		const jobs = linkJobs(scene).length;
		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
		expect(linkJobs(scene)).toHaveLength(jobs);
		expect(installation.managedIds()).toEqual([]);

		describeGroups('MGI,^M-[0-8],MGI', 'Lab,^(M-9|L-),Lab project');
		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
		expect(manifestIn(scene, lab, analysis)).toHaveLength(4);
		expect(installation.managedIds()).toEqual([analysis.id]);
	});

	it('that are added later get new runs, and older ones when their rows are deleted from the table', async () => {
		const { scene, tumor, installation, describe: describeGroups } = await groups();
		describeGroups('MGI,^M[-_],MGI', 'Lab,^L-,Lab project');
		const before = scene.analysis({ files: fastqs('M-1', 'T-3') });
		await installation.pass();
		describeGroups(...usualRows);
		const after = scene.analysis({ files: fastqs('T-4') });
		await installation.pass();
		expect(manifestIn(scene, tumor, before)).toBeUndefined();
		expect(manifestIn(scene, tumor, after)).toHaveLength(2);
		const path = join(installation.folder, table);
		writeFileSync(path, readFileSync(path, 'utf8').replace(`${before.id},${before.reference}\n`, ''));
		expect((await installation.pass()).stdout).toContain(
			'0 linked, 2 already linked; manifest there already',
		);
		expect(manifestIn(scene, tumor, before)).toEqual(rowsOf(before, 'T-', tumor));
	});

	it('age an output by the longest thresholds of those who got something of it', async () => {
		const scene = await startScene({}, { source: { externallyManaged: false } });
		scene.world.addProject('Lab project');
		const folder = temporaryFolder();
		const file = join(folder, 'recipients.csv');
		writeFileSync(
			file,
			'name,pattern,project,days_to_archive,days_to_delete\nMGI,^M-,MGI,,\nLab,^L-,Lab project,never,200\n',
		);
		const pass = () => passInProcess(scene, folder, { recipients_file: file });
		const start = scene.world.now();
		const mine = scene.analysis({ files: fastqs('M-1'), endDate: start });
		const both = scene.analysis({ files: fastqs('M-1', 'L-2'), endDate: start });
		await pass();
		const goneAt = new Map<string, number>();
		for (let days = 1; days <= 205; days++) {
			scene.world.advance(day);
			await pass();
			for (const { reference, outputFolder } of [mine, both]) {
				if (outputFolder?.gone === true && !goneAt.has(reference)) {
					goneAt.set(reference, days);
				}
			}
		}
		const archived = scene.world.actions
			.filter(({ action }) => action === 'archive')
			.map(({ item }) => item.path);
		expect(archived).toEqual([mine.outputFolder?.path]);
		expect(goneAt.get(mine.reference)).toBeLessThan(93);
		expect(goneAt.get(mine.reference)).toBeGreaterThanOrEqual(90);
		expect(goneAt.get(both.reference)).toBeLessThan(203);
		expect(goneAt.get(both.reference)).toBeGreaterThanOrEqual(200);
	}, 120_000);

	it('lose nothing to each other with one line; with two, the one that comes too late says what it has lost', async () => {
		const lifetime = async (lineOf: (group: 'MGI' | 'Lab', folder: string) => RawPassOptions) => {
			const scene = await startScene({}, { source: { externallyManaged: false } });
			const lab = scene.world.addProject('Lab project');
			const analysis = scene.analysis({ files: fastqs('M-1', 'L-2') });
			const folders = { MGI: temporaryFolder(), Lab: temporaryFolder() };
			const pass = (group: 'MGI' | 'Lab') => passInProcess(scene, folders[group], lineOf(group, folders.MGI));
			// Lab's project cannot be found, or its line is not there, while the data is young
			Object.assign(lab, { name: 'renamed' });
			for (const days of [0, 95, 1]) {
				scene.world.advance(days * day);
				await pass('MGI');
			}
			Object.assign(lab, { name: 'Lab project' });
			const { needsAction } = await pass('Lab');
			const linked = scene.world.dataOf(lab).filter(({ project }) => project === scene.source).length;
			return { isGone: analysis.outputFolder?.gone, linked, needsAction: needsAction.join() };
		};
		const two = await lifetime((group) =>
			group === 'MGI' ? {} : { destination_project_name: 'Lab project', mgi_pattern: '^L-' },
		);
		expect(two).toEqual({
			isGone: true,
			linked: 0,
			needsAction: expect.stringContaining('1 analysis never delivered, and the data deleted: '),
		});
		const one = await lifetime((_, folder) => {
			writeFileSync(
				join(folder, 'recipients.csv'),
				'name,pattern,project\nMGI,^M-,MGI\nLab,^L-,Lab project\n',
			);
			return {
				recipients_file: join(folder, 'recipients.csv'),
				analyses_managed_table: join(folder, table),
			};
		});
		expect(one).toEqual({ isGone: false, linked: 2, needsAction: '' });
	});

	it('never read of each other: neither a file, nor a sample, nor a project of another', async () => {
		const sample = fc.constantFrom('M-1', 'M_2', 'L-1', 'L-2', 'T-1', 'X-1', 'PhiX');
		const samples = fc.uniqueArray(sample, { minLength: 1, maxLength: 5 });
		// which files ICA refuses to link, so that people are told why
		const refused = fc.uniqueArray(fc.nat(9));
		const runs = fc.array(fc.tuple(samples, refused), { minLength: 1, maxLength: 4 });
		await fc.assert(
			fc.asyncProperty(runs, async (all) => {
				const scene = await startScene();
				const lab = scene.world.addProject('Lab project');
				const tumor = scene.world.addProject('Tumor project');
				const folder = temporaryFolder();
				const file = join(folder, 'recipients.csv');
				writeFileSync(file, `name,pattern,project\n${usualRows.join('\n')}\n`);
				const analyses = all.map(([some, unlucky]) => {
					const analysis = scene.analysis({ files: fastqs(...some) });
					for (const { id, name } of analysis.files.filter((_, index) => unlucky.includes(index))) {
						scene.world.forceLinkOutcome(id, 'FAILED', `no right to link ${name}`);
					}
					return analysis;
				});
				await passInProcess(scene, folder, { recipients_file: file, notify_event_code: 'fastqs' });
				for (const [project, pattern, others] of [
					[scene.destination, /^M[-_]/, [lab, tumor]],
					[lab, /^L-/, [scene.destination, tumor]],
					[tumor, /^T-/, [scene.destination, lab]],
				] as const) {
					const foreign = analyses.flatMap(({ files }) => files.filter(({ name }) => !pattern.test(name)));
					const secrets = [
						...foreign.flatMap(({ name, id }) => [name, id]),
						...others.flatMap(({ id, name }) => [id, ...(name === 'MGI' ? [] : [name])]),
					];
					const texts = [
						...scene.world.dataOf(project).map((item) => item.path + (scene.world.contentOf(item) ?? '')),
						// what is sent to a project, its members can see
						...scene.simulator.exchanges
							.filter(({ path }) => path.includes(`/projects/${project.id}/`))
							.map(({ path, body }) => `${path} ${JSON.stringify(body)}`),
					];
					for (const secret of secrets) {
						expect(texts.filter((text) => text.includes(secret))).toEqual([]);
					}
				}
			}),
			{ numRuns: 15 },
		);
	}, 60_000);
});
