import { createHash, createHmac } from 'node:crypto';
import type { Credentials } from './credentials.ts';
import type { Arrival } from './exchange.ts';
import { S3Error } from './s3-error.ts';

const authorizationFormat =
	/^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

interface Authorization {
	readonly accessKeyId: string;
	readonly day: string;
	readonly region: string;
	readonly signedHeaders: readonly string[];
	readonly signature: string;
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest();
}

/** RFC 3986: everything but unreserved characters, which encodeURIComponent leaves a few of. */
function encoded(text: string): string {
	return encodeURIComponent(text).replaceAll(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

function authorizationOf(headers: Arrival['headers']): Authorization {
	const header = headers['authorization'];
	if (header === undefined) {
		throw new S3Error(403, 'AccessDenied', 'Access Denied');
	}
	const [, accessKeyId, day, region, signedHeaders, signature] = authorizationFormat.exec(header) ?? [];
	if (!(accessKeyId && day && region && signedHeaders && signature)) {
		throw new S3Error(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.');
	}
	return { accessKeyId, day, region, signedHeaders: signedHeaders.split(';'), signature };
}

function canonicalRequest(request: Arrival, signedHeaders: readonly string[]): string {
	const path = request.path.split('/').map((segment) => encoded(decodeURIComponent(segment)));
	const query = [...request.query].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort();
	const headers = signedHeaders.map(
		(name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}\n`,
	);
	return [
		request.method,
		path.join('/'),
		query.join('&'),
		headers.join(''),
		signedHeaders.join(';'),
		request.headers['x-amz-content-sha256'],
	].join('\n');
}

function signatureOf(request: Arrival, authorization: Authorization, secretAccessKey: string): string {
	const { day, region, signedHeaders } = authorization;
	const scope = `${day}/${region}/s3/aws4_request`;
	const text = [
		'AWS4-HMAC-SHA256',
		request.headers['x-amz-date'],
		scope,
		sha256(canonicalRequest(request, signedHeaders)),
	].join('\n');
	const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), 's3'), 'aws4_request');
	return hmac(key, text).toString('hex');
}

/** The host and every header of Amazon's must be signed. */
function checkSignedHeaders(request: Arrival, signed: readonly string[]): void {
	const needed = Object.keys(request.headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
	const missing = needed.find((name) => !signed.includes(name));
	if (missing !== undefined) {
		throw new S3Error(
			403,
			'AccessDenied',
			`There were headers present in the request which were not signed: ${missing}`,
		);
	}
	if (!(request.headers['x-amz-date'] && request.headers['x-amz-content-sha256'])) {
		throw new S3Error(400, 'InvalidRequest', 'x-amz-date and x-amz-content-sha256 are required.');
	}
}

/**
 * Checks an AWS Signature V4, as in the reference of the S3 API, and answers the credentials that made it.
 * @throws S3Error in S3's words when they are unknown, expired, of another region, or the signature is not theirs.
 */
export function signerOf(
	request: Arrival,
	now: Date,
	find: (accessKeyId: string) => Credentials | undefined,
): Credentials {
	const authorization = authorizationOf(request.headers);
	const credentials = find(authorization.accessKeyId);
	if (credentials === undefined) {
		throw new S3Error(403, 'InvalidAccessKeyId', 'The AWS Access Key Id does not exist in our records.');
	}
	checkSignedHeaders(request, authorization.signedHeaders);
	if (request.headers['x-amz-security-token'] !== credentials.sessionToken) {
		throw new S3Error(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
	}
	if (authorization.region !== credentials.region) {
		throw new S3Error(
			400,
			'AuthorizationHeaderMalformed',
			`The region is wrong; expecting '${credentials.region}'`,
		);
	}
	if (signatureOf(request, authorization, credentials.secretAccessKey) !== authorization.signature) {
		throw new S3Error(
			403,
			'SignatureDoesNotMatch',
			'The request signature does not match the signature you provided.',
		);
	}
	if (credentials.expires <= now) {
		throw new S3Error(400, 'ExpiredToken', 'The provided token has expired.');
	}
	return credentials;
}
