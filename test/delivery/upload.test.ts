import { describe, expect, it } from 'vitest';
import { plannedUpload, uploadFile } from '../../src/delivery/upload.ts';
import { connect, type Scene, startScene } from '../helpers/scene.ts';
import type { DataItem, ProjectOptions } from '../simulator/model.ts';

const path = '/fastq_manifests/run.download_manifest.csv';
const content = Buffer.from('file_name,file_path,data_id,project_id\nü,1,2,3\n');

async function manifestScene(options: ProjectOptions = {}) {
	const scene = await startScene({}, { destination: options });
	const means = connect(scene);
	const publication = {
		project: scene.destination,
		folder: '/fastq_manifests/',
		name: 'run.download_manifest.csv',
		content,
	};
	return {
		scene,
		means,
		plan: () => plannedUpload(means, publication),
		put: () => uploadFile(means, publication),
	};
}

function stored(scene: Scene): string | undefined {
	const item = scene.world.findByPath(scene.destination, path);
	return item && scene.world.contentOf(item)?.toString();
}

function given(scene: Scene, text: string): DataItem {
	return scene.world.addFile(scene.destination, path, { content: text });
}

describe('uploading a manifest', () => {
	it('creates it, with the folder, where there is none', async () => {
		const { scene, plan, put } = await manifestScene();
		expect(await plan()).toBe('create');
		expect(await put()).toBe('create');
		expect(stored(scene)).toBe(content.toString());
		expect(scene.operations()).not.toContain('createTemporaryCredentialsForData');
	});

	it('leaves one alone that has this content already', async () => {
		const { scene, plan, put } = await manifestScene();
		expect(await put()).toBe('create');
		expect(await plan()).toBe('keep');
		expect(await put()).toBe('keep');
		expect(scene.simulator.s3Exchanges).toHaveLength(1);
	});

	it('fills one that was created and never got its content', async () => {
		const { scene, plan, put } = await manifestScene();
		const item = scene.world.addFile(scene.destination, path, { status: 'PARTIAL', size: 0 });
		expect(await plan()).toBe('fill');
		expect(await put()).toBe('fill');
		expect(scene.world.findByPath(scene.destination, path)).toBe(item);
		expect(stored(scene)).toBe(content.toString());
	});

	it.each(['other', content.toString().replace('1', '9')])(
		'replaces other content, of other or the same size',
		async (other) => {
			const { scene, plan, put } = await manifestScene();
			const item = given(scene, other);
			expect(await plan()).toBe('replace');
			expect(await put()).toBe('replace');
			expect(scene.world.findByPath(scene.destination, path)).toBe(item);
			expect(stored(scene)).toBe(content.toString());
		},
	);

	it('deletes that one manifest and creates it anew where ICA gives no credentials for it', async () => {
		const { scene, put } = await manifestScene();
		const item = given(scene, 'other');
		const neighbour = scene.world.addFile(scene.destination, `${path}.bak`, { content: 'neighbour' });
		scene.world.refuseCredentials(item);
		scene.world.deleteMillis = 3000;
		expect(await put()).toBe('replace');
		expect(scene.world.findByPath(scene.destination, path)).not.toBe(item);
		expect(stored(scene)).toBe(content.toString());
		expect(scene.world.findByPath(scene.destination, `${path}.bak`)).toBe(neighbour);
	});

	it('leaves it to the next pass when ICA takes its time to delete the old one', async () => {
		const { scene, put } = await manifestScene();
		scene.world.refuseCredentials(given(scene, 'other'));
		scene.world.deleteMillis = 120_000;
		await expect(put()).rejects.toThrow(
			'has not deleted the old /fastq_manifests/run.download_manifest.csv yet',
		);
		scene.world.advance(120_000);
		expect(await put()).toBe('create');
		expect(stored(scene)).toBe(content.toString());
	});

	it('deletes nothing because of an error that will pass', async () => {
		const { scene, put } = await manifestScene();
		given(scene, 'other');
		scene.simulator.addFault({
			operation: 'createTemporaryCredentialsForData',
			answer: { kind: 'status', status: 500 },
		});
		await expect(put()).rejects.toThrow(/Could not get credentials to write .*: status 500/);
		expect(scene.operations()).not.toContain('deleteData');
		expect(stored(scene)).toBe('other');
	});

	it('is not misled by a neighbour whose name differs in case or is longer, nor by linked data', async () => {
		const { scene, put } = await manifestScene();
		scene.world.addFile(scene.destination, path.replace('run', 'RUN'), { content: content.toString() });
		scene.world.addFile(scene.destination, `${path}2`, { content: 'other' });
		given(scene, 'other');
		expect(await put()).toBe('replace');
		expect(stored(scene)).toBe(content.toString());
	});

	it('touches nothing when the path is taken by data that belongs to another project', async () => {
		const { scene, put } = await manifestScene();
		const foreign = scene.world.addFile(scene.world.addProject('other'), path, { content: 'foreign' });
		scene.world.link(foreign, scene.destination);
		await expect(put()).rejects.toThrow("exists in MGI, and does not list it as the project's own");
		expect(scene.world.contentOf(foreign)?.toString()).toBe('foreign');
	});

	it('finds its own file again when the answer to its creation was lost', async () => {
		const { scene, put } = await manifestScene();
		scene.simulator.addFault({
			operation: 'createFileWithTemporaryCredentials',
			answer: { kind: 'reset' },
			afterEffect: true,
		});
		expect(await put()).toBe('create');
		expect(stored(scene)).toBe(content.toString());
	});

	it.each([
		{ algorithm: 'AES256' },
		{ algorithm: 'aws:kms', keyId: 'arn:aws:kms:us-east-1:1:key/2' },
	] as const)('asks for the encryption that the credentials carry: $algorithm', async (encryption) => {
		const { scene, put } = await manifestScene({ storage: { encryption } });
		expect(await put()).toBe('create');
		expect(stored(scene)).toBe(content.toString());
	});

	it.each([
		[
			'encrypted by a key, whose ETag is no MD5',
			{ encryption: { algorithm: 'aws:kms', keyId: 'arn:aws:kms:us-east-1:1:key/2' } },
		],
		['put in parts, whose ETag is no MD5, either', {}],
	] as const)('reads what is there where it was %s', async (_, storage) => {
		const { scene, plan, put } = await manifestScene({ storage });
		const eTag = '0123456789abcdef0123456789abcdef-2';
		const item = scene.world.addFile(scene.destination, path, { content, eTag });
		expect([await plan(), await put()]).toEqual(['keep', 'keep']);
		const other = content.toString().replace('1', '9');
		scene.world.remove(item);
		scene.world.addFile(scene.destination, path, { content: other, eTag });
		expect([await plan(), await put()]).toEqual(['replace', 'replace']);
		expect(stored(scene)).toBe(content.toString());
		expect([await plan(), await put()]).toEqual(['keep', 'keep']);
	});

	it('writes anew what cannot be compared, and says that', async () => {
		const { scene, plan, put } = await manifestScene();
		scene.world.addFile(scene.destination, path, { content, eTag: 'abc-2', status: 'ARCHIVED' });
		scene.simulator.addFault({ server: 's3', times: 20, answer: { kind: 'status', status: 403 } });
		expect(await plan()).toBe('renew');
		scene.simulator.clearFaults();
		scene.simulator.addFault({
			server: 's3',
			answer: { kind: 'status', status: 403 },
			where: ({ method }) => method === 'GET',
			times: 20,
		});
		expect(await put()).toBe('renew');
		expect(stored(scene)).toBe(content.toString());
	});

	it('uses the endpoint among the credentials, and refuses one that is not secure', async () => {
		const { scene, put } = await manifestScene({ storage: { endpointInConfig: true } });
		expect(await put()).toBe('create');
		scene.simulator.addFault({
			operation: 'createFileWithTemporaryCredentials',
			answer: {
				kind: 'rewrite',
				change: (body) =>
					JSON.parse(JSON.stringify(body).replace(/http:\/\/127\.0\.0\.1:\d+/, 'http://10.0.0.1')),
			},
		});
		scene.world.remove(scene.world.findByPath(scene.destination, path) ?? given(scene, ''));
		await expect(put()).rejects.toThrow('its endpoint 10.0.0.1 is refused: expected https');
	});
});
