import { Refusal } from './refusal.ts';

/** A version of the API, as its media types name it. */
export type Version = 3 | 4;

const versioned = /^application\/vnd\.illumina\.v(\d)\+json$/;

/** The media type of a version. */
export function mediaTypeOf(version: Version): string {
	return `application/vnd.illumina.v${version}+json`;
}

function bare(type: string): string {
	return type.split(';')[0]?.trim().toLowerCase() ?? '';
}

/**
 * The version that the client asks for by name. An operation that answers nothing takes any `Accept`.
 * @throws Refusal 406 when the operation does not answer what `Accept` names.
 */
export function answerVersion(accept: string | undefined, offered: readonly Version[]): Version {
	if (offered.length === 0) {
		return 3;
	}
	const wanted = (accept ?? '').split(',').map(bare);
	const version = offered.find((one) => wanted.includes(mediaTypeOf(one)));
	if (version === undefined) {
		throw new Refusal(406, `Accept must name one of ${offered.map(mediaTypeOf).join(', ')}.`);
	}
	return version;
}

/**
 * Checks the media type of a body: one that the operation takes, in the version of the answer.
 * @throws Refusal 415
 */
export function checkContentType(
	contentType: string | undefined,
	taken: readonly Version[],
	version: Version,
): void {
	const type = bare(contentType ?? '');
	if (type === 'application/json' && taken.length === 1) {
		return;
	}
	const known = taken.some((one) => mediaTypeOf(one) === type);
	if (!known) {
		throw new Refusal(415, `Content-Type must be one of ${taken.map(mediaTypeOf).join(', ')}.`);
	}
	checkSameVersion(contentType, version);
}

/** A version named by `Content-Type` must be that of the answer. */
export function checkSameVersion(contentType: string | undefined, version: Version): void {
	const named = versioned.exec(bare(contentType ?? ''))?.[1];
	if (named !== undefined && named !== `${version}`) {
		throw new Refusal(415, 'Content-Type and Accept must carry the same version.');
	}
}
