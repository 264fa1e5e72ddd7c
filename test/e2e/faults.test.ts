import { describe, expect, it } from 'vitest';
import { fastqs, startScene } from '../helpers/scene.ts';

describe('a pass in bad weather', () => {
	it('gets through 429, 5xx, cut connections, lost answers and an expired token, and links every file once', async () => {
		const scene = await startScene({ tokenUses: 9 });
		for (const sample of ['M-1-2', 'M-3-4', 'M-5-6']) {
			scene.analysis({ files: fastqs(sample) });
		}
		const { simulator } = scene;
		simulator.addFault({ operation: 'createJwtToken', answer: { kind: 'reset' } });
		simulator.addFault({ operation: 'getProjects', answer: { kind: 'status', status: 502 } });
		simulator.addFault({
			operation: 'searchAnalyses',
			answer: { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
		});
		simulator.addFault({ operation: 'getAnalysisOutputs', answer: { kind: 'truncated' } });
		simulator.addFault({ operation: 'getProjectDataList', answer: { kind: 'status', status: 504 } });
		simulator.addFault({
			operation: 'createProjectDataLinkingBatch',
			answer: { kind: 'reset' },
			afterEffect: true,
		});
		simulator.addFault({ operation: 'getProjectDataLinkingBatch', answer: { kind: 'status', status: 503 } });
		simulator.addFault({
			operation: 'createFileWithTemporaryCredentials',
			answer: { kind: 'reset' },
			afterEffect: true,
		});
		simulator.addFault({ server: 's3', answer: { kind: 'status', status: 503 } });
		const installation = scene.install();

		const outcome = await installation.pass();

		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		expect(installation.managedIds()).toHaveLength(3);
		const data = scene.world.dataOf(scene.destination);
		const linked = data.filter((item) => item.project === scene.source);
		expect(linked.map((item) => scene.world.timesLinked(item, scene.destination))).toEqual([
			1, 1, 1, 1, 1, 1,
		]);
		const manifests = data.filter(
			(item) => item.path.startsWith('/fastq_manifests/') && item.type === 'FILE',
		);
		expect(manifests.map((item) => item.status)).toEqual(['AVAILABLE', 'AVAILABLE', 'AVAILABLE']);
		expect(scene.operations().filter((operation) => operation === 'createJwtToken').length).toBeGreaterThan(
			2,
		);
	});

	it.each([
		['searchAnalyses', 'The pass was given up: Could not list the analyses of bssh_core: '],
		['getAnalysisOutputs', 'Could not list the outputs of analysis '],
		['createProjectDataLinkingBatch', 'Could not link 2 files to MGI: '],
		['createFileWithTemporaryCredentials', 'Could not create /fastq_manifests/'],
	])('says which call was answered by a web page: %s', async (operation, message) => {
		const scene = await startScene();
		scene.analysis();
		scene.simulator.addFault({ operation, answer: { kind: 'html' } });
		const installation = scene.install();
		const outcome = await installation.pass();
		expect(outcome.status).toBe(1);
		expect(outcome.stderr).toContain(message);
		expect(outcome.stderr).toContain(
			"ICA's answer (status 200) is not what it should be: no JSON, but text/html",
		);
		expect(installation.managedIds()).toEqual([]);
		expect(await installation.pass()).toMatchObject({ status: 0 });
	});
});
