import { Command } from 'commander';
import { SetupError } from '../common/errors.ts';
import { passTable, type RawPassOptions } from '../options/pass-options.ts';
import { type RawRequeueOptions, requeueTable } from '../options/requeue-options.ts';
import type { OptionTable } from '../options/table.ts';
import { assignmentsOf, optionsOf, valuesOf, withVariable } from './environment.ts';

const description =
	'Delivers BCLConvert FASTQs on Illumina Connected Analytics (ICA): one pass, then exit; meant for cron. ' +
	'Each succeeded BCLConvert analysis of the source project that is not yet in the managed table has the FASTQs that ' +
	"match MGI's pattern linked to the destination project, with a manifest, and is recorded.";

const epilogue = `
Example, a look first and then for real:
  umich-orchestrator --api_key_file api_key.txt --source_project_name "BSSH core" --destination_project_name MGI --dry_run
  umich-orchestrator --api_key_file api_key.txt --source_project_name "BSSH core" --destination_project_name MGI

A failed analysis is requeued by another command: umich-orchestrator requeue --help

Exit status: 0 all that was due is done; 1 action needed, see the last lines; 2 wrong options, key, project or
table, nothing was changed; 75 another pass holds the lock; 129, 130 or 143 stopped by a signal.`;

/** What was asked for. */
export interface Invocation<Raw> {
	/** The options as given, on the command line or in the environment. */
	readonly raw: Raw;
	/** The words that belong to no option. */
	readonly strayWords: readonly string[];
	/** What came from the environment: words to put before the command to run it again. */
	readonly assignments: readonly string[];
}

const requeueDescription =
	"Makes templates to start an analysis like a previous one, an API request and an icav2 command, from ICA's record " +
	'of it, and starts it when asked to. Name one previous analysis.';

const requeueEpilogue = `
Example, the templates first and then the launch:
  umich-orchestrator requeue --api_key_file api_key.txt --source_project_name "BSSH core" --analysis_id <id>
  umich-orchestrator requeue --api_key_file api_key.txt --source_project_name "BSSH core" --analysis_id <id> \\
    --project_name "Core reruns" --launch

Exit status: 0 done; 1 action needed, see the last lines; 2 wrong options, key, project or analysis, nothing was
changed; 129, 130 or 143 stopped by a signal.`;

/**
 * The command line of a pass, on commander.
 * @param run called with what was asked for
 */
export function commandLine(
	version: string,
	environment: NodeJS.ProcessEnv,
	run: (invocation: Invocation<RawPassOptions>) => Promise<void>,
): Command {
	const command = new Command('umich-orchestrator')
		.description(description)
		.version(version)
		.addHelpText('after', epilogue);
	return takingOptions(command, passTable).action((_: unknown, invoked: Command) =>
		invoke(invoked, environment, run),
	);
}

/**
 * The command line of a requeue: the words after `requeue`.
 * @param run called with what was asked for
 */
export function requeueCommandLine(
	environment: NodeJS.ProcessEnv,
	run: (invocation: Invocation<RawRequeueOptions>) => Promise<void>,
): Command {
	const command = new Command('umich-orchestrator requeue')
		.description(requeueDescription)
		.addHelpText('after', requeueEpilogue);
	return takingOptions(command, requeueTable).action((_: unknown, invoked: Command) =>
		invoke(invoked, environment, run),
	);
}

function takingOptions(command: Command, table: OptionTable): Command {
	for (const option of optionsOf(table)) {
		command.addOption(option);
	}
	// excess words are let through so that they can be named
	return command.allowExcessArguments();
}

async function invoke<Raw extends object>(
	command: Command,
	environment: NodeJS.ProcessEnv,
	run: (invocation: Invocation<Raw>) => Promise<void>,
): Promise<void> {
	try {
		await run({
			raw: valuesOf<Raw>(command, environment, [passTable, requeueTable]),
			strayWords: command.args,
			assignments: assignmentsOf(command, environment),
		});
	} catch (error) {
		throw error instanceof SetupError ? withVariable(error, command) : error;
	}
}
