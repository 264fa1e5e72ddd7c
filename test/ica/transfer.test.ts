import { describe, expect, it } from 'vitest';
import { createFile, getCredentials } from '../../src/ica/credentials.ts';
import { findFile } from '../../src/ica/data.ts';
import { connect, startScene } from '../helpers/scene.ts';

async function withFile(text: string) {
	const scene = await startScene();
	const { ica, storage } = connect(scene);
	scene.world.addFile(scene.destination, '/a/b.csv', { content: text });
	const file = await findFile(ica, scene.destination.id, '/a/b.csv');
	if (file === undefined) {
		throw new Error('the file is there');
	}
	const read = await getCredentials(ica, scene.destination.id, file, 'read');
	return { scene, ica, storage, read };
}

describe('the transfer of bytes', () => {
	it('downloads what a file holds', async () => {
		const { storage, read } = await withFile('ünïcode, "quoted"\n');
		expect((await storage.download(read, 1000)).toString()).toBe('ünïcode, "quoted"\n');
	});

	it('downloads no more than was expected', async () => {
		const { storage, read } = await withFile('0123456789');
		await expect(storage.download(read, 9)).rejects.toThrow(
			'it has more than the 9 bytes that were expected at most',
		);
	});

	it('uploads what it can download again, an empty file, too', async () => {
		const scene = await startScene();
		const { ica, storage } = connect(scene);
		for (const [name, content] of [
			['full', 'x'.repeat(100_000)],
			['empty', ''],
		] as const) {
			const write = await createFile(ica, scene.destination.id, { folder: '/', name });
			await storage.upload(write, Buffer.from(content));
			expect((await storage.download(write, 100_000)).toString()).toBe(content);
		}
	});

	it('reports what the storage refuses, in a sentence without secrets', async () => {
		const { storage, read } = await withFile('x');
		const forged = { ...read, secretAccessKey: 'forgedForgedForged' };
		const failed = storage.download(forged, 10);
		await expect(failed).rejects.toThrow(
			/^Could not read storage s3:\/\/.*b\.csv: status 403, SignatureDoesNotMatch: /,
		);
		await expect(failed).rejects.not.toThrow('forgedForgedForged');
		await expect(storage.upload(read, Buffer.from('y'))).rejects.toThrow('status 403, AccessDenied');
	});

	it('reads no more of an error than an error has', async () => {
		const { scene, storage, read } = await withFile('x');
		scene.simulator.addFault({
			server: 's3',
			times: 9,
			answer: { kind: 'status', status: 400, body: 'x'.repeat(2_000_000) },
		});
		await expect(storage.download(read, 10)).rejects.toThrow('it has more than the 1000000 bytes');
	});

	it('tries again when the storage is busy or cuts the connection', async () => {
		const { scene, storage, read } = await withFile('x');
		scene.simulator.addFault({ server: 's3', answer: { kind: 'status', status: 503 } });
		scene.simulator.addFault({ server: 's3', answer: { kind: 'reset' } });
		expect((await storage.download(read, 10)).toString()).toBe('x');
	});

	it.each(['html', 'json'] as const)(
		'does not take %s with status 200 for an upload that was stored',
		async (kind) => {
			const scene = await startScene();
			const { ica, storage } = connect(scene);
			const write = await createFile(ica, scene.destination.id, { folder: '/', name: 'a.csv' });
			const answer = kind === 'json' ? { kind, body: {} } : { kind };
			scene.simulator.addFault({ server: 's3', answer });
			await expect(storage.upload(write, Buffer.from('x'))).rejects.toThrow(
				/^Could not write to storage s3:\/\/.*a\.csv: the answer does not confirm that it was stored \(no ETag\)\.$/,
			);
			expect(scene.world.findByPath(scene.destination, '/a.csv')?.status).toBe('PARTIAL');
		},
	);
});
