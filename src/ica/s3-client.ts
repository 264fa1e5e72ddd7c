import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client, type ServerSideEncryption } from '@aws-sdk/client-s3';
import HttpsProxyAgent from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { insecureBecause } from '../common/secure-address.ts';
import type { Credentials } from './schemas.ts';

/** One object of the storage. Its errors are the SDK's, which hold the request. */
export interface StoredObject {
	put(content: Buffer, stop: AbortSignal): Promise<void>;
	/** @throws also when there are more than `maxBytes` */
	get(maxBytes: number, stop: AbortSignal): Promise<Buffer>;
	/** To be called when it is not used any more. */
	leave(): void;
}

const maxBytesOfAnswer = 1_000_000;
const connectionLimitMs = 10_000;
const maxAttempts = 5;
const encryptions: readonly ServerSideEncryption[] = ['AES256', 'aws:kms', 'aws:kms:dsse'];
/** Of an IPv6 address. */
const brackets = /^\[|\]$/g;
const scheme = /^[a-z]+:\/\//i;

/**
 * @param defaultEndpoint of the storage where it is not AWS's own; one that comes with the credentials goes before it
 * @param timeLimitMs for one try
 */
export function storedObject(
	credentials: Credentials,
	defaultEndpoint: string | undefined,
	timeLimitMs: number,
): StoredObject {
	const client = createClient(credentials, credentials.endpoint ?? defaultEndpoint, timeLimitMs);
	const { bucket, key } = credentials;
	return {
		async put(content, abortSignal) {
			const object = { Bucket: bucket, Key: key, Body: content, ...encryptionOf(credentials) };
			const stored = await client.send(new PutObjectCommand(object), { abortSignal });
			// a proxy's page has status 200, too
			if (stored.ETag === undefined) {
				throw new Error('the answer does not confirm that it was stored (no ETag)');
			}
		},
		async get(maxBytes, abortSignal) {
			const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
			if (!(Body instanceof Readable)) {
				throw new Error('the answer has no body');
			}
			return await bytesOf(Body, maxBytes);
		},
		leave: () => client.destroy(),
	};
}

/**
 * A client that is given everything that it would look for in the environment and the home directory of its user: a profile
 * there, made for something else, must not decide where a manifest goes, and there may be no home directory.
 */
function createClient(credentials: Credentials, given: string | undefined, timeLimitMs: number): S3Client {
	const { region, accessKeyId, secretAccessKey, sessionToken, bucket } = credentials;
	// rclone takes a host alone for https
	const endpoint = given === undefined || scheme.test(given) ? given : `https://${given}`;
	const client = new S3Client({
		region,
		credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
		...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
		maxAttempts,
		// what follows are the SDK's own choices where it finds nothing
		authSchemePreference: [],
		defaultsMode: 'legacy',
		disableClockSkewCorrection: false,
		disableS3ExpressSessionAuth: false,
		ignoreConfiguredEndpointUrls: true,
		requestChecksumCalculation: 'WHEN_SUPPORTED',
		responseChecksumValidation: 'WHEN_SUPPORTED',
		retryMode: 'standard',
		sigv4aSigningRegionSet: [region],
		useArnRegion: false,
		useDualstackEndpoint: false,
		useFipsEndpoint: false,
		userAgentAppId: async () => await Promise.resolve(undefined),
		// of an answer that is no object: an error, as a rule
		streamCollector: async (body: Readable) => await bytesOf(body, maxBytesOfAnswer),
		requestHandler: {
			connectionTimeout: connectionLimitMs,
			requestTimeout: timeLimitMs,
			httpsAgent: agentFor(endpoint ?? `https://${bucket}.s3.${region}.amazonaws.com`),
		},
	});
	refuseInsecureRequests(client);
	return client;
}

/** @throws as soon as there are more bytes */
async function bytesOf(body: Readable, maxBytes: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of body) {
		const part = Buffer.from(chunk);
		bytes += part.length;
		if (bytes > maxBytes) {
			throw new Error(`it has more than the ${maxBytes} bytes that were expected at most`);
		}
		chunks.push(part);
	}
	return Buffer.concat(chunks);
}

/** Goes by HTTPS_PROXY and NO_PROXY, as the requests to ICA do. */
function agentFor(address: string): Agent {
	const proxy = getProxyForUrl(address);
	return proxy === '' ? new Agent({ keepAlive: true }) : proxyAgent(new URL(proxy));
}

function proxyAgent({ protocol, hostname, port, username, password }: URL): Agent {
	const agent = HttpsProxyAgent({
		protocol,
		hostname: hostname.replace(brackets, ''),
		port,
		auth: username === '' ? null : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
		...(protocol === 'https:' ? { ALPNProtocols: ['http/1.1'] } : {}),
	});
	// it has all of an agent that is called for
	return agent as unknown as Agent;
}

/** Looks at the request itself, whatever its address was made of. */
function refuseInsecureRequests(client: S3Client): void {
	client.middlewareStack.add(
		(next) => (args) => {
			const { protocol, hostname } = addressOf(args.request);
			const why = insecureBecause(`${protocol}//${hostname}`);
			if (why !== undefined) {
				throw new Error(`its endpoint ${hostname} is refused: ${why}`);
			}
			return next(args);
		},
		{ step: 'build', priority: 'low', name: 'refuseInsecureRequests' },
	);
}

function addressOf(request: unknown): { readonly protocol: string; readonly hostname: string } {
	const known =
		typeof request === 'object' && request !== null && 'protocol' in request && 'hostname' in request;
	return known
		? { protocol: String(request.protocol), hostname: String(request.hostname) }
		: { protocol: '', hostname: '' };
}

function encryptionOf({ encryption, encryptionKey }: Credentials): {
	ServerSideEncryption?: ServerSideEncryption;
	SSEKMSKeyId?: string;
} {
	if (encryption === undefined) {
		return {};
	}
	const known = encryptions.find((each) => each.toLowerCase() === encryption.toLowerCase());
	if (known === undefined) {
		throw new Error(`it wants encryption "${encryption}", where ${encryptions.join(', ')} are known`);
	}
	return {
		ServerSideEncryption: known,
		...(encryptionKey === undefined || known === 'AES256' ? {} : { SSEKMSKeyId: encryptionKey }),
	};
}
