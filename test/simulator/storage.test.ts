import { createHash } from 'node:crypto';
import { request } from 'node:http';
import {
	GetObjectCommand,
	HeadObjectCommand,
	PutObjectCommand,
	type PutObjectCommandInput,
	S3Client,
	type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { crc32 } from './checksums.ts';
import { call } from './client.ts';
import { furnished } from './furnished.ts';
import type { Encryption, Project } from './model.ts';
import type { Simulator } from './simulator.ts';
import type { World } from './world.ts';

let simulator: Simulator;
let world: World;
let project: Project;

beforeEach(async () => {
	({ simulator, world, project } = await furnished('MGI'));
});

interface Place {
	readonly config: Record<string, string>;
	readonly Bucket: string;
	readonly Key: string;
}

async function placeOf(answer: ReturnType<typeof call>): Promise<Place> {
	const { body } = await answer;
	const found =
		body['rcloneTempCredentials'] ??
		(body['tempCredentials'] as Record<string, unknown>)['rcloneTempCredentials'];
	const { config, filePathPrefix } = found as { config: Record<string, string>; filePathPrefix: string };
	const slash = filePathPrefix.indexOf('/');
	return { config, Bucket: filePathPrefix.slice(0, slash), Key: filePathPrefix.slice(slash + 1) };
}

const options = { credentialsFormat: 'RCLONE' };

function newFile(name: string, where = project): Promise<Place> {
	const path = `/api/projects/${where.id}/data:createFileWithTemporaryCredentials`;
	return placeOf(call(simulator, 'POST', path, { body: { name, temporaryCredentials: options } }));
}

function credentialsFor(dataId: string, readOnlyCredentials = false): Promise<Place> {
	const path = `/api/projects/${project.id}/data/${dataId}:createTemporaryCredentials`;
	return placeOf(call(simulator, 'POST', path, { body: { ...options, readOnlyCredentials } }));
}

function clientFor({ config }: Place, change: S3ClientConfig = {}): S3Client {
	return new S3Client({
		endpoint: simulator.s3Url,
		forcePathStyle: true,
		region: config['region'] ?? '',
		maxAttempts: 1,
		credentials: {
			accessKeyId: config['access_key_id'] ?? '',
			secretAccessKey: config['secret_access_key'] ?? '',
			sessionToken: config['session_token'] ?? '',
		},
		...change,
	});
}

async function put(
	place: Place,
	change: Partial<PutObjectCommandInput> = {},
	client = clientFor(place),
): Promise<unknown> {
	const { Bucket, Key } = place;
	const sent = client.send(new PutObjectCommand({ Bucket, Key, Body: 'a,b\n', ...change }));
	return await sent.catch((error: unknown) => (error instanceof Error ? error.name : error));
}

describe('a PUT', () => {
	it('with a good signature stores the bytes and makes the file AVAILABLE', async () => {
		const place = await newFile('a.csv');
		await put(place);
		const file = world.findByPath(project, '/a.csv');
		expect(file).toMatchObject({
			status: 'AVAILABLE',
			sizeInBytes: 4,
			eTag: createHash('md5').update('a,b\n').digest('hex'),
		});
		expect(file && world.contentOf(file)?.toString()).toBe('a,b\n');
		expect(simulator.s3Exchanges).toMatchObject([
			{ operation: 'PutObject', bucket: place.Bucket, key: place.Key, response: { status: 200 } },
		]);
	});

	it('can be signed for a key with unusual characters', async () => {
		const name = "Lane 1 (M&M's) +~!*é.csv";
		await put(await newFile(name));
		expect(world.findByPath(project, `/${name}`)?.status).toBe('AVAILABLE');
	});

	it('takes a body in chunks with its checksum behind it', async () => {
		const place = await newFile('a.csv');
		const { Readable } = await import('node:stream');
		await put(place, { Body: Readable.from([Buffer.from('a,'), Buffer.from('b\n')]), ContentLength: 4 });
		expect(simulator.s3Exchanges[0]?.headers['x-amz-trailer']).toBe('x-amz-checksum-crc32');
		expect(world.findByPath(project, '/a.csv')?.content?.toString()).toBe('a,b\n');
	});

	it('leaves the file PARTIAL until ICA has taken note of it', async () => {
		world.ingestMillis = 5000;
		await put(await newFile('a.csv'));
		expect(world.findByPath(project, '/a.csv')?.status).toBe('PARTIAL');
		world.advance(5000);
		expect(world.findByPath(project, '/a.csv')?.status).toBe('AVAILABLE');
	});

	it('is refused with a wrong secret, token, key or region, and with credentials that have expired', async () => {
		const place = await newFile('a.csv');
		const { config } = place;
		const good = {
			accessKeyId: config['access_key_id'] ?? '',
			secretAccessKey: config['secret_access_key'] ?? '',
			sessionToken: config['session_token'] ?? '',
		};
		const attempt = (change: S3ClientConfig): Promise<unknown> => put(place, {}, clientFor(place, change));
		expect(await attempt({ credentials: { ...good, secretAccessKey: 'x' } })).toBe('SignatureDoesNotMatch');
		expect(await attempt({ credentials: { ...good, sessionToken: 'x' } })).toBe('InvalidToken');
		expect(await attempt({ credentials: { ...good, accessKeyId: 'ASIAX' } })).toBe('InvalidAccessKeyId');
		expect(await attempt({ region: 'eu-west-1' })).toBe('AuthorizationHeaderMalformed');
		world.advance(36 * 3_600_000);
		expect(await attempt({})).toBe('ExpiredToken');
		expect(world.findByPath(project, '/a.csv')?.status).toBe('PARTIAL');
	});

	it('is refused outside the place that the credentials are for', async () => {
		const place = await newFile('a.csv');
		expect(await put(place, { Key: `${place.Key}.gz` })).toBe('AccessDenied');
		expect(await put(place, { Key: place.Key.replace('a.csv', 'b.csv') })).toBe('AccessDenied');
		expect(await put(place, { Bucket: 'other' })).toBe('AccessDenied');
		const folder = world.addFolder(project, '/x/');
		const file = world.addFile(project, '/x/y/b.csv', { status: 'PARTIAL' });
		const below = await credentialsFor(folder.id);
		await put(below, { Key: `${below.Key}y/b.csv` });
		expect(file.status).toBe('AVAILABLE');
		expect(await put(below, { Key: below.Key.replace('/x/', '/z/') })).toBe('AccessDenied');
	});

	it('is refused with credentials that only read', async () => {
		const file = world.addFile(project, '/a.csv', { content: 'old' });
		expect(await put(await credentialsFor(file.id, true))).toBe('AccessDenied');
		expect(file.content?.toString()).toBe('old');
	});

	it('is refused when a checksum is not that of the bytes', async () => {
		const place = await newFile('a.csv');
		const wrong = createHash('md5').update('other').digest('base64');
		expect(await put(place, { ContentMD5: wrong })).toBe('BadDigest');
		expect(await put(place, { ChecksumCRC32: crc32(Buffer.from('other')) })).toBe('BadDigest');
		expect(await put(place, { ChecksumSHA256: createHash('sha256').update('x').digest('base64') })).toBe(
			'BadDigest',
		);
		expect(world.findByPath(project, '/a.csv')?.status).toBe('PARTIAL');
	});

	it('has no effect when the connection breaks before all bytes are there', async () => {
		const place = await newFile('a.csv');
		await new Promise<void>((resolve) => {
			const url = `${simulator.s3Url}/${place.Bucket}/${place.Key}`;
			const broken = request(url, { method: 'PUT', headers: { 'Content-Length': 100 } });
			broken.once('error', () => resolve());
			broken.write('a,b\n', () => broken.destroy(new Error('cut')));
		});
		expect(simulator.s3Exchanges).toEqual([]);
		expect(world.findByPath(project, '/a.csv')?.status).toBe('PARTIAL');
	});

	it('must be encrypted as the credentials say', async () => {
		const attempt = async (
			encryption: Encryption | undefined,
			change: Partial<PutObjectCommandInput>,
		): Promise<unknown> => {
			const where = world.addProject('encrypted', { storage: { ...(encryption && { encryption }) } });
			const answer = await put(await newFile('a.csv', where), change);
			return typeof answer === 'string' ? answer : world.findByPath(where, '/a.csv')?.status;
		};
		const kms = { algorithm: 'aws:kms', keyId: 'arn:aws:kms:us-east-1:1:key/2' } as const;
		expect(await attempt({ algorithm: 'AES256' }, {})).toBe('AccessDenied');
		expect(await attempt({ algorithm: 'AES256' }, { ServerSideEncryption: 'AES256' })).toBe('AVAILABLE');
		expect(await attempt(undefined, { ServerSideEncryption: 'aws:kms' })).toBe('AccessDenied');
		expect(await attempt(kms, { ServerSideEncryption: 'aws:kms' })).toBe('AccessDenied');
		const both = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kms.keyId } as const;
		expect(await attempt(kms, both)).toBe('AVAILABLE');
	});

	it('with a KMS key gets an ETag that is not the MD5', async () => {
		const storage = { encryption: { algorithm: 'aws:kms', keyId: 'arn:1' } } as const;
		const where = world.addProject('kms', { storage });
		await put(await newFile('a.csv', where), { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:1' });
		const eTag = world.findByPath(where, '/a.csv')?.eTag;
		expect(eTag).toMatch(/^[0-9a-f]{32}$/);
		expect(eTag).not.toBe(createHash('md5').update('a,b\n').digest('hex'));
	});
});

describe('reading', () => {
	it('gives the bytes to credentials that only read', async () => {
		const file = world.addFile(project, '/a.csv', { content: 'old' });
		const place = await credentialsFor(file.id, true);
		const { Bucket, Key } = place;
		const got = await clientFor(place).send(new GetObjectCommand({ Bucket, Key }));
		expect(await got.Body?.transformToString()).toBe('old');
		const head = await clientFor(place).send(new HeadObjectCommand({ Bucket, Key }));
		expect(head).toMatchObject({ ContentLength: 3, ETag: `"${file.eTag}"` });
	});

	it('is NoSuchKey while there are no bytes', async () => {
		const place = await newFile('a.csv');
		const { Bucket, Key } = place;
		await expect(clientFor(place).send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
			name: 'NoSuchKey',
		});
	});

	it('is refused without a signature', async () => {
		const place = await newFile('a.csv');
		const answer = await fetch(`${simulator.s3Url}/${place.Bucket}/${place.Key}`);
		expect(answer.status).toBe(403);
		expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
	});
});

it('has faults of its own', async () => {
	const place = await newFile('a.csv');
	simulator.addFault({ server: 's3', operation: 'PutObject', answer: { kind: 'status', status: 503 } });
	expect(await put(place)).toBe('SlowDown');
	simulator.addFault({ server: 's3', answer: { kind: 'reset' }, afterEffect: true });
	expect(await put(place)).toBeTypeOf('string');
	expect(world.findByPath(project, '/a.csv')?.status).toBe('AVAILABLE');
});

it('computes the CRC-32 that everybody does', () => {
	expect(crc32(Buffer.from('123456789'))).toBe('y/Q5Jg==');
});
