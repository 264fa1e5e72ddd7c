import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listAll as listAllOfBaseSpace } from '../../src/basespace/paging.ts';
import { reasonOf, ServiceError } from '../../src/common/errors.ts';
import { quote } from '../../src/http/answers.ts';
import { createRequester, defaultLimits } from '../../src/http/requester.ts';
import { createSend } from '../../src/http/send.ts';
import { listAnalyses, listOutputs } from '../../src/ica/analyses.ts';
import { IcaClient } from '../../src/ica/client.ts';
import { collect, listAll } from '../../src/ica/paging.ts';
import { newSecrets } from '../../src/secrets/secrets.ts';
import { connect, type Scene, startScene } from '../helpers/scene.ts';

const limits = { maxItems: 100, maxPages: 10, waitMs: 60_000 };

/** A client that takes answers of so many bytes. */
function clientOf(scene: Scene, maxBytes: number): IcaClient {
	const requester = createRequester({
		send: createSend(10_000, maxBytes),
		clock: connect(scene).clock,
		stop: new AbortController().signal,
		limits: defaultLimits,
		debug: () => undefined,
	});
	return new IcaClient({
		serverUrl: scene.simulator.url,
		apiKey: scene.simulator.apiKey,
		apiKeyFile: 'api_key.txt',
		requester,
		now: () => Date.now(),
		secrets: newSecrets(),
	});
}

describe('an answer', () => {
	it('that is too large is an error that says which call, and how large; it is not asked for again', async () => {
		const scene = await startScene();
		const ica = clientOf(scene, 500_000);
		for (let n = 0; n < 1000; n++) {
			scene.analysis({ files: [] });
		}
		// it takes more calls than those that make an outage
		for (let call = 1; call <= 5; call++) {
			await expect(listAnalyses(ica, scene.source)).rejects.toMatchObject({
				failure: 'unexpected answer',
				message: 'Could not list the analyses of bssh_core: the answer is larger than 0.5 MB.',
			});
		}
		const [, answered] = scene.simulator.exchanges;
		expect(answered?.headers['accept-encoding']).toContain('gzip');
		expect(scene.operations().filter((operation) => operation === 'searchAnalyses')).toHaveLength(5);
	});

	it('that is just large enough is taken', async () => {
		const scene = await startScene();
		const body = JSON.stringify({ items: [], filler: 'ü'.repeat(1000) });
		const answer = { kind: 'status', status: 200, body } as const;
		const size = Buffer.byteLength(body);
		scene.simulator.addFault({ operation: 'searchAnalyses', times: 2, answer });
		expect(await listAnalyses(clientOf(scene, size), scene.source)).toMatchObject({ analyses: [] });
		await expect(listAnalyses(clientOf(scene, size - 1), scene.source)).rejects.toThrow('larger than');
	});

	it.each([
		['a million lists in each other', `{"items":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`],
		['nothing but lists', '['.repeat(1_000_000) + ']'.repeat(1_000_000)],
		['a page of a million numbers', `{"items":[${'0,'.repeat(1_000_000)}0]}`],
	])('of %s is not what it should be, and no error of the program', async (_, body) => {
		const scene = await startScene();
		const { ica } = connect(scene);
		const answer = { kind: 'status', status: 200, body } as const;
		scene.simulator.addFault({ operation: 'getProjectDataList', answer });
		const call = { what: 'list', method: 'GET', path: `/api/projects/${scene.source.id}/data` } as const;
		const error: unknown = await collect(listAll(ica, call, z.object({ data: z.unknown() }))).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).toBeInstanceOf(ServiceError);
		expect(reasonOf(error)).toMatch(
			/^Could not list: ICA's answer \(status 200\) is not what it should be: /,
		);
	});

	it('that is long, and no JSON, is quoted without half a secret', () => {
		const secrets = newSecrets();
		secrets.add('s3cr3t-key');
		for (const at of [0, 50, 9990, 9995, 19_990, 19_995, 20_000]) {
			const text = `${' '.repeat(at)}s3cr3t-key${'x'.repeat(1_000_000)}`;
			expect(quote(text, secrets.blank, 60)).not.toContain('s3c');
		}
	});

	it('that is an error with odd parameters is told without them', async () => {
		const scene = await startScene();
		const { ica } = connect(scene);
		const deep = '['.repeat(100_000) + ']'.repeat(100_000);
		const body = `{"title":"Bad","parameters":{"a":${deep},"b":{"toString":1},"c":"code","d":7,"e":null}}`;
		scene.simulator.addFault({ operation: 'searchAnalyses', answer: { kind: 'status', status: 400, body } });
		await expect(listAnalyses(ica, scene.source)).rejects.toThrow(
			'Could not list the analyses of bssh_core: status 400, Bad (c: code, d: 7).',
		);
	});
});

describe('an output', () => {
	it('nested 100,000 folders deep is read to its end', async () => {
		const scene = await startScene();
		const analysis = scene.analysis();
		const folder = '{"dataId":"fol.1","dataType":"FOLDER","name":"x","children":[';
		const files = ['a', 'b'].map((name) => `{"dataId":"fil.${name}","dataType":"FILE","name":"${name}"}`);
		const tree = `${folder.repeat(100_000)}${files[0]}${']}'.repeat(99_999)},${files[1]}]}`;
		const body = `{"items":[{"data":[${tree}]}]}`;
		scene.simulator.addFault({
			operation: 'getAnalysisOutputs',
			answer: { kind: 'status', status: 200, body },
		});
		const [output] = await listOutputs(connect(scene).ica, scene.source, analysis);
		expect(output?.filesBelow.map(({ name }) => name)).toEqual(['a', 'b']);
	});
});

describe('a list of ICA that does not end', () => {
	async function endless(page: (n: number) => unknown, more: Partial<typeof limits> = {}): Promise<unknown> {
		const scene = await startScene();
		for (let n = 1; n <= 20; n++) {
			const answer = { kind: 'json', body: page(n) } as const;
			scene.simulator.addFault({ operation: 'getProjectDataList', answer });
		}
		const call = { what: 'list', method: 'GET', path: `/api/projects/${scene.source.id}/data` } as const;
		const { ica } = connect(scene);
		return await collect(listAll(ica, call, z.number(), { ...limits, ...more })).catch(reasonOf);
	}

	it.each([
		['with ever new pages', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 'after 11 pages with 110 items'],
		['with pages that are empty', [], 'after 11 pages with 0 items'],
		[
			'with one page that is far too long',
			Array.from({ length: 101 }, (_, n) => n),
			'after 1 pages with 101',
		],
	])('%s is given up', async (_, items, where) => {
		const message = await endless((n) => ({ items, nextPageToken: `t${n}`, remainingRecords: 1 }));
		expect(message).toContain(`Could not list: the list is longer than any that is expected, ${where}`);
	});

	it('that takes too long is given up', async () => {
		const message = await endless((n) => ({ items: [n], nextPageToken: `t${n}` }), { waitMs: 0 });
		expect(message).toBe(
			'Could not list: the list has not come to its end in 0 minutes, after 1 pages with 1 items.',
		);
	});

	it('is followed as far as it may go', async () => {
		const items = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
		const found = await endless((n) => ({ items, nextPageToken: n === 10 ? '' : `t${n}` }));
		expect(found).toHaveLength(100);
	});

	it('is not followed by a token that no address can hold', async () => {
		const message = await endless(() => ({ items: [], nextPageToken: 'x'.repeat(20_000) }));
		expect(message).toContain('nextPageToken: Too big');
	});
});

describe('a list of BaseSpace that does not end', () => {
	it('is given up', async () => {
		const scene = await startScene();
		let id = 0;
		scene.simulator.addFault({
			server: 'basespace',
			operation: 'listTrash',
			times: 1000,
			answer: {
				kind: 'rewrite',
				change: () => ({ Items: [{ Id: String(++id) }], Paging: { TotalCount: id + 1 } }),
			},
		});
		const call = { what: 'list', method: 'GET', path: '/v2/trash' } as const;
		const listing = listAllOfBaseSpace(connect(scene).basespace, call, z.unknown(), limits);
		await expect(listing).rejects.toThrow(
			'Could not list: the list is longer than any that is expected, after 11',
		);
	});
});
