import { BaseSpaceClient, defaultBaseSpaceUrl } from '../basespace/client.ts';
import { createRequester, defaultLimits, type Requester, requestTimeLimitMs } from '../http/requester.ts';
import { createSend } from '../http/send.ts';
import { IcaClient } from '../ica/client.ts';
import { createStorage, type Storage } from '../ica/transfer.ts';
import { secureUrl } from '../options/parsers.ts';
import type { Options } from '../options/pass-options.ts';
import { type BaseSpaceToken, readBaseSpaceToken } from '../secrets/basespace-token.ts';
import type { Session } from './session.ts';

/** Sends the requests of all clients. */
export function newRequester({ clock, stop, log }: Session): Requester {
	return createRequester({
		send: createSend(requestTimeLimitMs),
		clock,
		stop,
		limits: defaultLimits,
		debug: (message) => log.debug(message),
	});
}

/** The client of ICA; nothing is sent yet. */
export function newIcaClient(
	{ serverUrl, apiKeyFile }: Pick<Options, 'serverUrl' | 'apiKeyFile'>,
	{ key, clock, secrets }: Session,
	requester: Requester,
): IcaClient {
	return new IcaClient({ serverUrl, apiKey: key, apiKeyFile, requester, now: () => clock.now(), secrets });
}

/**
 * ICA's storage; nothing is sent yet.
 * @param endpoint where it is not AWS's own
 * @throws {SetupError} when data would go to an address that is not safe
 */
export function newStorage(
	endpoint: string | undefined,
	{ stop }: Session,
	{ withinLimit }: Requester,
): Storage {
	return createStorage({
		endpoint: endpoint === undefined ? undefined : secureUrl('AWS_ENDPOINT_URL_S3', endpoint),
		stop,
		withinLimit,
	});
}

/**
 * Reads the BaseSpace token.
 * @returns undefined when none is named
 * @throws {SetupError} when it cannot be read
 */
export function readToken(
	{ basespaceAccessTokenFile }: Pick<Options, 'basespaceAccessTokenFile'>,
	{ secrets, log }: Session,
): BaseSpaceToken | undefined {
	if (basespaceAccessTokenFile === undefined) {
		return undefined;
	}
	const token = readBaseSpaceToken(basespaceAccessTokenFile);
	secrets.add(token.token);
	if (token.warning !== undefined) {
		log.warn(token.warning);
	}
	return token;
}

/**
 * The client of BaseSpace; nothing is sent yet.
 * @throws {SetupError} when the token would go to an address that is not safe
 */
export function newBaseSpaceClient(
	{ basespaceAccessTokenFile, basespaceUrl }: Pick<Options, 'basespaceAccessTokenFile' | 'basespaceUrl'>,
	{ token, apiServer }: BaseSpaceToken,
	{ secrets, clock }: Session,
	requester: Requester,
): BaseSpaceClient {
	const named = (): string =>
		apiServer === undefined
			? defaultBaseSpaceUrl
			: secureUrl(`The apiServer in ${basespaceAccessTokenFile}`, apiServer);
	const serverUrl = basespaceUrl ?? named();
	return new BaseSpaceClient({ serverUrl, token, requester, now: () => clock.now(), secrets });
}
