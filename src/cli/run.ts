import { existsSync } from 'node:fs';
import { systemClock } from '../common/clock.ts';
import { reasonOf } from '../common/errors.ts';
import { realPathOf } from '../common/local-files.ts';
import { localManifestFolder, stateFileOf, templateFolder } from '../common/own-files.ts';
import { count, formatDuration, sentence } from '../common/text.ts';
import { createStorage } from '../ica/transfer.ts';
import { type Console, type Log, openLog } from '../log/log.ts';
import { type Options, secureUrl } from '../options/pass-options.ts';
import { dryRunEffects, realEffects } from '../pass/effects.ts';
import { runPass } from '../pass/pass.ts';
import { templateStore } from '../requeue/templates/template-store.ts';
import { readApiKey } from '../secrets/api-key.ts';
import { type BaseSpaceToken, readBaseSpaceToken } from '../secrets/basespace-token.ts';
import { newSecrets, type Secrets } from '../secrets/secrets.ts';
import { acquireLock } from '../state/lock.ts';
import { checkManagedTable } from '../state/managed-table.ts';
import { openStateFile, type PassState } from '../state/state-file.ts';
import { connectToBaseSpace, connectToIca } from './connection.ts';
import { exitStatus } from './exit-status.ts';
import { startProgress } from './progress.ts';
import { explain, explainCutShort, lateStop, type RunOutcome, statusOf } from './run-end.ts';
import { belongsToAnother, checkSummaryFile, writeSummaryFile } from './summary-file.ts';

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
}

/** What is there before the pass begins. */
interface Dependencies {
	readonly key: string;
	readonly token: BaseSpaceToken | undefined;
	readonly secrets: Secrets;
	readonly log: Log;
	readonly state: PassState;
}

/**
 * Builds the real world around a pass, runs it, tells how it ended, and writes the summary file.
 * @returns the exit status
 */
export async function run(options: Options, context: ProcessContext): Promise<number> {
	const clock = systemClock(context.stop.signal);
	const begun = clock.now();
	const { console } = context;
	const state = openStateFile(stateFileOf(realPathOf(options.managedTable)), begun);
	// whoever looks on, or looks what there would be to do, wants to see everything
	const isNews =
		options.dryRun || console.isTerminal === true ? () => true : (words: string) => state.isNews(words);
	// where it is told when there is no log
	let tell = (trouble: string): void => (isNews(trouble) ? console.err : console.out)(`Error: ${trouble}\n`);
	let end: RunOutcome;
	try {
		const { key, warning } = readApiKey(options.apiKeyFile);
		const secrets = newSecrets();
		secrets.add(key);
		const { basespaceTokenFile } = options;
		const token = basespaceTokenFile === undefined ? undefined : readBaseSpaceToken(basespaceTokenFile);
		secrets.add(token?.token ?? '');
		const log = openLogOf(options, context, { secrets, isNews });
		tell = (trouble) => log.error(trouble);
		const dependencies = { key, token, secrets, log, state };
		end = await runWithLog(options, context, dependencies, [warning, token?.warning]);
	} catch (error) {
		// no key, or no log
		const message = reasonOf(error);
		tell(message);
		end = { exitStatus: exitStatus.wrongSetup, message, needsPerson: [message] };
	}
	if (options.dryRun) {
		return end.exitStatus;
	}
	const unsaved = saveState(state, options.managedTable, end);
	if (unsaved !== undefined) {
		tell(unsaved);
	}
	const { summaryFile } = options;
	if (summaryFile === undefined || belongsToAnother(end, options.managedTable)) {
		return end.exitStatus;
	}
	try {
		writeSummaryFile(summaryFile, end, {
			version: context.version,
			begun,
			ended: clock.now(),
		});
	} catch (error) {
		tell(`The summary file ${summaryFile} could not be written: ${sentence(reasonOf(error))}`);
		return end.exitStatus === exitStatus.done ? exitStatus.needsPerson : end.exitStatus;
	}
	return end.exitStatus;
}

/** A start that failed leaves nothing where no pass has been at work before. */
function saveState(
	state: PassState,
	managedTable: string,
	{ result, exitStatus: status }: RunOutcome,
): string | undefined {
	return status === exitStatus.wrongSetup && !existsSync(managedTable)
		? undefined
		: state.save(result !== undefined && result.cutShortBy === undefined);
}

function openLogOf(
	options: Options,
	{ console, stop }: ProcessContext,
	{ secrets, isNews }: { readonly secrets: Secrets; readonly isNews: (words: string) => boolean },
): Log {
	return openLog({
		file: options.logFile,
		level: options.logLevel,
		format: options.logFormat,
		console,
		secrets,
		isNews,
		onFailure(reason) {
			stop.abort(reason);
		},
	});
}

async function runWithLog(
	options: Options,
	context: ProcessContext,
	dependencies: Dependencies,
	warnings: readonly (string | undefined)[],
): Promise<RunOutcome> {
	const { log } = dependencies;
	const { version, stop } = context;
	try {
		log.info(
			`umich-orchestrator ${version}: ${options.dryRun ? 'dry run' : 'pass'} begins in ${process.cwd()}.`,
		);
		for (const warning of warnings.filter((each) => each !== undefined)) {
			log.warn(warning);
		}
		if (options.summaryFile !== undefined) {
			checkSummaryFile(options.summaryFile);
		}
		checkManagedTable(options.managedTable);
		const release = options.dryRun
			? undefined
			: acquireLock(options.managedTable, systemClock(stop.signal).now());
		stop.signal.addEventListener('abort', () =>
			log.info(
				'Stopping; a change that is under way is finished first. A second signal ends the program at once.',
			),
		);
		try {
			return await passInWorld(options, context, dependencies);
		} finally {
			release?.();
		}
	} catch (error) {
		return explain(error, log, stop.signal);
	}
}

async function passInWorld(
	options: Options,
	{ command, console, stop, storageEndpoint }: ProcessContext,
	dependencies: Dependencies,
): Promise<RunOutcome> {
	const { token, log, secrets, state } = dependencies;
	const { clock, requester, ica } = connectToIca(options, stop.signal, dependencies);
	const begun = clock.ticks();
	const storage = createStorage({
		endpoint: storageEndpoint === undefined ? undefined : secureUrl('AWS_ENDPOINT_URL_S3', storageEndpoint),
		stop: stop.signal,
		withinLimit: requester.withinLimit,
	});
	const basespace =
		token === undefined
			? undefined
			: connectToBaseSpace(options, token, { requester, storage, secrets, now: () => clock.now() });
	const effects = options.dryRun ? dryRunEffects : realEffects;
	const templates = templateStore(templateFolder, (text) => secrets.blank(text));
	const progress = startProgress(console, clock, requester.requestsSent);
	try {
		const result = await runPass({
			options,
			ica,
			log,
			command,
			onDelivered: progress.delivered,
			now: () => clock.now(),
			basespace,
			effectsIn: (source, destination) =>
				effects({
					options,
					ica,
					storage,
					clock,
					log,
					source,
					destination,
					localManifestFolder,
					templates,
					basespace,
					state,
				}),
		});
		progress.end();
		const requests = requester.requestsSent();
		if (result.cutShortBy !== undefined) {
			return { ...explainCutShort(result, log, stop.signal), result, requests };
		}
		const message = `${result.summary}; ${count(requests, 'request')} in ${formatDuration(clock.ticks() - begun)}.`;
		log.info(message);
		const { needsPerson } = result;
		const end = (await lateStop(result, log, stop.signal)) ?? {
			exitStatus: statusOf(needsPerson, log),
			message,
			needsPerson,
		};
		return { ...end, result, requests };
	} finally {
		progress.end();
	}
}
