import { describe, expect, it } from 'vitest';
import { listDatasets, moveToTrash } from '../../src/basespace/items.ts';
import { createRequester, defaultLimits } from '../../src/http/requester.ts';
import { createSend } from '../../src/http/send.ts';
import { changeData, findFile } from '../../src/ica/data.ts';
import { someRequest } from '../helpers/requests.ts';
import { connect, type Scene, startScene } from '../helpers/scene.ts';
import type { FaultAnswer } from '../simulator/faults.ts';

const notFound = { kind: 'status', status: 404 } as const;
const conflict = { kind: 'status', status: 409 } as const;
const reset = { kind: 'reset' } as const;

async function deleteFile(scene: Scene): Promise<void> {
	const { ica } = connect(scene, { timeLimitMs: 300 });
	scene.world.addFile(scene.destination, '/x');
	const file = await findFile(ica, scene.destination.id, '/x');
	if (file !== undefined) {
		await changeData(ica, scene.destination.id, file, 'delete');
	}
}

async function deleteDataset(scene: Scene): Promise<void> {
	const { basespace } = connect(scene, { timeLimitMs: 300 });
	const project = scene.world.basespace.addProject('P');
	scene.world.basespace.addDataset(project);
	const { items } = await listDatasets(basespace, { id: project.id, name: 'P', ownerId: undefined });
	for (const item of items) {
		await moveToTrash(basespace, item);
	}
}

const deletions = [
	['ica', 'deleteData', deleteFile],
	['basespace', 'deleteDataset', deleteDataset],
] as const;

describe.each(deletions)('a request to %s', (server, operation, deletion) => {
	/** A deletion whose tries are answered so, one after the other. */
	async function answered(...answers: readonly FaultAnswer[]): Promise<void> {
		const scene = await startScene();
		for (const answer of answers) {
			scene.simulator.addFault({ server, operation, answer });
		}
		await deletion(scene);
	}

	it.each([
		[reset, notFound, 'not found'],
		[{ kind: 'hang' }, conflict, 'conflict'],
		[{ kind: 'truncated' }, notFound, 'not found'],
		[{ kind: 'status', status: 504 }, notFound, 'not found'],
	] as const)('that is tried again after %j may have been carried out', async (lost, last, failure) => {
		await expect(answered(lost, last)).rejects.toMatchObject({ failure, afterLostAnswer: true });
	});

	it.each([
		['first try', [notFound], 'not found'],
		['first try', [conflict], 'conflict'],
		['try after it had to wait', [{ kind: 'status', status: 429 }, notFound], 'not found'],
		['try after a lost one, with a refusal', [reset, { kind: 'status', status: 403 }], 'forbidden'],
	] as const)('that is answered at its %s was not carried out before', async (_, answers, failure) => {
		await expect(answered(...answers)).rejects.toMatchObject({ failure, afterLostAnswer: false });
	});
});

describe('a request to ICA', () => {
	it('that found nobody at home was not carried out before', async () => {
		const scene = await startScene();
		let tries = 0;
		const requester = createRequester({
			send: async (sent, stop) => {
				tries++;
				const url = tries === 1 ? 'http://127.0.0.1:1/' : `${scene.simulator.url}/nowhere`;
				return await createSend(1000)({ ...sent, url }, stop);
			},
			clock: connect(scene).clock,
			stop: new AbortController().signal,
			limits: defaultLimits,
			debug: () => undefined,
		});
		expect(await requester.request(someRequest)).toMatchObject({ status: 404, afterLostAnswer: false });
		expect(tries).toBe(2);
	});

	it('that is sent again with a new token still knows that an earlier try may have been carried out', async () => {
		const scene = await startScene();
		for (const answer of [reset, { kind: 'status', status: 401 } as const, notFound]) {
			scene.simulator.addFault({ operation: 'deleteData', answer });
		}
		await expect(deleteFile(scene)).rejects.toMatchObject({ failure: 'not found', afterLostAnswer: true });
	});
});
