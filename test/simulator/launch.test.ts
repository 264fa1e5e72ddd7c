import { afterEach, beforeEach, expect, it } from 'vitest';
import { call } from './client.ts';
import type { Project } from './model.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;
let project: Project;
let pipelineId: string;

beforeEach(async () => {
	simulator = await startSimulator();
	project = simulator.world.addProject('reruns');
	pipelineId = simulator.world.pipelines.set('demux', { inputFormType: 'XML' }).id;
});

afterEach(async () => {
	await simulator.close();
});

function start(change: object, headers: Record<string, string> = {}): ReturnType<typeof call> {
	const body = { userReference: 'x', pipelineId, analysisInput: { inputs: [] }, ...change };
	return call(simulator, 'POST', `/api/projects/${project.id}/analysis:nextflow`, {
		version: 4,
		body,
		headers,
	});
}

function parameters(...given: object[]): object {
	return { analysisInput: { inputs: [], parameters: given } };
}

it('starts an analysis that is REQUESTED and shows what it was started with', async () => {
	const { status, body } = await start(parameters({ code: 'a', value: '1' }, { code: 'b', multiValue: [] }));
	expect([status, body['status'], body['userReference']]).toEqual([201, 'REQUESTED', 'x']);
	const path = `/api/projects/${project.id}/analyses/${body['id']}/configurations`;
	expect((await call(simulator, 'GET', path)).body).toEqual({
		items: [
			{ name: 'a', multiValue: false, values: ['1'] },
			{ name: 'b', multiValue: true, values: [] },
		],
	});
});

it.each([
	['a user reference outside its pattern', { userReference: 'a&b' }],
	['one with a slash at its end', { userReference: 'a/' }],
	['one that is too long', { userReference: 'x'.repeat(256) }],
	['an unknown storage size', { analysisStorageId: '00000000-0000-4000-8000-000000000000' }],
	['a parameter with one value and many', parameters({ code: 'a', value: '1', multiValue: ['2'] })],
	['a parameter with neither', parameters({ code: 'a' })],
	['no inputs at all', { analysisInput: {} }],
])('refuses %s', async (_what, change) => {
	expect((await start(change)).status).toBe(400);
});

it('refuses an unknown pipeline, and one that is started in another way', async () => {
	expect((await start({ pipelineId: 'x' })).status).toBe(404);
	const { id } = simulator.world.pipelines.set('cwl', { language: 'CWL', inputFormType: 'XML' });
	expect((await start({ pipelineId: id })).status).toBe(400);
});

it('starts one analysis for one Idempotency-Key, however often it is asked', async () => {
	const [one, two] = [
		await start({}, { 'Idempotency-Key': 'k' }),
		await start({}, { 'Idempotency-Key': 'k' }),
	];
	expect(two.body['id']).toBe(one.body['id']);
	expect((await start({}, { 'Idempotency-Key': 'l' })).body['id']).not.toBe(one.body['id']);
});

it('shows no form values of an analysis that had no form', async () => {
	const { body } = await start({});
	const path = `/api/projects/${project.id}/analyses/${body['id']}/inputFormValues`;
	expect((await call(simulator, 'GET', path, { version: 4 })).status).toBe(400);
});
