import { isProgramError, reasonOf, SetupError, StoppedError } from '../common/errors.ts';
import { templateFolder } from '../common/own-files.ts';
import { sentence } from '../common/text.ts';
import { type Log, openLog } from '../log/log.ts';
import type { RequeueOptions } from '../options/requeue-options.ts';
import { dryRequeue, realRequeue } from '../requeue/effects.ts';
import { requeue } from '../requeue/requeue.ts';
import { templateStore } from '../requeue/templates/template-store.ts';
import { readApiKey } from '../secrets/api-key.ts';
import { newSecrets } from '../secrets/secrets.ts';
import { connectToIca } from './connection.ts';
import { exitStatus, stoppedBy } from './exit-status.ts';
import type { ProcessContext } from './run.ts';

/**
 * Builds the real world around a requeue, runs it, and tells how it ended. It takes no lock, and leaves the managed table
 * alone, so that it can run beside a pass.
 * @returns the exit status
 * @throws {SetupError} when the key cannot be read or the log cannot be opened, so that there is nowhere to tell it
 */
export async function runRequeue(
	options: RequeueOptions,
	{ version, console, stop }: Pick<ProcessContext, 'version' | 'console' | 'stop'>,
): Promise<number> {
	const secrets = newSecrets();
	const { key, warning } = readApiKey(options.apiKeyFile);
	secrets.add(key);
	const log = openLog({
		file: options.logFile,
		level: options.logLevel,
		format: options.logFormat,
		console,
		secrets,
		isNews: () => true,
		onFailure: (reason) => stop.abort(reason),
	});
	try {
		log.info(`umich-orchestrator ${version}: ${options.dryRun ? 'dry run of a requeue' : 'requeue'} begins.`);
		if (warning !== undefined) {
			log.warn(warning);
		}
		const { ica, clock } = connectToIca(options, stop.signal, { key, secrets, log });
		const templates = templateStore(templateFolder, (text) => secrets.blank(text));
		const effects = options.dryRun ? dryRequeue : realRequeue;
		await requeue({
			options,
			ica,
			log,
			now: clock.now(),
			print: (text) => console.out(secrets.blank(text)),
			effects: effects({ ica, templates, log }),
		});
		return exitStatus.done;
	} catch (error) {
		return explain(error, log, stop.signal);
	}
}

/** Says why a requeue did not come to its end. */
function explain(error: unknown, log: Log, stop: AbortSignal): number {
	if (error instanceof StoppedError) {
		log.warn(`Stopped (${String(stop.reason)}).`);
		return stoppedBy(stop.reason) ?? exitStatus.needsPerson;
	}
	if (error instanceof SetupError) {
		log.error(`${error.message} Nothing was changed. Exit status ${exitStatus.wrongSetup}.`);
		return exitStatus.wrongSetup;
	}
	log.error(`${sentence(reasonOf(error))} Exit status ${exitStatus.needsPerson}.`);
	if (isProgramError(error)) {
		log.error(`This is an error in the program itself, please report it: ${error.stack}`);
	}
	return exitStatus.needsPerson;
}
