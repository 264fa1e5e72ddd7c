import { describe, expect, it } from 'vitest';
import { getScopes, listProjects } from '../../src/basespace/account.ts';
import { OutageError, SetupError } from '../../src/common/errors.ts';
import { listAnalyses } from '../../src/ica/analyses.ts';
import { connect, fastqs, startScene } from '../helpers/scene.ts';

const unauthorized = { kind: 'status', status: 401 } as const;

describe('an API key', () => {
	it.each([401, 403])('that ICA never accepted (%d) is a matter of the setup', async (status) => {
		const scene = await startScene();
		scene.simulator.addFault({ operation: 'createJwtToken', answer: { kind: 'status', status } });
		await expect(connect(scene).ica.signIn()).rejects.toThrow(SetupError);
	});

	it('that is revoked later ends all calls, and nothing more is sent', async () => {
		const scene = await startScene();
		const { ica } = connect(scene);
		await ica.signIn();
		scene.simulator.expireTokens();
		scene.simulator.addFault({ operation: 'createJwtToken', times: 100, answer: unauthorized });
		const call = (): Promise<unknown> => listAnalyses(ica, scene.source);
		const ends = await Promise.allSettled([call(), call(), call()]);
		const sent = scene.simulator.exchanges.length;
		for (const end of [...ends, ...(await Promise.allSettled([call(), ica.signIn()]))]) {
			const reason: unknown = end.status === 'rejected' ? end.reason : undefined;
			expect(reason).toBeInstanceOf(OutageError);
			expect(String(reason)).toMatch(
				/ICA at \S+ no longer accepts the API key in api_key\.txt \(status 401.*\): it may have been revoked, or have expired\./,
			);
		}
		expect(scene.simulator.exchanges).toHaveLength(sent);
		expect(scene.operations().filter((operation) => operation === 'createJwtToken')).toHaveLength(2);
	});

	it('whose tokens hold for nothing ends all calls after a few', async () => {
		const scene = await startScene();
		const { ica } = connect(scene);
		scene.simulator.addFault({ operation: 'searchAnalyses', times: 100, answer: unauthorized });
		for (let call = 1; call <= 3; call++) {
			await expect(listAnalyses(ica, scene.source)).rejects.toMatchObject({ failure: 'unauthorized' });
		}
		const sent = scene.simulator.exchanges.length;
		await expect(listAnalyses(ica, scene.source)).rejects.toThrow(OutageError);
		expect(scene.simulator.exchanges).toHaveLength(sent);
	});

	it('that is revoked in the middle of a pass is said once, with status 1 and what was done kept', async () => {
		const scene = await startScene();
		for (let n = 0; n < 40; n++) {
			scene.analysis({ files: fastqs('M-1') });
		}
		const { simulator } = scene;
		let uploads = 0;
		simulator.onRequest = ({ operation }) => {
			uploads += operation === 'createFileWithTemporaryCredentials' ? 1 : 0;
			if (uploads === 3) {
				uploads++;
				simulator.expireTokens();
				simulator.addFault({ operation: 'createJwtToken', times: 1000, answer: unauthorized });
			}
		};
		const installation = scene.install();
		const { status, stderr } = await installation.pass();
		expect({ status, lines: stderr.trimEnd().split('\n') }).toEqual({
			status: 1,
			lines: [
				expect.stringMatching(/^Error: The pass was given up: ICA at \S+ no longer accepts the API key in /),
			],
		});
		expect(stderr).not.toContain('Nothing was changed');
		expect(scene.operations().filter((operation) => operation === 'createJwtToken')).toHaveLength(2);
		simulator.onRequest = undefined;
		simulator.clearFaults();
		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
		expect(new Set(installation.managedIds()).size).toBe(40);
	});
});

describe('a BaseSpace token that does not hold any more', () => {
	it('ends all calls after a few', async () => {
		const scene = await startScene();
		const { basespace } = connect(scene);
		await getScopes(basespace);
		scene.simulator.addFault({ server: 'basespace', times: 100, answer: unauthorized });
		for (let call = 1; call <= 3; call++) {
			await expect(listProjects(basespace)).rejects.toMatchObject({ failure: 'unauthorized' });
		}
		await expect(listProjects(basespace)).rejects.toThrow(
			'BaseSpace does not accept the access token any more (status 401).',
		);
		expect(scene.simulator.basespaceExchanges).toHaveLength(4);
	});
});
