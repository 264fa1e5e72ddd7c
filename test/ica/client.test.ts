import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { OutageError, reasonOf } from '../../src/common/errors.ts';
import { listAnalyses, listOutputs } from '../../src/ica/analyses.ts';
import { findDataByIds, listAvailableFiles, listFilesBelow } from '../../src/ica/data.ts';
import { findProjectsByName } from '../../src/ica/projects.ts';
import { connect, startScene } from '../helpers/scene.ts';
import type { FaultAnswer } from '../simulator/faults.ts';

async function failing(answer: FaultAnswer, times = 100) {
	const scene = await startScene();
	const means = connect(scene, { timeLimitMs: 300 });
	scene.simulator.addFault({ operation: 'searchAnalyses', times, answer });
	const list = (): Promise<unknown> => listAnalyses(means.ica, scene.source);
	return { scene, ...means, list };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
	return await promise.then(
		() => 'no error',
		(error: unknown) => reasonOf(error),
	);
}

describe('the ICA client', () => {
	it('yields every item of every page, once', async () => {
		const scene = await startScene();
		for (let n = 0; n < 2345; n++) {
			scene.analysis({ files: [] });
		}
		const { analyses } = await listAnalyses(connect(scene).ica, scene.source);
		expect(new Set(analyses.map(({ id }) => id)).size).toBe(2345);
		expect(analyses).toHaveLength(2345);
		expect(scene.operations()).toEqual([
			'createJwtToken',
			'searchAnalyses',
			'searchAnalyses',
			'searchAnalyses',
		]);
	});

	it('asks for the next page while this one is worked on, and says then only that it failed', async () => {
		const scene = await startScene();
		for (let n = 0; n < 1001; n++) {
			scene.simulator.world.addFile(scene.source, `/x/${n}`);
		}
		const { ica } = connect(scene);
		const files = listAvailableFiles(ica, scene.source.id, ['/x/'], Date.now() + 60_000);
		const answer = { kind: 'status', status: 403 } as const;
		scene.simulator.addFault({ operation: 'getProjectDataList', skip: 1, answer });
		await files.next();
		await vi.waitFor(() => expect(scene.simulator.exchanges).toHaveLength(3));
		expect(scene.operations()).toEqual(['createJwtToken', 'getProjectDataList', 'getProjectDataList']);
		for (let n = 1; n < 1000; n++) {
			expect((await files.next()).done).toBe(false);
		}
		await expect(files.next()).rejects.toThrow('Could not list the available files of old analyses: ');
	});

	it('does not take half a list for the whole', async () => {
		const cutShort = (body: unknown): unknown => ({
			...(body as object),
			nextPageToken: '',
			remainingRecords: 7,
		});
		const { list } = await failing({ kind: 'rewrite', change: cutShort });
		await expect(list()).rejects.toThrow(
			'Could not list the analyses of bssh_core: the list ended while 7 records remained.',
		);
	});

	it('does not turn pages for ever', async () => {
		const { list, scene } = await failing({ kind: 'json', body: { items: [], nextPageToken: 'again' } });
		await expect(list()).rejects.toThrow(
			'Could not list the analyses of bssh_core: the same page was offered twice.',
		);
		expect(scene.operations()).toEqual(['createJwtToken', 'searchAnalyses', 'searchAnalyses']);
	});

	it('passes over an analysis that it cannot read, and says what is wrong with it', async () => {
		const scene = await startScene();
		const good = scene.analysis();
		const bad = scene.analysis();
		const spoil = (body: unknown): unknown =>
			JSON.parse(JSON.stringify(body).replace(`"reference":"${bad.reference}"`, '"reference":""'));
		scene.simulator.addFault({ operation: 'searchAnalyses', answer: { kind: 'rewrite', change: spoil } });
		const { analyses, unreadable } = await listAnalyses(connect(scene).ica, scene.source);
		expect(analyses.map(({ id }) => id)).toEqual([good.id]);
		expect(unreadable).toEqual([{ why: expect.stringMatching(/^reference: /), status: 'SUCCEEDED' }]);
	});

	it('reads the files of an output at any depth, and refuses one that it cannot read', async () => {
		const scene = await startScene();
		const analysis = scene.analysis({ files: ['a', 'x/b', 'x/y/c'] });
		const { ica } = connect(scene);
		const [output] = await listOutputs(ica, scene.source, analysis);
		expect(output?.filesBelow.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
		const spoil = (body: unknown): unknown =>
			JSON.parse(JSON.stringify(body).replace('"name":"c"', '"name":7'));
		const answer = { kind: 'rewrite', change: spoil } as const;
		scene.simulator.addFault({ operation: 'getAnalysisOutputs', answer });
		await expect(listOutputs(ica, scene.source, analysis)).rejects.toThrow(
			/^Could not list the outputs of analysis .*: items\.0\.data\.0\.children\.name: .*expected string/,
		);
	});

	it('matches a project name exactly, and finds hidden projects', async () => {
		const scene = await startScene();
		for (const name of ['MGI 2', 'mgi', 'xMGI']) {
			scene.world.addProject(name);
		}
		const hidden = scene.world.addProject('hidden', { hidden: true });
		const { ica } = connect(scene);
		expect((await findProjectsByName(ica, 'MGI')).named.map(({ id }) => id)).toEqual([scene.destination.id]);
		expect((await findProjectsByName(ica, 'hidden')).named.map(({ id }) => id)).toEqual([hidden.id]);
		expect(await findProjectsByName(ica, 'MG')).toEqual({ named: [], similar: [] });
	});

	it('compares the beginnings of paths exactly', async () => {
		const scene = await startScene();
		for (const path of ['/a/b/x', '/a/B/x', '/a/bc/x', '/a/b', '/A/b/x']) {
			scene.world.addFile(scene.source, path);
		}
		const files = await listFilesBelow(connect(scene).ica, scene.source.id, '/a/b/');
		expect(files.map((file) => file.path)).toEqual(['/a/b/x']);
	});

	it('looks up many ids in few requests', async () => {
		const scene = await startScene();
		const items = Array.from({ length: 250 }, (_, n) => scene.world.addFile(scene.source, `/f${n}`));
		const found = await findDataByIds(
			connect(scene).ica,
			scene.source.id,
			items.map(({ id }) => id),
			'look them up',
		);
		expect(found).toHaveLength(250);
		expect(scene.operations()).toHaveLength(4);
	});

	it('sends the key only to sign in, and renews an expired token once for all calls under way', async () => {
		const scene = await startScene();
		const { ica } = connect(scene);
		await ica.signIn();
		scene.simulator.expireTokens();
		await Promise.all([1, 2, 3, 4].map(() => listAnalyses(ica, scene.source)));
		expect(scene.operations().filter((operation) => operation === 'createJwtToken')).toHaveLength(2);
		const withKey = scene.simulator.exchanges.filter(
			(exchange) => exchange.headers['x-api-key'] !== undefined,
		);
		expect(new Set(withKey.map(({ operation }) => operation))).toEqual(new Set(['createJwtToken']));
	});

	it('gives up when a renewed token is not accepted either', async () => {
		const { list, scene } = await failing({ kind: 'status', status: 401 });
		await expect(list()).rejects.toThrow('Could not list the analyses of bssh_core: status 401');
		expect(scene.operations()).toEqual([
			'createJwtToken',
			'searchAnalyses',
			'createJwtToken',
			'searchAnalyses',
		]);
	});

	it.each([
		[{ kind: 'status', status: 429, headers: { 'retry-after': '3' } }],
		[{ kind: 'status', status: 502 }],
		[{ kind: 'status', status: 503 }],
		[{ kind: 'status', status: 504 }],
		[{ kind: 'reset' }],
		[{ kind: 'truncated' }],
		[{ kind: 'hang' }],
		[{ kind: 'dribble', everyMillis: 20 }],
	] as const)('gets over %j', async (answer) => {
		const { list, sleeps } = await failing(answer, 2);
		expect(await list()).toEqual({ analyses: [], unreadable: [] });
		expect(sleeps).toHaveLength(2);
		expect(sleeps.every((each) => each >= ('headers' in answer ? 3000 : 250))).toBe(true);
	});

	it.each([
		[{ kind: 'status', status: 500 }, 'status 500'],
		[{ kind: 'html' }, 'is not what it should be: no JSON, but text/html'],
		[{ kind: 'json', body: {} }, 'is not what it should be: items: '],
		[{ kind: 'json', body: null }, 'the whole: '],
		[{ kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }, 'status 302'],
	] as const)('says what is wrong with %j, at once', async (answer, expected) => {
		const { list, scene, sleeps } = await failing(answer);
		const message = await messageOf(list());
		expect(message).toMatch(/^Could not list the analyses of bssh_core: /);
		expect(message).toContain(expected);
		expect(sleeps).toEqual([]);
		expect(scene.operations()).toEqual(['createJwtToken', 'searchAnalyses']);
	});

	it("passes on ICA's own detail", async () => {
		const problem = { title: 'Bad request', detail: 'Project is locked.', parameters: { code: 'ICA_1' } };
		const { list } = await failing({ kind: 'status', status: 400, body: problem });
		await expect(list()).rejects.toThrow(
			'Could not list the analyses of bssh_core: status 400, Bad request: Project is locked. (code: ICA_1).',
		);
	});

	it('gives up in the end, and says how long it tried', async () => {
		const { list, sleeps } = await failing({ kind: 'reset' });
		await expect(list()).rejects.toThrow(
			/the connection was cut off \(ECONNRESET\), after 6 tries in [\d.]+ s\.$/,
		);
		expect(sleeps).toHaveLength(5);
	});

	it('begins no further try when the time for one call is spent', async () => {
		const { list, sleeps } = await failing({
			kind: 'status',
			status: 503,
			headers: { 'retry-after': '100' },
		});
		await expect(list()).rejects.toThrow('status 503');
		expect(sleeps).toEqual([100_000]);
	});

	it('gives up for good when ICA has failed three calls in a row, each tried to its end', async () => {
		const { list } = await failing({ kind: 'status', status: 503 });
		for (let call = 1; call <= 3; call++) {
			await expect(list()).rejects.toThrow('Could not list the analyses of bssh_core: status 503.');
		}
		await expect(list()).rejects.toThrow(OutageError);
	});

	it('has at most eight requests under way', async () => {
		const scene = await startScene({ latencyMillis: 20 });
		const { ica } = connect(scene);
		await ica.signIn();
		await Promise.all(Array.from({ length: 30 }, () => listAnalyses(ica, scene.source)));
		expect(Math.max(...scene.simulator.exchanges.map(({ concurrent }) => concurrent))).toBe(8);
	});

	it('ends a request to a server that accepts connections and never speaks', async () => {
		const silent = createServer();
		await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
		onTestFinished(() => void silent.close());
		const address = silent.address();
		const port = typeof address === 'object' ? address?.port : 0;
		const scene = await startScene();
		const { ica } = connect(
			{ simulator: { ...scene.simulator, url: `http://127.0.0.1:${port}` }, world: scene.world },
			{ timeLimitMs: 100, limits: { maxTries: 2 } },
		);
		await expect(ica.signIn()).rejects.toThrow(
			/^Could not sign in to ICA at .*: no answer within 0\.1 s, after 2 tries/,
		);
	});
});
