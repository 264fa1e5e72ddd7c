import { readApiKey } from './api-key.ts';
import { BaseSpaceClient, usualBaseSpace } from './basespace/client.ts';
import type { BaseSpaceMeans } from './basespace-ageing.ts';
import { memoryFileOf } from './basespace-memory.ts';
import { type BaseSpaceToken, readBaseSpaceToken } from './basespace-token.ts';
import { systemClock } from './clock.ts';
import { dryRunEffects, realEffects } from './effects.ts';
import { isProgramError, LockedError, reasonOf, SetupError, StoppedError } from './errors.ts';
import { exitStatus } from './exit-status.ts';
import { createRequester, type Requester, requestTimeLimitMs, usualLimits } from './http/requester.ts';
import { createSend } from './http/send.ts';
import { IcaClient } from './ica/client.ts';
import { acquireLock } from './lock.ts';
import { type Console, type Log, openLog } from './log.ts';
import { checkManagedTable } from './managed-table.ts';
import { type Options, secureUrl } from './options.ts';
import { runPass } from './pass.ts';
import { newSecrets, type Secrets } from './secrets.ts';
import { count, formatDuration, sentence, shellWord } from './text.ts';
import { createStorage, type Storage } from './transfer.ts';

/** What the program finds around it. */
export interface Surroundings {
	readonly version: string;
	/** The words of the command after the program's name. */
	readonly words: readonly string[];
	readonly console: Console;
	/** Aborted when the program is to stop; the reason is the signal's name, or why the log cannot be written. */
	readonly stop: AbortController;
	/** The address of ICA's storage where it is not AWS's own: AWS_ENDPOINT_URL_S3, as the SDK calls it. */
	readonly storageEndpoint: string | undefined;
}

/** Below the working directory. */
const localManifestFolder = 'fastq_manifests';
const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/**
 * Builds the real world around a pass, runs it, and tells how it ended.
 * @returns the exit status
 * @throws {SetupError} when the key cannot be read or the log cannot be opened, so that there is nowhere to tell it
 */
export async function run(options: Options, surroundings: Surroundings): Promise<number> {
	const secrets = newSecrets();
	const { key, warning } = readApiKey(options.apiKeyFile);
	secrets.add(key);
	const { basespaceTokenFile } = options;
	const token = basespaceTokenFile === undefined ? undefined : readBaseSpaceToken(basespaceTokenFile);
	secrets.add(token?.token ?? '');
	const log = openLogOf(options, surroundings, secrets);
	try {
		log.info(
			`umich-orchestrator ${surroundings.version}: ${options.dryRun ? 'dry run' : 'pass'} begins in ${process.cwd()}.`,
		);
		for (const each of [warning, token?.warning]) {
			if (each !== undefined) {
				log.warn(each);
			}
		}
		checkManagedTable(options.managedTable);
		const release = options.dryRun
			? undefined
			: acquireLock(options.managedTable, systemClock(surroundings.stop.signal).now());
		const tellOfStop = (): void =>
			log.info(
				'Stopping; a change that is under way is finished first. A second signal ends the program at once.',
			);
		surroundings.stop.signal.addEventListener('abort', tellOfStop);
		try {
			return await passInWorld(options, surroundings, { key, token, secrets, log });
		} finally {
			release?.();
		}
	} catch (error) {
		return explain(error, log, surroundings.stop.signal);
	}
}

function openLogOf(options: Options, { console, stop }: Surroundings, secrets: Secrets): Log {
	return openLog({
		file: options.logFile,
		level: options.logLevel,
		console,
		secrets,
		onFailure(reason) {
			stop.abort(reason);
		},
	});
}

interface Credentials {
	readonly key: string;
	readonly token: BaseSpaceToken | undefined;
	readonly secrets: Secrets;
	readonly log: Log;
}

async function passInWorld(
	options: Options,
	{ words, stop, storageEndpoint }: Surroundings,
	{ key, token, secrets, log }: Credentials,
): Promise<number> {
	const clock = systemClock(stop.signal);
	const begun = clock.ticks();
	const requester = createRequester({
		send: createSend(requestTimeLimitMs),
		clock,
		stop: stop.signal,
		limits: usualLimits,
		debug: (message) => log.debug(message),
	});
	const ica = new IcaClient({
		serverUrl: options.serverUrl,
		apiKey: key,
		apiKeyFile: options.apiKeyFile,
		requester,
		now: () => clock.now(),
		secrets,
	});
	const storage = createStorage({
		endpoint: storageEndpoint === undefined ? undefined : secureUrl('AWS_ENDPOINT_URL_S3', storageEndpoint),
		stop: stop.signal,
		inTurn: requester.inTurn,
	});
	const basespace =
		token === undefined
			? undefined
			: basespaceMeans(options, token, { requester, storage, secrets, now: () => clock.now() });
	const effects = options.dryRun ? dryRunEffects : realEffects;

	const { summary, needsPerson } = await runPass({
		options,
		ica,
		log,
		command: ['umich-orchestrator', ...words].map(shellWord).join(' '),
		now: clock.now(),
		basespace,
		effectsIn: (source, destination) =>
			effects({ options, ica, storage, clock, log, source, destination, localManifestFolder, basespace }),
	});

	const requests = count(requester.requestsSent(), 'request');
	log.info(`${summary}; ${requests} in ${formatDuration(clock.ticks() - begun)}.`);
	if (needsPerson.length > 0) {
		log.error(`This needs a person: ${needsPerson.join('; ')}. Exit status ${exitStatus.needsPerson}.`);
		return exitStatus.needsPerson;
	}
	return exitStatus.done;
}

interface BaseSpaceSurroundings {
	readonly requester: Requester;
	readonly storage: Storage;
	readonly secrets: Secrets;
	readonly now: () => number;
}

/** @throws {SetupError} when the token would go to an address that is not safe */
function basespaceMeans(
	options: Options,
	{ token, apiServer }: BaseSpaceToken,
	{ storage, ...around }: BaseSpaceSurroundings,
): BaseSpaceMeans {
	const tokenFile = options.basespaceTokenFile ?? '';
	const named = (): string =>
		apiServer === undefined ? usualBaseSpace : secureUrl(`The apiServer in ${tokenFile}`, apiServer);
	const serverUrl = options.basespaceUrl ?? named();
	return {
		client: new BaseSpaceClient({ serverUrl, token, ...around }),
		storage,
		memoryFile: memoryFileOf(options.managedTable),
		tokenFile,
		emptiesTrash: options.emptyTrash,
	};
}

/** Says why a pass did not come to its end. */
function explain(error: unknown, log: Log, stop: AbortSignal): number {
	if (error instanceof StoppedError) {
		const signal = signals.find((each) => each === stop.reason);
		if (signal === undefined) {
			log.error(`Stopped: ${String(stop.reason)}. The next pass goes on from here when that is mended.`);
			return exitStatus.needsPerson;
		}
		log.warn(`Stopped (${signal}); the next pass goes on from here.`);
		return exitStatus[signal];
	}
	if (error instanceof LockedError) {
		log[error.isOld ? 'warn' : 'info'](error.message);
		return exitStatus.locked;
	}
	if (error instanceof SetupError) {
		log.error(`${error.message} Nothing was changed. Exit status ${exitStatus.wrongSetup}.`);
		return exitStatus.wrongSetup;
	}
	log.error(`The pass was given up: ${sentence(reasonOf(error))} Exit status ${exitStatus.needsPerson}.`);
	if (isProgramError(error)) {
		log.error(`This is an error in the program itself, please report it: ${error.stack}`);
	}
	return exitStatus.needsPerson;
}
