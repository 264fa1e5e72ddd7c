import { BaseSpaceClient, defaultBaseSpaceUrl } from '../basespace/client.ts';
import { type Clock, systemClock } from '../common/clock.ts';
import { basespaceStateFileOf } from '../common/own-files.ts';
import { createRequester, defaultLimits, type Requester, requestTimeLimitMs } from '../http/requester.ts';
import { createSend } from '../http/send.ts';
import { IcaClient } from '../ica/client.ts';
import type { Storage } from '../ica/transfer.ts';
import type { Log } from '../log/log.ts';
import { type Options, secureUrl } from '../options/pass-options.ts';
import type { BaseSpaceDependencies } from '../retention/basespace/apply.ts';
import type { BaseSpaceToken } from '../secrets/basespace-token.ts';
import type { Secrets } from '../secrets/secrets.ts';

/** What talks to ICA, by the machine's clock. */
export interface Connection {
	readonly clock: Clock;
	readonly requester: Requester;
	readonly ica: IcaClient;
}

/**
 * Builds the client of ICA that a command works with; nothing is sent yet.
 * @param stop aborted when a signal asks the program to stop
 */
export function connectToIca(
	{ serverUrl, apiKeyFile }: { readonly serverUrl: string; readonly apiKeyFile: string },
	stop: AbortSignal,
	{ key, secrets, log }: { readonly key: string; readonly secrets: Secrets; readonly log: Log },
): Connection {
	const clock = systemClock(stop);
	const requester = createRequester({
		send: createSend(requestTimeLimitMs),
		clock,
		stop,
		limits: defaultLimits,
		debug: (message) => log.debug(message),
	});
	const ica = new IcaClient({
		serverUrl,
		apiKey: key,
		apiKeyFile,
		requester,
		now: () => clock.now(),
		secrets,
	});
	return { clock, requester, ica };
}

interface BaseSpaceConnectionContext {
	readonly requester: Requester;
	readonly storage: Storage;
	readonly secrets: Secrets;
	readonly now: () => number;
}

/**
 * Builds what ageing in BaseSpace works with; nothing is sent yet.
 * @throws {SetupError} when the token would go to an address that is not safe
 */
export function connectToBaseSpace(
	options: Options,
	{ token, apiServer }: BaseSpaceToken,
	{ storage, ...around }: BaseSpaceConnectionContext,
): BaseSpaceDependencies {
	const tokenFile = options.basespaceTokenFile ?? '';
	const named = (): string =>
		apiServer === undefined ? defaultBaseSpaceUrl : secureUrl(`The apiServer in ${tokenFile}`, apiServer);
	const serverUrl = options.basespaceUrl ?? named();
	return {
		client: new BaseSpaceClient({ serverUrl, token, ...around }),
		storage,
		stateFile: basespaceStateFileOf(options.managedTable),
		tokenFile,
		emptiesTrash: options.emptyTrash,
	};
}
