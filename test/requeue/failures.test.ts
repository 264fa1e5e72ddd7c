import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/ica/schemas.ts';
import { failedStep } from '../../src/requeue/failure-report.ts';
import { unsettled } from '../../src/requeue/failures.ts';
import { hasFiles, templateNames } from '../../src/requeue/templates/template-store.ts';
import { passInProcess } from '../helpers/in-process.ts';
import { addOriginal, kinds } from '../helpers/originals.ts';
import { lookingOperations, type Scene, startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { StepRecord } from '../simulator/launch-record.ts';
import type { AnalysisSpec, Analysis as Simulated } from '../simulator/model.ts';

const now = Date.parse('2026-05-29T12:00:00Z');
const hour = 3_600_000;
const run = '20240529_LH00619_0013_B22CCFJLT4';

function analysis(changes: Partial<Analysis> = {}): Analysis {
	return {
		id: 'a',
		reference: 'x',
		userReference: `${run}_a912e3_9d578d-BclConvert_v4`,
		status: 'FAILED',
		timeCreated: '2026-05-28T12:00:00Z',
		startDate: '2026-05-28T12:00:00Z',
		endDate: '2026-05-28T18:00:00Z',
		pipelineCode: 'BclConvert',
		...changes,
	};
}

function reportedWith(succeeded: Partial<Analysis>, failed: Partial<Analysis> = {}): boolean {
	const monitored = {
		failed: [analysis(failed)],
		succeeded: [analysis({ status: 'SUCCEEDED', ...succeeded })],
	};
	return unsettled(monitored, { daysToArchive: 60, now }).length > 0;
}

describe('a failed analysis', () => {
	const later = { startDate: '2026-05-28T19:00:00Z', endDate: '2026-05-29T01:00:00Z' };

	it('is settled by one of the same run that began after it, and by one of its user reference that ended after it', () => {
		expect(reportedWith(later)).toBe(false);
		expect(reportedWith({ ...later, userReference: `${run}_91da19_17d664-BclConvert_v4` })).toBe(false);
		expect(reportedWith({ ...later, userReference: `${run}_other-Bcl` })).toBe(false);
		const beside = { ...later, startDate: '2026-05-28T12:00:00Z' };
		expect(reportedWith({ ...beside, userReference: 'mine-requeue-2' }, { userReference: 'mine' })).toBe(
			false,
		);
		expect(reportedWith({ ...later, endDate: undefined, startDate: '2026-05-29T01:00:00Z' })).toBe(false);
	});

	it('is not settled by one that succeeded before it, or of another run', () => {
		expect(reportedWith({ endDate: '2026-05-28T17:59:59Z' })).toBe(true);
		expect(reportedWith({ ...later, userReference: '20240529_LH00619_0014_B22CCFJLT4_a-Bcl' })).toBe(true);
		expect(reportedWith({ ...later, userReference: null }, { userReference: null })).toBe(true);
	});

	it('is not settled by the other lane of its run, which ran beside it and ended three minutes later', () => {
		const beside = { startDate: '2026-05-28T12:01:00Z', endDate: '2026-05-28T18:03:00Z' };
		for (const userReference of [`${run}_91da19_17d664-BclConvert_v4`, `${run}_91da19_17d664`]) {
			expect(reportedWith({ ...beside, userReference })).toBe(true);
		}
	});

	it('matters while it ended less days ago than the age at which data is archived', () => {
		const ended = (days: number) => ({ endDate: new Date(now - days * 24 * hour).toISOString() });
		const failed = [59.99, 60].map((days) => analysis({ id: `${days}`, ...ended(days) }));
		const fresh = unsettled({ failed, succeeded: [] }, { daysToArchive: 60, now });
		expect(fresh.map(({ id }) => id)).toEqual(['59.99']);
	});

	it.each(['0001-01-01T00:00:00.0000000Z', '1970-01-01T00:00:00Z', '2031-01-01T00:00:00Z', 'some day'])(
		'is not old by a date that cannot be, such as %s',
		(date) => {
			const thresholds = { daysToArchive: 60, now };
			const started = analysis({ startDate: date });
			const never = analysis({ timeCreated: date, startDate: date, endDate: date });
			expect(unsettled({ failed: [never, started], succeeded: [] }, thresholds)).toEqual([started, never]);
			const old = analysis({ timeCreated: '2026-03-01T12:00:00+0200', startDate: date, endDate: date });
			expect(unsettled({ failed: [old], succeeded: [] }, thresholds)).toEqual([]);
		},
	);

	it('is left out only when it is old by a date that can be, or settled, in any history', () => {
		const dates = ['0001-01-01T00:00:00Z', '2031-01-01T00:00:00Z', 'some day', '2026-02-01T00:00:00+0200'];
		const hours = fc.integer({ min: 0, max: 8 }).map((n) => new Date(now - n * 8 * hour).toISOString());
		const date = fc.oneof({ weight: 3, arbitrary: hours }, fc.constantFrom(...dates));
		const some = fc.record({
			userReference: fc.constantFrom(
				'A_3664cd_3a7062',
				'A_91da19_17d664',
				'B_91da19_17d664',
				'A',
				'A-requeue',
			),
			timeCreated: date,
			startDate: date,
			endDate: fc.option(date, { nil: undefined }),
		});
		const when = (...texts: readonly (string | undefined)[]): number =>
			texts.map((text) => Date.parse(text ?? '')).find((time) => time > 1.4e12 && time <= now) ?? Number.NaN;
		const settles = (success: Analysis, failure: Analysis): boolean => {
			const [mine, its] = [failure.userReference ?? '', success.userReference ?? ''];
			const isSame = mine.replace('-requeue', '') === its.replace('-requeue', '');
			const isOfRun = mine.includes('_') && its.includes('_') && mine.startsWith(its.slice(0, 2));
			const { endDate, startDate, timeCreated } = success;
			const ended = when(failure.endDate, failure.startDate, failure.timeCreated);
			return (
				(isSame && when(endDate, startDate, timeCreated) > ended) ||
				(isOfRun && when(startDate, timeCreated) > when(failure.endDate))
			);
		};
		fc.assert(
			fc.property(fc.array(some, { maxLength: 6 }), fc.array(some, { maxLength: 6 }), (bad, good) => {
				const failed = bad.map((changes, n) => analysis({ ...changes, id: `f${n}` }));
				const succeeded = good.map((changes) => analysis({ ...changes, status: 'SUCCEEDED' }));
				const open = failed.filter(
					(failure) =>
						!(
							now - when(failure.endDate, failure.startDate, failure.timeCreated) >= 60 * 24 * hour ||
							succeeded.some((success) => settles(success, failure))
						),
				);
				const found = unsettled({ failed, succeeded }, { daysToArchive: 60, now });
				expect(found.map(({ id }) => id).sort()).toEqual(open.map(({ id }) => id));
			}),
			{ numRuns: 300 },
		);
	});

	it('is looked for among thousands in no time', () => {
		const many = Array.from({ length: 10_000 }, (_, n) =>
			analysis({ userReference: `20240529_LH00619_${n}_B22CCFJLT4` }),
		);
		const redone = many.map((one) => ({ ...one, ...later }));
		const begun = performance.now();
		expect(unsettled({ failed: many, succeeded: redone }, { daysToArchive: 60, now })).toEqual([]);
		expect(performance.now() - begun).toBeLessThan(2000);
	});

	it('failed in its first failed step, in one of ICA itself only when no other failed', () => {
		const step = (name: string, status: string, technical = false) => ({ name, status, technical });
		const steps = [step('prepare', 'DONE'), step('runner', 'FAILED', true), step('bcl', 'FAILED')];
		expect(failedStep(steps)?.name).toBe('bcl');
		expect(failedStep(steps.slice(0, 2))?.name).toBe('runner');
		expect(failedStep(steps.slice(0, 1))).toBeUndefined();
	});
});

describe('the names of template files', () => {
	it.each([
		['../../etc/passwd', '.._.._etc_passwd'],
		['a\\b\0c', 'a_b_c'],
		['..', '..'],
	])('are safe whatever the reference %j holds', (reference, safe) => {
		const id = '7898625c-01f0-4cc0-b9ed-89216d700613';
		expect(templateNames({ reference, id }).api).toBe(`${id}-${safe}.api.json`);
	});

	it.each([
		['x-BclConvert v4_2_7-7898625c-01f0-4cc0-b9ed-89216d700613', ''],
		['x-7898625c-01f0-4cc0-b9ed-89216d700613-again', '7898625c-01f0-4cc0-b9ed-89216d700613-'],
		['Unknown', '7898625c-01f0-4cc0-b9ed-89216d700613-'],
	])('hold the id once at least, of reference %j', (reference, before) => {
		const id = '7898625c-01f0-4cc0-b9ed-89216d700613';
		expect(templateNames({ reference, id }).beginning).toBe(before + reference);
	});

	it('are never those of two analyses, however they are called', () => {
		const id = fc.oneof(fc.uuid(), fc.constantFrom('a', 'a-b', 'A'));
		const part = (ids: readonly string[]) =>
			fc.oneof(fc.constantFrom(...ids, 'a', 'b', 'a-b', '/', '_'), fc.string({ maxLength: 3 }));
		const two = fc
			.uniqueArray(id, { minLength: 2, maxLength: 2 })
			.chain((ids) =>
				fc.tuple(
					fc.constant(ids),
					fc.array(fc.array(part(ids), { maxLength: 5 }), { minLength: 2, maxLength: 2 }),
				),
			);
		fc.assert(
			fc.property(two, ([ids, references]) => {
				const names = ids.map(
					(each, n) => templateNames({ id: each, reference: references[n]?.join('-') ?? '' }).api,
				);
				expect(new Set(names).size).toBe(2);
			}),
			{ numRuns: 500 },
		);
	});

	it('of earlier versions still tell what was reported', () => {
		const id = '7898625c-01f0-4cc0-b9ed-89216d700613';
		const there = (name: string) => new Set([`${name}.api.json`, `${name}.cli.sh`]);
		for (const reference of [`x-${id}`, `x-${id}-again`, 'Unknown', `${id}-x-${id}`]) {
			const earlier = reference === 'Unknown' ? `${id}-Unknown` : reference;
			expect(hasFiles({ id, reference }, there(earlier))).toBe(true);
			expect(hasFiles({ id, reference }, there(templateNames({ id, reference }).beginning))).toBe(true);
			expect(hasFiles({ id: id.toUpperCase(), reference }, there(earlier))).toBe(true);
			expect(hasFiles({ id, reference }, there('x'))).toBe(false);
			expect(hasFiles({ id, reference }, new Set([`${earlier}.no_template.txt`]))).toBe(true);
		}
	});

	it('are never too long, and differ where references do', () => {
		const [one, other] = ['x', 'y'].map((end) =>
			templateNames({ reference: `ä${'r'.repeat(300)}${end}`, id: 'i' }),
		);
		expect(Buffer.byteLength(one?.none ?? '')).toBeLessThan(255);
		expect(one?.api).not.toBe(other?.api);
	});
});

const steps: readonly StepRecord[] = [
	{ name: 'runner', status: 'FAILED', technical: true },
	{ name: 'bcl_convert', status: 'FAILED', exitCode: 137 },
];

function failing(scene: Scene, spec: Partial<AnalysisSpec> = {}): Simulated {
	const [nextflow] = kinds;
	if (nextflow === undefined) {
		throw new Error('no kinds');
	}
	return addOriginal(scene, nextflow, scene.destination, {
		run,
		summary: 'Out of memory',
		endDate: new Date('2026-05-29T06:00:00Z'),
		...spec,
		launched: { steps },
	});
}

async function failureScene(): Promise<
	Scene & { folder: string; pass: (dry?: boolean) => ReturnType<typeof passInProcess> }
> {
	const scene = await startScene();
	scene.world.setNow(new Date(now));
	const folder = temporaryFolder();
	return { ...scene, folder, pass: (dry = false) => passInProcess(scene, folder, { dry_run: dry }) };
}

function warnings({ lines }: { readonly lines: readonly string[] }): string[] {
	return lines.filter((line) => line.startsWith('warn: '));
}

/** The lines that say which analysis failed; advice follows each. */
function reports(pass: { readonly lines: readonly string[] }): string[] {
	return warnings(pass).filter((line) => line.startsWith('warn: Analysis '));
}

const quiet = ['createJwtToken', 'getProjects', 'getProjects', 'searchAnalyses'];

describe('a pass over a project with failed analyses', () => {
	it('reports each once in three passes of the program, with one pair of files', async () => {
		const scene = await startScene();
		const failed = failing(scene, { endDate: scene.world.now() });
		const installation = scene.install();

		const first = await installation.pass();

		expect(first.status).toBe(1);
		const { api, cli } = templateNames(failed);
		expect(first.stderr).toContain(`Warning: Analysis ${failed.reference} ended FAILED at 20`);
		for (const part of [
			"ICA's summary: Out of memory.",
			'Its step bcl_convert failed (exit code 137).',
			`To requeue it: sh requeue_templates/${cli}, or the request in the .api.json beside it.\n`,
			'Warning: bssh_core belongs to BaseSpace, and externally managed projects refuse launches',
			'requeue with --project_name makes templates for another project.',
		]) {
			expect(first.stderr).toContain(part);
		}
		expect(first.stderr).toContain(`Action needed: 1 BCLConvert analysis failed: ${failed.reference}.`);
		const templates = (): string[] => installation.files().filter((file) => file.startsWith('requeue_'));
		expect(templates()).toEqual([`requeue_templates/${api}`, `requeue_templates/${cli}`]);
		const texts = templates().map((file) => installation.read(file));
		expect(statSync(join(installation.folder, 'requeue_templates', api)).mode & 0o777).toBe(0o600);
		expect(statSync(join(installation.folder, 'requeue_templates', cli)).mode & 0o777).toBe(0o700);
		rmSync(join(installation.folder, 'orchestrator.log'));
		scene.operations();

		for (const _ of [2, 3]) {
			expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
			expect(scene.operations().sort()).toEqual(quiet);
		}
		expect(templates().map((file) => installation.read(file))).toEqual(texts);
	});

	it('reports FAILED_FINAL and ABORTED as well, and neither what is settled nor what is old', async () => {
		const scene = await failureScene();
		const final = failing(scene, { status: 'FAILED_FINAL', endDate: new Date(now - hour) });
		const beside = { startDate: new Date(now - 3 * hour), endDate: new Date(now - hour + 180_000) };
		scene.analysis({ run, ...beside });
		const aborted = scene.analysis({ status: 'ABORTED', startDate: new Date(now - 59 * 24 * hour) });
		scene.analysis({ status: 'FAILED', startDate: new Date(now - 61 * 24 * hour), outputFolder: null });
		scene.analysis({ status: 'FAILED', pipelineCode: 'DRAGEN Germline' });
		scene.analysis({ status: 'FAILED', run: '20260501_LH00619_0099_X', endDate: new Date(now - 2 * hour) });
		const redone = { startDate: new Date(now - 1.5 * hour), endDate: new Date(now - hour) };
		scene.analysis({ run: '20260501_LH00619_0099_X', ...redone });
		const pass = await scene.pass();
		expect(reports(pass)).toHaveLength(2);
		expect(reports(pass)[0]).toContain(
			`Analysis ${final.reference} ended FAILED_FINAL at 2026-05-29T11:00:00Z`,
		);
		expect(reports(pass)[1]).toContain(`Analysis ${aborted.reference} ended ABORTED`);
		expect(reports(pass)[1]).toMatch(/ICA gives no summary\.$/);
	});

	it('says in a dry run what it would report and write, and writes nothing', async () => {
		const scene = await startScene();
		const failed = failing(scene, { endDate: scene.world.now() });
		const installation = scene.install();
		for (const _ of [1, 2]) {
			const dry = await installation.pass('--dry_run');
			expect(dry.status).toBe(1);
			expect(dry.stderr).toContain(`Warning: Analysis ${failed.reference} ended FAILED`);
			expect(dry.stdout).toContain(`Would write requeue_templates/${templateNames(failed).api}.`);
			expect(installation.files()).toEqual(['api_key.txt', 'orchestrator.log']);
		}
		const looking = new Set([
			...lookingOperations,
			'getAnalysis',
			'getAnalysisInputs',
			'getAnalysisConfigurations',
			'getAnalysisSteps',
			'findBestMatchingActivationCodesForNextflow',
		]);
		expect(scene.operations().filter((operation) => !looking.has(operation))).toEqual([]);
	});

	it('knows what it reported, however ICA writes the id', async () => {
		const scene = await failureScene();
		failing(scene, { id: 'ABCDEF01-2345-4789-8BCD-EF0123456789' });
		expect(reports(await scene.pass())).toHaveLength(1);
		expect(warnings(await scene.pass())).toHaveLength(0);
	});

	it('reports again what was cut off between the two files', async () => {
		const scene = await failureScene();
		const { cli } = templateNames(failing(scene));
		expect(reports(await scene.pass())).toHaveLength(1);
		rmSync(join(scene.folder, 'requeue_templates', cli));
		expect(reports(await scene.pass())).toHaveLength(1);
		expect(warnings(await scene.pass())).toHaveLength(0);
	});

	it('reports once, with the reason, what no template can be made of, and leaves word of it', async () => {
		const scene = await failureScene();
		const failed = failing(scene);
		scene.simulator.addFault({
			operation: 'getAnalysisInputs',
			answer: { kind: 'status', status: 403 },
		});
		const first = await scene.pass();
		expect(warnings(first).join()).toMatch(
			/Out of memory\..*No template to requeue \S+ could be made: Could not get the inputs of analysis .*: status 403/,
		);
		expect(first.needsAction).toHaveLength(1);
		const word = readFileSync(join(scene.folder, 'requeue_templates', templateNames(failed).none), 'utf8');
		expect(word).toContain(`umich-orchestrator requeue --analysis_id ${failed.id}`);
		scene.simulator.clearFaults();
		const second = await scene.pass();
		expect(warnings(second)).toEqual([]);
		expect(second.needsAction).toEqual([]);
		rmSync(join(scene.folder, 'requeue_templates', templateNames(failed).none));
		expect(warnings(await scene.pass())[1]).toContain('To requeue it: sh ');
	});

	it('reports again, with templates, what none could be made of while ICA was in trouble', async () => {
		const scene = await failureScene();
		failing(scene);
		scene.simulator.addFault({ operation: 'getAnalysisInputs', answer: { kind: 'status', status: 500 } });
		const first = await scene.pass();
		expect(warnings(first)[1]).toMatch(
			/No template to requeue \S+ could be made: .* status 500.* The next pass tries again, and reports it again\.$/,
		);
		expect(first.needsAction).toHaveLength(1);
		expect(warnings(await scene.pass())[1]).toContain('To requeue it: sh ');
		expect(warnings(await scene.pass())).toEqual([]);
	});

	it('reports without the step when ICA does not report the steps, and without a template for an unknown language', async () => {
		const scene = await failureScene();
		failing(scene);
		scene.world.pipelines.set('BclConvert in WDL', { language: 'UNKNOWN' });
		scene.analysis({ status: 'FAILED', pipelineCode: 'BclConvert in WDL' });
		scene.simulator.addFault({
			operation: 'getAnalysisSteps',
			answer: { kind: 'status', status: 500 },
			times: 2,
		});
		const pass = await scene.pass();
		expect(reports(pass)).toHaveLength(2);
		expect(warnings(pass).join()).not.toContain('Its step');
		expect(warnings(pass).join()).toContain(
			"made: ICA gives its pipeline's language as UNKNOWN, expected NEXTFLOW or CWL.",
		);
	});

	it('lets the rest of the pass go on when the files cannot be written, and says so each time', async () => {
		const scene = await failureScene();
		failing(scene);
		const delivered = scene.analysis();
		writeFileSync(join(scene.folder, 'requeue_templates'), '');
		for (const _ of [1, 2]) {
			const pass = await scene.pass();
			expect(pass.needsAction).toEqual(['failed analyses could not be reported as they should']);
			expect(pass.lines.filter((line) => line.startsWith('error: '))).toHaveLength(1);
		}
		const table = readFileSync(join(scene.folder, 'analyses_managed_table.txt'), 'utf8');
		expect(table).toContain(delivered.id);
	});

	it('says all that failed when the files cannot be written, again in each pass until they can', async () => {
		const scene = await failureScene();
		for (const n of [1, 2, 3]) {
			scene.analysis({ status: 'FAILED', files: [], endDate: new Date(now - n * hour) });
		}
		const folder = join(scene.folder, 'requeue_templates');
		symlinkSync('nowhere', folder);
		for (const _ of [1, 2]) {
			const pass = await scene.pass();
			expect(reports(pass)).toHaveLength(3);
			expect(pass.needsAction).toHaveLength(2);
			expect(pass.lines.filter((line) => line.startsWith('error: '))).toEqual([
				expect.stringContaining('requeue_templates cannot be written: '),
			]);
		}
		rmSync(folder);
		expect(reports(await scene.pass())).toHaveLength(3);
		expect(warnings(await scene.pass())).toHaveLength(0);
	});

	it('names what failed when it cannot be known what was reported, and is quiet about the folder when nothing failed', async () => {
		const scene = await failureScene();
		const folder = join(scene.folder, 'requeue_templates');
		writeFileSync(folder, '');
		expect(await scene.pass()).toMatchObject({ needsAction: [] });
		const { reference } = failing(scene);
		const { lines } = await scene.pass();
		expect(lines.filter((line) => line.startsWith('error: '))).toEqual([
			expect.stringMatching(new RegExp(`cannot be read: .*1 BCLConvert analysis failed: ${reference}\\.`)),
		]);
		rmSync(folder);
		expect(reports(await scene.pass())).toHaveLength(1);
	});

	it('names a script that a shell finds, whatever the reference', async () => {
		const scene = await failureScene();
		failing(scene, { reference: "it's $HOME; 4.2.7" });
		const [command] = /sh '.*\.cli\.sh'/.exec(warnings(await scene.pass())[1] ?? '') ?? [''];
		const options = { cwd: scene.folder, encoding: 'utf8', env: { PATH: process.env['PATH'] } } as const;
		expect(spawnSync('sh', ['-c', command.replace('sh ', 'sh -n ')], options)).toMatchObject({
			status: 0,
			stderr: '',
		});
		expect(command).toContain('requeue_templates/');
	});

	it('reports the newest first, 25 in a pass, until all are said', async () => {
		const scene = await failureScene();
		const newest = Array.from({ length: 30 }, (_, n) =>
			scene.analysis({ status: 'FAILED', files: [], endDate: new Date(now - (30 - n) * hour) }),
		).at(-1);
		const first = await scene.pass();
		expect(reports(first)).toHaveLength(25);
		expect(reports(first)[0]).toContain(newest?.reference);
		expect(first.lines).toContain('info: 5 older failures are reported by the next passes.');
		expect(reports(await scene.pass())).toHaveLength(5);
		expect(warnings(await scene.pass())).toHaveLength(0);
	});

	it('writes no secret into a template, even one that ICA was given as a parameter', async () => {
		const scene = await startScene();
		const [, cwl] = kinds;
		const secret = scene.simulator.apiKey;
		if (cwl !== undefined) {
			const configurations = [{ name: 'key', multiValue: false, values: [secret] }];
			addOriginal(scene, cwl, scene.destination, { launched: { configurations } });
		}
		const installation = scene.install();
		await installation.pass();
		const templates = installation.files().filter((file) => file.startsWith('requeue_'));
		expect(templates).toHaveLength(2);
		for (const file of templates) {
			expect(installation.read(file)).toContain('[secret]');
			expect(installation.read(file)).not.toContain(secret);
		}
	});
});
