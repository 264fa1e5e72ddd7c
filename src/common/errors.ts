/** What a program has to expect: of people, of services, of the machine. Anything else that is thrown is a bug. */
abstract class ExpectedError extends Error {}

/** The person who starts the program must change something first: exit status 2, nothing was changed. */
export class SetupError extends ExpectedError {
	override readonly name = 'SetupError';
	/** The options whose values are wrong, without their dashes; none where it is something else. */
	readonly options: readonly string[];

	constructor(message: string, options: readonly string[] = []) {
		super(message);
		this.options = options;
	}
}

/** Another pass holds the lock of this managed table: exit status 75. */
export class LockedError extends ExpectedError {
	override readonly name = 'LockedError';
	/** Whether the other pass has been at work for so long that a person should have a look. */
	readonly isOld: boolean;

	constructor(message: string, { isOld }: { isOld: boolean }) {
		super(message);
		this.isOld = isOld;
	}
}

/** A signal asked the program to stop; what was begun is finished by the next pass. */
export class StoppedError extends ExpectedError {
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
	/** The service has a fault, or limits the rate of requests (5xx, 429), also after several tries. */
	| 'unavailable'
	/** Any other answer that is not a success. */
	| 'refused';

/**
 * A call to ICA or to its storage failed. The message is one sentence for a reader: what was being done, the
 * status, and the service's own detail. It never carries the request, so neither key nor token.
 */
export class ServiceError extends ExpectedError {
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

	/** Whether it is the moment's: the same call can succeed later. */
	get isTransient(): boolean {
		return this.failure === 'unreachable' || this.failure === 'unavailable';
	}

	/** Whether the service has understood the call and does not do it. */
	get isRefusal(): boolean {
		return ['forbidden', 'not found', 'conflict', 'refused'].includes(this.failure);
	}

	/** Whether it was refused for what it is, and not for the state that something is in now. */
	get isLasting(): boolean {
		return this.isRefusal && this.failure !== 'conflict';
	}

	/** Whether what was asked for may have been done all the same. */
	get mayBeDone(): boolean {
		return this.isTransient || this.failure === 'unexpected answer';
	}
}

/**
 * There is no point in going on, and the pass is given up: a service has failed many times in a row, or no longer accepts
 * the key.
 */
export class OutageError extends ExpectedError {
	override readonly name = 'OutageError';
}

/** A file on this machine could not be read or written, or is not what it should be. */
export class FileError extends ExpectedError {
	override readonly name = 'FileError';
}

/**
 * Reports a bug in the program, with its stack; anything that has to be expected is left to its own report.
 * @param log where errors are reported
 */
export function reportBug(error: unknown, log: { error(message: string): void }): void {
	if (isBug(error)) {
		log.error(`This is an error in the program itself, please report it: ${error.stack}`);
	}
}

function isBug(error: unknown): error is Error {
	return error instanceof Error && !(error instanceof ExpectedError || isSystemError(error));
}

/** A failed system call, as Node throws it; an error of Node's own about a wrong argument has a code, too, and is a bug. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
	return (
		error instanceof Error &&
		error.constructor === Error &&
		'errno' in error &&
		'syscall' in error &&
		typeof error.errno === 'number'
	);
}

/** Any thrown thing as one sentence for a reader, without a stack. */
export function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
