import type { Clock } from '../common/clock.ts';
import type { LogFormat, LogLevel } from '../log/levels.ts';
import type { Console, Log } from '../log/log.ts';
import { openLog } from '../log/open-log.ts';
import { readApiKey } from '../secrets/api-key.ts';
import { newSecrets, type Secrets } from '../secrets/secrets.ts';
import { systemClock } from './system-clock.ts';

/** What the program finds around it. */
export interface ProcessContext {
	readonly version: string;
	/** The command that started the program, for a shell. */
	readonly command: string;
	readonly console: Console;
	/** Aborted when the program is to stop; the reason is the signal's name, or why the log cannot be written. */
	readonly stop: AbortController;
	/** The address of ICA's storage where it is not AWS's own: AWS_ENDPOINT_URL_S3, as the SDK calls it. */
	readonly storageEndpoint: string | undefined;
	/** The environment of commands that it starts. */
	readonly commandEnvironment: Readonly<Record<string, string>>;
}

interface SessionOptions {
	readonly apiKeyFile: string;
	readonly logFile: string;
	readonly logLevel: LogLevel;
	readonly logFormat: LogFormat;
}

/** What every command works with. */
export interface Session {
	readonly key: string;
	/** The key among them. */
	readonly secrets: Secrets;
	readonly log: Log;
	readonly clock: Clock;
	/** Aborted when a signal asks the program to stop, or the log cannot be written any more. */
	readonly stop: AbortSignal;
}

/**
 * Reads the key, opens the log, and reports that a command begins.
 * @param title what begins: "pass", "dry run of a requeue"
 * @param isNews whether a warning or an error was not reported lately
 * @throws {SetupError} when the key cannot be read or the log cannot be opened, so that there is nowhere to report it
 */
export function openSession(
	options: SessionOptions,
	{ version, console, stop }: Pick<ProcessContext, 'version' | 'console' | 'stop'>,
	{ title, isNews }: { readonly title: string; readonly isNews: (message: string) => boolean },
): Session {
	const { key, warning } = readApiKey(options.apiKeyFile);
	const secrets = newSecrets();
	secrets.add(key);
	const log = openLog({
		file: options.logFile,
		level: options.logLevel,
		format: options.logFormat,
		console,
		secrets,
		pid: process.pid,
		isNews,
		onFailure: (reason) => stop.abort(reason),
	});
	log.info(`umich-orchestrator ${version}: ${title} begins in ${process.cwd()}.`, { event: 'begin' });
	if (warning !== undefined) {
		log.warn(warning);
	}
	return { key, secrets, log, clock: systemClock(stop.signal), stop: stop.signal };
}
