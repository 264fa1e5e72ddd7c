import { readApiKey } from './api-key.ts';
import { systemClock } from './clock.ts';
import { connectToIca } from './connection.ts';
import { dryRunEffects, realEffects } from './effects.ts';
import { isProgramError, LockedError, reasonOf, SetupError, StoppedError } from './errors.ts';
import { exitStatus, stoppedBy } from './exit-status.ts';
import { templateFolder, templateStore } from './launch/template-store.ts';
import { acquireLock } from './lock.ts';
import { type Console, type Log, openLog } from './log.ts';
import { checkManagedTable } from './managed-table.ts';
import { type Options, secureUrl } from './options.ts';
import { runPass } from './pass.ts';
import { newSecrets, type Secrets } from './secrets.ts';
import { count, formatDuration, sentence, shellWord } from './text.ts';
import { createStorage } from './transfer.ts';

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

/**
 * Builds the real world around a pass, runs it, and tells how it ended.
 * @returns the exit status
 * @throws {SetupError} when the key cannot be read or the log cannot be opened, so that there is nowhere to tell it
 */
export async function run(options: Options, surroundings: Surroundings): Promise<number> {
	const secrets = newSecrets();
	const { key, warning } = readApiKey(options.apiKeyFile);
	secrets.add(key);
	const log = openLogOf(options, surroundings, secrets);
	try {
		log.info(
			`umich-orchestrator ${surroundings.version}: ${options.dryRun ? 'dry run' : 'pass'} begins in ${process.cwd()}.`,
		);
		if (warning !== undefined) {
			log.warn(warning);
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
			return await passInWorld(options, surroundings, { key, secrets, log });
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

async function passInWorld(
	options: Options,
	{ words, stop, storageEndpoint }: Surroundings,
	{ key, secrets, log }: { readonly key: string; readonly secrets: Secrets; readonly log: Log },
): Promise<number> {
	const { clock, requester, ica } = connectToIca(options, stop.signal, { key, secrets, log });
	const begun = clock.ticks();
	const storage = createStorage({
		endpoint: storageEndpoint === undefined ? undefined : secureUrl('AWS_ENDPOINT_URL_S3', storageEndpoint),
		stop: stop.signal,
		inTurn: requester.inTurn,
	});
	const effects = options.dryRun ? dryRunEffects : realEffects;
	const templates = templateStore(templateFolder, (text) => secrets.blank(text));

	const { summary, needsPerson } = await runPass({
		options,
		ica,
		log,
		command: ['umich-orchestrator', ...words].map(shellWord).join(' '),
		now: clock.now(),
		effectsIn: (source, destination) =>
			effects({ options, ica, storage, clock, log, source, destination, localManifestFolder, templates }),
	});

	const requests = count(requester.requestsSent(), 'request');
	log.info(`${summary}; ${requests} in ${formatDuration(clock.ticks() - begun)}.`);
	if (needsPerson.length > 0) {
		log.error(`This needs a person: ${needsPerson.join('; ')}. Exit status ${exitStatus.needsPerson}.`);
		return exitStatus.needsPerson;
	}
	return exitStatus.done;
}

/** Says why a pass did not come to its end. */
function explain(error: unknown, log: Log, stop: AbortSignal): number {
	if (error instanceof StoppedError) {
		const status = stoppedBy(stop.reason);
		if (status === undefined) {
			log.error(`Stopped: ${String(stop.reason)}. The next pass goes on from here when that is mended.`);
			return exitStatus.needsPerson;
		}
		log.warn(`Stopped (${String(stop.reason)}); the next pass goes on from here.`);
		return status;
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
