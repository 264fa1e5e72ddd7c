import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failedStep, unsettled } from '../src/failures.ts';
import type { Analysis } from '../src/ica/schemas.ts';
import { templateNames } from '../src/launch/template-store.ts';
import { passInProcess } from './in-process.ts';
import { addOriginal, kinds } from './launch/originals.ts';
import { lookingOperations, type Scene, startScene } from './scene.ts';
import type { StepRecord } from './simulator/launch-record.ts';
import type { AnalysisSpec, Analysis as Simulated } from './simulator/model.ts';
import { temporaryFolder } from './temporary-folder.ts';

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
	const later = { endDate: '2026-05-29T01:00:00Z' };

	it('is settled by one of the same sequencing run or user reference that succeeded after it', () => {
		expect(reportedWith(later)).toBe(false);
		expect(reportedWith({ ...later, userReference: `${run}_other-Bcl` })).toBe(false);
		expect(reportedWith({ ...later, userReference: 'mine-requeue-2' }, { userReference: 'mine' })).toBe(
			false,
		);
		expect(reportedWith({ ...later, endDate: undefined, startDate: '2026-05-29T01:00:00Z' })).toBe(false);
	});

	it('is not settled by one that succeeded before it, or of another run', () => {
		expect(reportedWith({ endDate: '2026-05-28T17:59:59Z' })).toBe(true);
		expect(reportedWith({ ...later, userReference: '20240529_LH00619_0014_B22CCFJLT4_a-Bcl' })).toBe(true);
		expect(reportedWith({ ...later, userReference: null }, { userReference: null })).toBe(true);
	});

	it('matters while it is younger than the age at which data is archived', () => {
		const started = (days: number) => ({ startDate: new Date(now - days * 24 * hour).toISOString() });
		const failed = [59.99, 60].map((days) => analysis({ id: `${days}`, ...started(days) }));
		const fresh = unsettled({ failed, succeeded: [] }, { daysToArchive: 60, now });
		expect(fresh.map(({ id }) => id)).toEqual(['59.99']);
		const unknown = analysis({ startDate: 'some day' });
		expect(unsettled({ failed: [unknown], succeeded: [] }, { daysToArchive: 60, now })).toEqual([unknown]);
	});

	it('is looked for among thousands in no time', () => {
		const many = Array.from({ length: 10_000 }, (_, n) =>
			analysis({ userReference: `20240529_LH00619_${n}_B22CCFJLT4` }),
		);
		const begun = performance.now();
		expect(unsettled({ failed: many, succeeded: many }, { daysToArchive: 60, now })).toEqual([]);
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
		expect(templateNames({ reference, id: 'id' }).api).toBe(`id-${safe}.api.json`);
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

const quiet = ['createJwtToken', 'getProjects', 'getProjects', 'searchAnalyses'];

describe('a pass over a project with failed analyses', () => {
	it('reports each once in three passes of the program, with one pair of files', async () => {
		const scene = await startScene();
		const failed = failing(scene, { endDate: scene.world.now() });
		const installation = scene.install();

		const first = await installation.pass();

		expect(first.status).toBe(1);
		const { api, cli, beginning } = templateNames(failed);
		expect(first.stderr).toContain(`Warning: Analysis ${failed.reference} ended FAILED at 20`);
		for (const part of [
			`run ${run}, user reference ${failed.userReference}.`,
			"ICA's summary: Out of memory.",
			'Its step bcl_convert failed (exit code 137).',
			`Templates to requeue it: requeue_templates/${beginning}.api.json and .cli.sh. bssh_core belongs to BaseSpace, and`,
			'requeue with --project_name makes templates for another project.',
		]) {
			expect(first.stderr).toContain(part);
		}
		expect(first.stderr).toContain(`This needs a person: 1 BCLConvert analysis failed: ${failed.reference}.`);
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
		const aborted = scene.analysis({ status: 'ABORTED', startDate: new Date(now - 59 * 24 * hour) });
		scene.analysis({ status: 'FAILED', startDate: new Date(now - 61 * 24 * hour), outputFolder: null });
		scene.analysis({ status: 'FAILED', pipelineCode: 'DRAGEN Germline' });
		scene.analysis({ status: 'FAILED', run: '20260501_LH00619_0099_X', endDate: new Date(now - 2 * hour) });
		scene.analysis({ run: '20260501_LH00619_0099_X', endDate: new Date(now - hour) });
		const pass = await scene.pass();
		expect(warnings(pass)).toHaveLength(2);
		expect(warnings(pass)[0]).toContain(
			`Analysis ${final.reference} ended FAILED_FINAL at 2026-05-29T11:00:00Z`,
		);
		expect(warnings(pass)[1]).toContain(`Analysis ${aborted.reference} ended ABORTED`);
		expect(warnings(pass)[1]).toContain('ICA gives no summary. Templates');
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
		expect(warnings(await scene.pass())).toHaveLength(1);
		expect(warnings(await scene.pass())).toHaveLength(0);
	});

	it('reports again what was cut off between the two files', async () => {
		const scene = await failureScene();
		const { cli } = templateNames(failing(scene));
		expect(warnings(await scene.pass())).toHaveLength(1);
		rmSync(join(scene.folder, 'requeue_templates', cli));
		expect(warnings(await scene.pass())).toHaveLength(1);
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
		expect(warnings(first)[0]).toMatch(
			/Out of memory\..* No template to requeue it could be made: Could not get the inputs of analysis .*: status 403/,
		);
		expect(first.needsPerson).toHaveLength(1);
		const word = readFileSync(join(scene.folder, 'requeue_templates', templateNames(failed).none), 'utf8');
		expect(word).toContain(`umich-orchestrator requeue --analysis_id ${failed.id}`);
		scene.simulator.clearFaults();
		const second = await scene.pass();
		expect(warnings(second)).toEqual([]);
		expect(second.needsPerson).toEqual([]);
		rmSync(join(scene.folder, 'requeue_templates', templateNames(failed).none));
		expect(warnings(await scene.pass())[0]).toContain('Templates to requeue it');
	});

	it('reports again, with templates, what none could be made of while ICA was in trouble', async () => {
		const scene = await failureScene();
		failing(scene);
		scene.simulator.addFault({ operation: 'getAnalysisInputs', answer: { kind: 'status', status: 500 } });
		const first = await scene.pass();
		expect(warnings(first)[0]).toMatch(
			/No template to requeue it could be made: .* status 500.* The next pass tries again, and reports it again\.$/,
		);
		expect(first.needsPerson).toHaveLength(1);
		expect(warnings(await scene.pass())[0]).toContain('Templates to requeue it');
		expect(warnings(await scene.pass())).toEqual([]);
	});

	it('reports without the step when ICA does not tell the steps, and without a template for an unknown language', async () => {
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
		expect(warnings(pass)).toHaveLength(2);
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
			expect(pass.needsPerson).toEqual(['failed analyses could not be reported as they should']);
			expect(pass.lines.filter((line) => line.startsWith('error: '))).toHaveLength(1);
		}
		const table = readFileSync(join(scene.folder, 'analyses_managed_table.txt'), 'utf8');
		expect(table).toContain(delivered.id);
	});

	it('reports the newest first, 25 in a pass, until all are said', async () => {
		const scene = await failureScene();
		const newest = Array.from({ length: 30 }, (_, n) =>
			scene.analysis({ status: 'FAILED', files: [], endDate: new Date(now - (30 - n) * hour) }),
		).at(-1);
		const first = await scene.pass();
		expect(warnings(first)).toHaveLength(25);
		expect(warnings(first)[0]).toContain(newest?.reference);
		expect(first.lines).toContain('info: 5 older failures are reported by the next passes.');
		expect(warnings(await scene.pass())).toHaveLength(5);
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
