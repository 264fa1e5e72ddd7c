import { type Clock, systemClock } from './clock.ts';
import { createRequester, type Requester, requestTimeLimitMs, usualLimits } from './http/requester.ts';
import { createSend } from './http/send.ts';
import { IcaClient } from './ica/client.ts';
import type { Log } from './log.ts';
import type { Secrets } from './secrets.ts';

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
		limits: usualLimits,
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
