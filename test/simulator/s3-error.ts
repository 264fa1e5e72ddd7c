import { CodedRefusal } from './refusal.ts';
import type { Answer } from './wire.ts';

/** S3 says no, in its own words. */
export class S3Error extends CodedRefusal {
	override readonly name = 'S3Error';
}

/** The request's signature or credentials allow nothing of the kind. */
export function accessDenied(message = 'Access Denied'): S3Error {
	return new S3Error(403, 'AccessDenied', message);
}

const defaultCodes: Readonly<Record<number, string>> = {
	403: 'AccessDenied',
	404: 'NoSuchKey',
	500: 'InternalError',
	503: 'SlowDown',
};

/** An error as S3's XML. */
export function xmlOf(error: S3Error): Answer {
	const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${error.message}</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>`;
	return { status: error.status, headers: { 'Content-Type': 'application/xml' }, body };
}

/** What S3 usually says with a bare status. */
export function defaultS3Answer(status: number, body: unknown): Answer {
	if (body !== undefined) {
		return { status, headers: { 'Content-Type': 'application/xml' }, body };
	}
	return xmlOf(new S3Error(status, defaultCodes[status] ?? 'ServiceUnavailable', 'Please try again.'));
}
