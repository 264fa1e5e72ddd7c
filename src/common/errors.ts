/** The person who starts the program must change something first: exit status 2, nothing was changed. */
export class SetupError extends Error {
	override readonly name = 'SetupError';
}

/** Another pass holds the lock of this managed table: exit status 75. */
export class LockedError extends Error {
	override readonly name = 'LockedError';
	/** Whether the other pass has been at work for so long that a person should have a look. */
	readonly isOld: boolean;

	constructor(message: string, { isOld }: { isOld: boolean }) {
		super(message);
		this.isOld = isOld;
	}
}

/** A signal asked the program to stop; what was begun is finished by the next pass. */
export class StoppedError extends Error {
	override readonly name = 'StoppedError';

	constructor() {
		super('stopped by a signal');
	}
}

/** What went wrong between this program and a server, in the words that a decision needs. */
export type ServiceFailure =
	/** No answer: name not found, refused, reset, timed out. */
	| 'unreachable'
	/** The credentials are not accepted (401). */
	| 'unauthorized'
	/** The credentials are fine and this is not allowed (403). */
	| 'forbidden'
	| 'not found'
	/** The thing exists already, or is in a state that does not allow this (409). */
	| 'conflict'
	/** An answer that is not what the service's documentation promises. */
	| 'unexpected answer'
	/** The service is in trouble, or has had enough of us (5xx, 429), also after several tries. */
	| 'unavailable'
	/** Any other answer that is not a success. */
	| 'refused';

/**
 * A call to ICA or to its storage failed. The message is one sentence for a reader: what was being done, the
 * status, and the service's own detail. It never carries the request, so neither key nor token.
 */
export class ServiceError extends Error {
	override readonly name = 'ServiceError';
	readonly failure: ServiceFailure;
	/**
	 * 'not found' and 'conflict' only: whether an earlier try of the same request may have been carried out, because
	 * its answer was lost. What was to be done may then be done.
	 */
	readonly afterLostAnswer: boolean;

	constructor(
		failure: ServiceFailure,
		message: string,
		{ afterLostAnswer = false }: { readonly afterLostAnswer?: boolean } = {},
	) {
		super(message);
		this.failure = failure;
		this.afterLostAnswer = afterLostAnswer;
	}
}

/**
 * There is no point in going on, and the pass is given up: a service has failed many times in a row, or no longer accepts
 * the key.
 */
export class OutageError extends Error {
	override readonly name = 'OutageError';
}

/** A file on this machine could not be written. */
export class FileError extends Error {
	override readonly name = 'FileError';
}

/** Whether it is none of the failures that a program has to expect: those of services, and those of the system. */
export function isProgramError(error: unknown): error is Error {
	const expected = [ServiceError, FileError, OutageError, SetupError, LockedError, StoppedError];
	return error instanceof Error && !('code' in error) && !expected.some((kind) => error instanceof kind);
}

/** Any thrown thing as one sentence for a reader, without a stack. */
export function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
