import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallOptions, call } from '../simulator/client.ts';
import type { Exchange, Reply } from '../simulator/exchange.ts';
import { analysisStatuses, type Project } from '../simulator/model.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { contractAvailable, contractProblems } from './openapi.ts';

const why = contractAvailable ? '' : ' (skipped: the OpenAPI document is not beside the project)';
const nowhere = '00000000-0000-4000-8000-000000000000';
const run = '20240529_LH00619_0013_B22CCFJLT4';
const rclone = { credentialsFormat: 'RCLONE', readOnlyCredentials: false };

let simulator: Simulator;
let source: Project;
let destination: Project;

beforeAll(async () => {
	simulator = await startSimulator();
	source = simulator.world.addProject('BSSH AGC', { externallyManaged: true });
	const storage = { encryption: { algorithm: 'aws:kms', keyId: 'arn:1' }, endpointInConfig: true } as const;
	destination = simulator.world.addProject('MGI', { hidden: true, storage });
});

afterAll(async () => {
	await simulator.close();
});

async function made(method: string, path: string, options?: CallOptions): Promise<Exchange> {
	await call(simulator, method, path, options);
	const exchange = simulator.exchanges.at(-1);
	if (exchange === undefined) {
		throw new Error('no exchange');
	}
	return exchange;
}

/** Makes the call, expects the status, and that neither the request nor the answer breaks the contract. */
async function expectKept(
	status: number,
	method: string,
	path: string,
	options?: CallOptions,
): Promise<Reply> {
	const exchange = await made(method, path, options);
	expect(contractProblems(exchange)).toEqual([]);
	if (exchange.response?.status !== status) {
		throw new Error(`${method} ${path}: ${JSON.stringify(exchange.response)}`);
	}
	return exchange.response;
}

describe.skipIf(!contractAvailable)(`the simulator keeps to the OpenAPI document${why}`, () => {
	it('when it signs in, and when it does not', async () => {
		await expectKept(200, 'POST', '/api/tokens');
		await expectKept(401, 'POST', '/api/tokens', { headers: { 'X-API-Key': 'wrong' } });
		await expectKept(401, 'GET', '/api/projects', { headers: { Authorization: 'Bearer x' } });
	});

	it('when it shows projects', async () => {
		await expectKept(200, 'GET', '/api/projects?includeHiddenProjects=true&pageSize=1');
		await expectKept(200, 'GET', '/api/projects?search=bssh&sort=name&pageOffset=0');
		await expectKept(400, 'GET', '/api/projects?pageSize=1001');
		await expectKept(200, 'GET', `/api/projects/${source.id}`);
		await expectKept(404, 'GET', `/api/projects/${nowhere}`);
	});

	it('when it shows analyses of every status, and their outputs', async () => {
		const path = `/api/projects/${source.id}`;
		for (const status of analysisStatuses) {
			const files = ['output/a.fastq.gz', 'output/b.csv'];
			const tags = { technicalTags: [`run:${run}`], userTags: ['a'], referenceTags: ['b'] };
			const { id } = simulator.world.addAnalysis(source, { run, status, files, tags, summary: 'done' });
			await expectKept(200, 'GET', `${path}/analyses/${id}`, { version: 4 });
			await expectKept(200, 'GET', `${path}/analyses/${id}`, { version: 3 });
			await expectKept(200, 'GET', `${path}/analyses/${id}/outputs`);
		}
		const otherOutputs = [
			simulator.world.addFile(source, '/ilmn-runs/a.txt'),
			...simulator.world.dataOf(source),
		];
		for (const childrenListed of [true, false]) {
			const { id } = simulator.world.addAnalysis(source, {
				run,
				childrenListed,
				otherOutputs,
				files: ['a/b'],
			});
			await expectKept(200, 'GET', `${path}/analyses/${id}/outputs`);
		}
		simulator.world.addAnalysis(source, { run, startDate: null, endDate: null });
		const never = new Date('0001-01-01T00:00:00Z');
		simulator.world.addAnalysis(source, { run, timeCreated: never, startDate: never, endDate: never });
		await expectKept(200, 'POST', `${path}/analysis:search`, { body: { status: [...analysisStatuses] } });
		await expectKept(200, 'POST', `${path}/analysis:search?pageSize=3`, { body: {} });
		await expectKept(200, 'POST', `${path}/analysis:search?sort=startDate desc`, { body: {} });
		await expectKept(404, 'POST', `/api/projects/${nowhere}/analysis:search`, { body: {} });
		await expectKept(404, 'GET', `${path}/analyses/${nowhere}`, { version: 4 });
		await expectKept(404, 'GET', `${path}/analyses/${nowhere}/outputs`);
	});

	it('when it lists data and shows one', async () => {
		const file = simulator.world.addFile(source, '/a.txt', { application: 'BaseSpace', status: 'ARCHIVED' });
		const path = `/api/projects/${source.id}/data`;
		await expectKept(200, 'GET', `${path}?type=FILE&status=ARCHIVED&status=AVAILABLE&filePath=/`);
		await expectKept(200, 'GET', `${path}?type=FOLDER&pageOffset=0&creationDateBefore=2024-01-01T00:00:00Z`);
		simulator.world.addFile(source, '/b.txt', { userTags: ['keep'], parts: 3 });
		await expectKept(200, 'GET', `${path}?userTag=keep&userTagMatchMode=EXACT`);
		await expectKept(404, 'GET', `/api/projects/${nowhere}/data`);
		await expectKept(200, 'GET', `${path}/${file.id}`);
		await expectKept(404, 'GET', `${path}/fil.0`);
	});

	it('when it archives, unarchives and deletes, and when it does not', async () => {
		const { world } = simulator;
		world.deleteMillis = 60_000;
		const path = `/api/projects/${destination.id}/data`;
		const file = world.addFile(destination, '/old/a.txt');
		const folder = world.addFolder(destination, '/old/');
		for (const action of ['archive', 'unarchive', 'delete']) {
			await expectKept(204, 'POST', `${path}/${folder.id}:${action}`);
			await expectKept(409, 'POST', `${path}/${file.id}:${action}`);
			await expectKept(404, 'POST', `${path}/fil.0:${action}`);
			await expectKept(200, 'GET', `${path}/${file.id}`);
			world.advanceDays(1);
		}
		const mine = world.addFile(source, '/old/b.txt');
		world.link(mine, destination);
		const refused = world.addFile(destination, '/old/c.txt');
		world.refuseAction(refused, 500);
		for (const action of ['archive', 'unarchive', 'delete']) {
			await expectKept(403, 'POST', `/api/projects/${source.id}/data/${mine.id}:${action}`);
			await expectKept(403, 'POST', `${path}/${mine.id}:${action}`);
			await expectKept(500, 'POST', `${path}/${refused.id}:${action}`);
		}
	});

	it('when it lists what is old, and leaves the Date header out', async () => {
		const files = ['output/a.fastq.gz'];
		const { id } = simulator.world.addAnalysis(source, { run, files, deleted: true });
		const path = `/api/projects/${source.id}`;
		const old = 'creationDateBefore=2024-01-01T00:00:00Z&creationDateAfter=2023-01-01T00:00:00Z';
		const some = 'status=ARCHIVED&status=UNARCHIVING&filePath=/a/&filePath=/b/';
		simulator.dateSent = false;
		const query = `parentFolderPath=/ilmn-analyses/&type=FOLDER&owningProjectId=${source.id}`;
		await expectKept(200, 'GET', `${path}/data?${query}&${some}&${old}`);
		await expectKept(200, 'GET', `${path}/analyses/${id}/outputs`);
		await expectKept(400, 'GET', `${path}/data?parentFolderPath=/ilmn-analyses`);
		simulator.dateSent = true;
	});

	it('when it links in both versions', async () => {
		const path = `/api/projects/${destination.id}/dataLinkingBatch`;
		const folder = simulator.world.addFolder(source, '/folder/');
		simulator.world.addFile(source, '/folder/partial', { status: 'PARTIAL' });
		for (const version of [4, 3] as const) {
			const body = { items: [{ dataId: folder.id }, { dataId: 'fil.0' }] };
			const response = await expectKept(201, 'POST', path, { version, body });
			const { id } = response.body as { id: string };
			for (let look = 0; look < 3; look += 1) {
				await expectKept(200, 'GET', `${path}/${id}`);
				await expectKept(200, 'GET', `${path}/${id}/items`, { version });
				simulator.world.advance(simulator.world.linkJobMillis / 2);
			}
			await expectKept(200, 'GET', `${path}/${id}/items?status=FAILED&pageSize=1`, { version });
		}
		const body = { items: [{ dataId: folder.id }] };
		await expectKept(403, 'POST', `/api/projects/${source.id}/dataLinkingBatch`, { version: 4, body });
		await expectKept(404, 'GET', `${path}/${nowhere}`);
		await expectKept(404, 'GET', `${path}/${nowhere}/items`, { version: 4 });
	});

	it('when it shows what analyses were started with, and starts others', async () => {
		const { world } = simulator;
		const at = `/api/projects/${destination.id}`;
		const data = [
			{ dataId: world.addFile(destination, '/in/a.csv').id, mountPath: 'a.csv' },
			{ dataId: 'fol.0' },
		];
		const external = [{ url: 'https://example.org/a', type: 'http', mountPath: 'a' }];
		const steps = [
			{ name: 'bcl', status: 'FAILED', exitCode: 1 },
			{ name: 'runner', status: 'DONE', technical: true },
		] as const;
		const form = [
			{ id: 'heading', type: 'section' },
			{ id: 'a', values: ['1', null], dataValues: data, externalDataValues: external },
			{ id: 'secret', values: ['x'], sensitive: true },
			{ id: 'rows', rows: [[{ id: 'b', values: [null], externalDataValues: external, dataValues: data }]] },
		];
		const configurations = [{ name: 'c', multiValue: true, values: ['x', ''] }];
		const launched = { inputs: [{ code: 'i', data, external }], configurations, steps, form };
		for (const [language, structured] of [
			['NEXTFLOW', 'nextflow'],
			['CWL', 'cwlWithStructuredInput'],
		] as const) {
			const activationCode = nowhere;
			const referenceData = [nowhere];
			const xml = world.pipelines.set(`${language} XML`, {
				language,
				inputFormType: 'XML',
				activationCode,
				referenceData,
			});
			const json = world.pipelines.set(`${language} JSON`, { language, inputFormType: 'JSON' });
			const { id } = world.addAnalysis(destination, { run, pipelineCode: json.code, launched });
			for (const below of ['inputs', 'configurations', 'steps']) {
				await expectKept(200, 'GET', `${at}/analyses/${id}/${below}`);
				await expectKept(404, 'GET', `${at}/analyses/${nowhere}/${below}`);
			}
			await expectKept(200, 'GET', `${at}/analyses/${id}/inputFormValues`, { version: 4 });
			await expectKept(404, 'GET', `${at}/analyses/${nowhere}/inputFormValues`, { version: 4 });
			await expectKept(200, 'GET', `${at}/pipelines/${xml.id}/referenceSets`);
			await expectKept(200, 'GET', `${at}/pipelines/${json.id}/referenceSets`);
			await expectKept(404, 'GET', `${at}/pipelines/${nowhere}/referenceSets`);
			const common = { userReference: 'x', tags: { userTags: ['t'] } };
			const inputs = [{ parameterCode: 'i', dataIds: [data[0]?.dataId] }];
			const parameters = [
				{ code: 'c', multiValue: ['x', ''] },
				{ code: 'd', value: '' },
			];
			const analysisInput = { inputs, parameters };
			const body = { ...common, pipelineId: xml.id, analysisInput };
			await expectKept(201, 'POST', `${at}/analysis:${structured}`, { version: 4, body });
			const wrong = { ...body, pipelineId: json.id };
			await expectKept(400, 'POST', `${at}/analysis:${structured}`, { version: 4, body: wrong });
			const filled = {
				...common,
				pipelineId: json.id,
				inputFormValues: { fields: [{ id: 'a', values: ['1'] }] },
			};
			const start = `${language.toLowerCase()}Json`;
			await expectKept(201, 'POST', `${at}/analysis:${start}`, { version: 4, body: filled });
			const missing = { fields: [{ id: 'a', dataValues: [{ dataId: 'fil.0' }] }] };
			const lost = { ...filled, inputFormValues: missing };
			await expectKept(404, 'POST', `${at}/analysis:${start}`, { version: 4, body: lost });
			const refused = `/api/projects/${source.id}/analysis:${start}`;
			await expectKept(403, 'POST', refused, { version: 4, body: filled });
			const search = '/api/activationCodes:findBestMatchingForNextflow';
			const question = { projectId: destination.id, analysisInput };
			await expectKept(200, 'POST', search, { body: { ...question, pipelineId: xml.id } });
			await expectKept(404, 'POST', search, { body: { ...question, pipelineId: json.id } });
		}
	});

	it('when it creates files and gives credentials', async () => {
		const path = `/api/projects/${destination.id}/data`;
		const create = `${path}:createFileWithTemporaryCredentials`;
		const body = { name: 'a.csv', folderPath: '/fastq_manifests/', temporaryCredentials: rclone };
		const headers = { 'Idempotency-Key': 'k' };
		const response = await expectKept(201, 'POST', create, { body, headers });
		await expectKept(201, 'POST', create, { body: { name: 'b.csv', temporaryCredentials: null } });
		await expectKept(201, 'POST', create, { body, headers });
		await expectKept(409, 'POST', create, { body });
		await expectKept(422, 'POST', create, { body: { ...body, name: 'c.csv' }, headers });
		const { data } = response.body as { data: { id: string } };
		const credentials = `${path}/${data.id}:createTemporaryCredentials`;
		await expectKept(200, 'POST', credentials);
		await expectKept(200, 'POST', credentials, { body: rclone });
		await expectKept(404, 'POST', `${path}/fil.0:createTemporaryCredentials`);
	});

	it('when an event is raised', async () => {
		const path = `/api/projects/${source.id}/customEvents`;
		const content = { info: 'some content' };
		await expectKept(204, 'POST', path, { body: { code: 'fastqs', content } });
		await expectKept(404, 'POST', '/api/projects/none/customEvents', { body: { code: 'fastqs', content } });
		expect(simulator.world.customEvents).toEqual([{ project: source, code: 'fastqs', content }]);
	});

	it('in a success and in a problem of every operation that it has', () => {
		const seen = (good: boolean): Set<string> =>
			new Set(
				simulator.exchanges
					.filter(({ response }) => (response?.status ?? 0) < 400 === good)
					.map((exchange) => exchange.operation),
			);
		const operations = [
			...[
				'createJwtToken',
				'getProjects',
				'getProject',
				'searchAnalyses',
				'getAnalysis',
				'getAnalysisOutputs',
			],
			...['getProjectDataList', 'getProjectData', 'createProjectDataLinkingBatch'],
			...['archiveData', 'unarchiveData', 'deleteData'],
			...['getProjectDataLinkingBatch', 'getProjectDataLinkingBatchItems'],
			'createCustomEvent',
			...['createFileWithTemporaryCredentials', 'createTemporaryCredentialsForData'],
			...['createNextflowAnalysis', 'createNextflowJsonAnalysis', 'createCwlJsonAnalysis'],
			...['createCwlAnalysisWithStructuredInput', 'findBestMatchingActivationCodesForNextflow'],
			...['getAnalysisInputs', 'getAnalysisConfigurations', 'getAnalysisSteps'],
			...['getProjectAnalysisInputFormValues', 'getProjectPipelineReferenceSets'],
		];
		expect([...seen(true)].sort()).toEqual(operations.toSorted());
		expect([...seen(false)].sort()).toEqual(operations.toSorted());
	});

	it('when it answers 406 and 415', async () => {
		const path = `/api/projects/${source.id}/analysis:search`;
		const accept = await made('POST', path, { body: {}, headers: { Accept: 'application/json' } });
		const content = await made('POST', path, { body: {}, headers: { 'Content-Type': 'text/plain' } });
		expect([accept, content].map((exchange) => exchange.response?.status)).toEqual([406, 415]);
		expect(contractProblems(accept)).toEqual(['searchAnalyses: Accept "application/json" is not documented']);
		expect(contractProblems(content)).toEqual([
			'searchAnalyses: Content-Type "text/plain" is not documented',
		]);
	});
});
