import { describe, expect, it } from 'vitest';
import { uploadFile } from '../../src/delivery/upload.ts';
import { listFilesBelow } from '../../src/ica/data.ts';
import { bsshScene } from '../helpers/basespace-scene.ts';
import { passInProcess } from '../helpers/in-process.ts';
import { addOriginal, kinds } from '../helpers/originals.ts';
import { connect, fastqs, startScene } from '../helpers/scene.ts';
import type { Exchange } from '../simulator/exchange.ts';
import { contractAvailable, contractProblems } from './openapi.ts';

const operationsUsed = [
	'archiveData',
	'createCustomEvent',
	'createCwlAnalysisWithStructuredInput',
	'createCwlJsonAnalysis',
	'createFileWithTemporaryCredentials',
	'createJwtToken',
	'createNextflowAnalysis',
	'createNextflowJsonAnalysis',
	'createProjectDataLinkingBatch',
	'createTemporaryCredentialsForData',
	'deleteData',
	'findBestMatchingActivationCodesForNextflow',
	'getAnalysis',
	'getAnalysisConfigurations',
	'getAnalysisInputs',
	'getAnalysisOutputs',
	'getAnalysisSteps',
	'getProject',
	'getProjectAnalysisInputFormValues',
	'getProjectData',
	'getProjectDataLinkingBatch',
	'getProjectDataLinkingBatchItems',
	'getProjectDataList',
	'getProjectPipelineReferenceSets',
	'getProjects',
	'searchAnalyses',
	'unarchiveData',
];

/** A look at more analyses than a page holds. */
async function exchangesOfLongProject(): Promise<readonly Exchange[]> {
	const scene = await startScene();
	for (let n = 0; n < 1001; n++) {
		scene.analysis({ status: 'FAILED', files: [] });
	}
	expect(await scene.install().pass('--dry_run')).toMatchObject({ status: 1 });
	return scene.simulator.exchanges;
}

/** A pass that reports a failed analysis of each kind, and requeues of all, a refused one among them. */
async function exchangesOfRequeues(): Promise<readonly Exchange[]> {
	const scene = await startScene();
	const originals = kinds.map((kind) => addOriginal(scene, kind, scene.destination));
	const installation = scene.install();
	expect(await installation.pass()).toMatchObject({ status: 1 });
	for (const { id } of originals) {
		const flags = ['--analysis_id', id, '--launch'];
		expect(await installation.requeue(...flags, '--project_name', 'MGI')).toMatchObject({ status: 0 });
		expect(await installation.requeue(...flags)).toMatchObject({ status: 1 });
	}
	const named = ['--user_reference', originals[0]?.userReference ?? ''];
	expect(await installation.requeue(...named)).toMatchObject({ status: 0 });
	return scene.simulator.exchanges;
}

/** A pass that finds out from ICA what BaseSpace manages. */
async function exchangesOfBsshProject(): Promise<readonly Exchange[]> {
	const scene = await bsshScene();
	scene.basespace.addDataset(scene.basespace.addProject('Core'), { dateCreated: scene.ago(95) });
	scene.named(95, ['Core']);
	await scene.pass();
	expect(scene.done()).toHaveLength(1);
	return scene.simulator.exchanges;
}

describe.skipIf(!contractAvailable)("ICA's OpenAPI document (skipped where ../shared is missing)", () => {
	it('allows every request that the program sends, and every answer that it gets', {
		timeout: 60_000,
	}, async () => {
		const scene = await startScene();
		const { simulator, world, source, destination } = scene;
		scene.analysis({ files: fastqs('M-1-2', 'PhiX') });
		const deleted = scene.analysis();
		if (deleted.outputFolder !== undefined) {
			world.remove(deleted.outputFolder);
		}
		const unlucky = scene.analysis({ files: fastqs('M-3, "ü"') });
		world.forceLinkOutcome(unlucky.files[0]?.id ?? '', 'FAILED', 'no right');
		const installation = scene.install([
			'--source_project_id',
			source.id,
			'--destination_project_name',
			'MGI',
			'--notify_event_code',
			'fastqs',
		]);
		expect(await installation.pass('--dry_run')).toMatchObject({ status: 1 });
		expect(await installation.pass()).toMatchObject({ status: 1 });
		simulator.expireTokens();
		expect(await installation.pass()).toMatchObject({ status: 1 });

		scene.world.advanceDays(65);
		Object.assign(source, { externallyManaged: false });
		expect((await passInProcess(scene, installation.folder)).summary).toContain('1 archived');
		scene.world.advanceDays(30);
		expect((await passInProcess(scene, installation.folder)).summary).toContain('1 unarchived');
		scene.world.advanceDays(1);
		expect((await passInProcess(scene, installation.folder)).summary).toContain('1 deleted');

		const means = connect(scene);
		await means.ica.signIn();
		simulator.expireTokens();
		expect(await listFilesBelow(means.ica, source.id, unlucky.outputFolder?.path ?? '')).toHaveLength(2);
		const file = { project: destination, folder: '/fastq_manifests/', name: 'x.csv' };
		expect(await uploadFile(means, { ...file, content: Buffer.from('1') })).toBe('create');
		expect(await uploadFile(means, { ...file, content: Buffer.from('2') })).toBe('replace');
		const manifest = world.findByPath(destination, '/fastq_manifests/x.csv');
		if (manifest !== undefined) {
			world.refuseCredentials(manifest);
		}
		expect(await uploadFile(means, { ...file, content: Buffer.from('3') })).toBe('renew');

		const exchanges = [
			...simulator.exchanges,
			...(await exchangesOfLongProject()),
			...(await exchangesOfRequeues()),
			...(await exchangesOfBsshProject()),
		];
		expect([...new Set(exchanges.map(({ operation }) => operation))].sort()).toEqual(operationsUsed);
		const problems = exchanges.flatMap((exchange) =>
			contractProblems(exchange).map((problem) => `${exchange.method} ${exchange.path}: ${problem}`),
		);
		expect(problems).toEqual([]);
	});
});
