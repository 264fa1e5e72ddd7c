import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallAnswer, type CallOptions, call } from './client.ts';
import { furnished } from './furnished.ts';
import type { Project } from './model.ts';
import type { Simulator } from './simulator.ts';
import type { World } from './world.ts';

let simulator: Simulator;
let world: World;
let project: Project;

beforeEach(async () => {
	({ simulator, world, project } = await furnished('MGI'));
});

function create(body: unknown, options: CallOptions = {}, where = project): Promise<CallAnswer> {
	const path = `/api/projects/${where.id}/data:createFileWithTemporaryCredentials`;
	return call(simulator, 'POST', path, { ...options, body });
}

const manifest = { name: 'a.csv', folderPath: '/fastq_manifests/' };
const rclone = { credentialsFormat: 'RCLONE' };

describe('creating a file', () => {
	it('makes a PARTIAL file and the folders on its way, and gives credentials for it', async () => {
		const { status, body } = await create({ ...manifest, temporaryCredentials: rclone });
		expect(status).toBe(201);
		expect(body).toMatchObject({
			projectId: project.id,
			data: {
				details: { name: 'a.csv', path: '/fastq_manifests/a.csv', status: 'PARTIAL', dataType: 'FILE' },
			},
			tempCredentials: {
				rcloneTempCredentials: {
					config: { type: 's3', provider: 'AWS', env_auth: 'false', region: 'us-east-1' },
					filePathPrefix: expect.stringMatching(/^stratus-gds-\w+\/.+\/fastq_manifests\/a\.csv$/),
					storageType: 's3',
				},
			},
		});
		expect(world.dataOf(project).map((item) => item.path)).toEqual([
			'/fastq_manifests/',
			'/fastq_manifests/a.csv',
		]);
	});

	it('puts it into the root, or into a folder by its id', async () => {
		const folder = world.addFolder(project, '/x/');
		await create({ name: 'a.csv' });
		await create({ name: 'b.csv', folderId: folder.id });
		expect(world.findByPath(project, '/a.csv')).toBeDefined();
		expect(world.findByPath(project, '/x/b.csv')).toBeDefined();
		const file = world.findByPath(project, '/a.csv');
		expect(await create({ name: 'c.csv', folderId: file?.id })).toMatchObject({ status: 400 });
		expect(await create({ ...manifest, folderId: folder.id })).toMatchObject({ status: 400 });
	});

	it('answers 409 when the path is taken, by the very same letters', async () => {
		await create(manifest);
		expect(await create(manifest)).toMatchObject({ status: 409, body: { title: 'Conflict' } });
		expect(await create({ ...manifest, name: 'A.csv' })).toMatchObject({ status: 201 });
		const linked = world.addFile(world.addProject('other'), '/linked.csv');
		world.link(linked, project);
		expect(await create({ name: 'linked.csv' })).toMatchObject({ status: 409 });
	});

	it('is refused in an externally managed project and for a body that is wrong, and then makes nothing', async () => {
		const managed = world.addProject('BSSH AGC', { externallyManaged: true });
		expect(await create(manifest, {}, managed)).toMatchObject({ status: 403 });
		const wrong = [
			...[{}, { name: '' }, { name: 'a/b' }, { ...manifest, folderPath: '/no/slash' }, { name: 7 }],
			...[
				{ ...manifest, folderPath: 'relative/' },
				{ ...manifest, temporaryCredentials: 'RCLONE' },
			],
			{ ...manifest, temporaryCredentials: { credentialsFormat: 'AWS' } },
			{ ...manifest, temporaryCredentials: { ...rclone, readOnlyCredentials: 'yes' } },
		];
		for (const body of wrong) {
			expect(await create(body), JSON.stringify(body)).toMatchObject({ status: 400 });
		}
		expect(world.dataOf(project)).toEqual([]);
	});
});

describe('an Idempotency-Key', () => {
	const keyed = (key: string): CallOptions => ({ headers: { 'Idempotency-Key': key } });

	it('answers a repeated request with what was answered first, for seven days', async () => {
		const first = await create(manifest, keyed('k'));
		const second = await create(manifest, keyed('k'));
		expect(second).toMatchObject({ status: 201, body: first.body });
		expect(await create(manifest, keyed('other'))).toMatchObject({ status: 409 });
		world.advance(8 * 24 * 3_600_000);
		expect(await create(manifest, keyed('k'))).toMatchObject({ status: 409 });
	});

	it('cannot be used for another body', async () => {
		await create(manifest, keyed('k'));
		expect(await create({ ...manifest, name: 'b.csv' }, keyed('k'))).toMatchObject({ status: 422 });
	});

	it('does not keep an error', async () => {
		const there = world.addFile(project, '/fastq_manifests/a.csv');
		expect(await create(manifest, keyed('k'))).toMatchObject({ status: 409 });
		world.remove(there);
		expect(await create(manifest, keyed('k'))).toMatchObject({ status: 201 });
	});

	it('is of its own project', async () => {
		await create(manifest, keyed('k'));
		const other = world.addProject('other');
		expect(await create({ name: 'b.csv' }, keyed('k'), other)).toMatchObject({ status: 201 });
	});

	it('answers 409 while the first request is under way', async () => {
		simulator.addFault({ answer: { kind: 'hang' }, afterEffect: true });
		const patience = new AbortController();
		const first = create(manifest, { ...keyed('k'), signal: patience.signal });
		await vi.waitFor(() => expect(world.dataOf(project)).toHaveLength(2));
		patience.abort();
		await expect(first).rejects.toThrow();
		const again = await create(manifest, keyed('k'));
		expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining('in progress') } });
	});

	it('brings back the answer that was lost', async () => {
		simulator.addFault({ answer: { kind: 'reset' }, afterEffect: true });
		await expect(create(manifest, keyed('k'))).rejects.toThrow();
		expect(await create(manifest, keyed('k'))).toMatchObject({ status: 201 });
		expect(world.dataOf(project)).toHaveLength(2);
	});

	it('has at most 255 characters', async () => {
		expect(await create(manifest, keyed('k'.repeat(256)))).toMatchObject({ status: 400 });
		expect(await create(manifest, keyed('k'.repeat(255)))).toMatchObject({ status: 201 });
	});
});

describe('temporary credentials', () => {
	function credentials(dataId: string, body?: unknown, through = project): Promise<CallAnswer> {
		const path = `/api/projects/${through.id}/data/${dataId}:createTemporaryCredentials`;
		return call(simulator, 'POST', path, { body });
	}

	it("come in AWS's words unless RCLONE's are asked for", async () => {
		const file = world.addFile(project, '/a.txt');
		const aws = await credentials(file.id);
		expect(aws.body).toMatchObject({
			awsTempCredentials: {
				bucket: project.bucket,
				objectPrefix: `${project.id}/a.txt`,
				region: 'us-east-1',
			},
		});
		const other = await credentials(file.id, rclone);
		expect(Object.keys(other.body)).toEqual(['rcloneTempCredentials']);
	});

	it('carry the encryption and the endpoint of the project', async () => {
		const encryption = { algorithm: 'aws:kms', keyId: 'arn:aws:kms:us-east-2:1:key/2' } as const;
		const storage = { encryption, endpointInConfig: true, region: 'us-east-2' };
		const kms = world.addProject('kms', { storage });
		const file = world.addFile(kms, '/a.txt');
		expect((await credentials(file.id, rclone, kms)).body).toMatchObject({
			rcloneTempCredentials: {
				config: {
					region: 'us-east-2',
					server_side_encryption: 'aws:kms',
					sse_kms_key_id: encryption.keyId,
					endpoint: simulator.s3Url,
				},
			},
		});
		expect((await credentials(file.id, undefined, kms)).body).toMatchObject({
			awsTempCredentials: {
				serverSideEncryptionAlgorithm: 'AWS:KMS',
				serverSideEncryptionKey: encryption.keyId,
			},
		});
	});

	it('expire 36 hours after they were given', async () => {
		world.setNow(new Date('2024-05-31T12:00:00Z'));
		const file = world.addFile(project, '/a.txt');
		const { body } = await credentials(file.id, rclone);
		expect(body).toMatchObject({
			rcloneTempCredentials: { expirationTime: expect.stringMatching(/^2024-06-02T00:00:0\dZ$/) },
		});
	});

	it('only read data that is linked, or lies in an externally managed project', async () => {
		const managed = world.addProject('BSSH AGC', { externallyManaged: true });
		const file = world.addFile(managed, '/a.txt');
		world.link(file, project);
		for (const through of [project, managed]) {
			expect(await credentials(file.id, rclone, through)).toMatchObject({ status: 403 });
			const reading = { ...rclone, readOnlyCredentials: true };
			expect(await credentials(file.id, reading, through)).toMatchObject({ status: 200 });
		}
	});

	it('are refused where a test wants it, and for data that is not there', async () => {
		const file = world.addFile(project, '/a.txt');
		world.refuseCredentials(file);
		expect(await credentials(file.id, rclone)).toMatchObject({ status: 403 });
		world.refuseCredentials(file, false);
		expect(await credentials(file.id, rclone)).toMatchObject({ status: 200 });
		expect(await credentials('fil.0')).toMatchObject({ status: 404 });
	});
});
