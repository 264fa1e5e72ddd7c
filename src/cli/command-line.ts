import { Command, type Option } from 'commander';
import { SetupError } from '../common/errors.ts';
import { logFormats, logLevels } from '../log/levels.ts';
import { defaults, type RawOptions } from '../options/pass-options.ts';
import type { RawRequeueOptions } from '../options/requeue-options.ts';
import { assignmentsOf, option, valuesOf, withVariable } from './environment.ts';

const description =
	'Delivers BCLConvert FASTQs on Illumina Connected Analytics (ICA): one pass, then exit; meant for cron. ' +
	'Each succeeded BCLConvert analysis of the source project that is not yet in the managed table has the FASTQs that ' +
	"carry MGI's naming linked to the destination project, with a manifest, and is recorded.";

const epilogue = `
Example, a look first and then for real:
  umich-orchestrator --api_key_file api_key.txt --source_project_name "BSSH core" --destination_project_name MGI --dry_run
  umich-orchestrator --api_key_file api_key.txt --source_project_name "BSSH core" --destination_project_name MGI

A failed analysis is requeued by another command: umich-orchestrator requeue --help

Exit status: 0 all that was due is done; 1 something needs a person, as the last lines say; 2 wrong options, key, project or
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

Exit status: 0 done; 1 something needs a person, as the last lines say; 2 wrong options, key, project or analysis, nothing was
changed; 129, 130 or 143 stopped by a signal.`;

/**
 * The command line of a pass, on commander.
 * @param run called with what was asked for
 */
export function commandLine(
	version: string,
	environment: NodeJS.ProcessEnv,
	run: (invocation: Invocation<RawOptions>) => Promise<void>,
): Command {
	const command = new Command('umich-orchestrator')
		.description(description)
		.version(version)
		.addHelpText('after', epilogue);
	return takingOptions(command, passOptions()).action((_: unknown, invoked: Command) =>
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
	return takingOptions(command, requeueOptions()).action((_: unknown, invoked: Command) =>
		invoke(invoked, environment, run),
	);
}

function takingOptions(command: Command, options: readonly Option[]): Command {
	for (const each of options) {
		command.addOption(each);
	}
	// excess words are let through so that they can be named
	return command.allowExcessArguments();
}

function passOptions(): Option[] {
	return [
		option('--api_key_file <path>', 'text file with the ICA API key, and nothing else').makeOptionMandatory(),
		option('--source_project_name <name>', 'ICA project of the BCLConvert analyses (or give its id)'),
		option('--source_project_id <id>', 'its id'),
		option('--destination_project_name <name>', 'downstream project (default: the source project)'),
		option('--destination_project_id <id>', 'its id'),
		option(
			'--days_to_archive <days>',
			'archive data this old, or older; past --days_to_delete to archive nothing',
			defaults.days_to_archive,
		),
		option('--days_to_delete <days>', 'delete data this old, or older', defaults.days_to_delete),
		option(
			'--max_deletions <n>',
			'delete nothing, and ask for a person, when more analyses than this are due',
			defaults.max_deletions,
		),
		option('--dry_run', 'say what a pass would do, change nothing but the log'),
		option('--analyses_managed_table <path>', 'what has been handled', defaults.analyses_managed_table),
		option(
			'--analyses_monitored_file <path>',
			'ids of the BCLConvert analyses under way',
			defaults.analyses_monitored_file,
		),
		option('--mgi_pattern <regex>', "which FASTQ file names are MGI's", defaults.mgi_pattern),
		option(
			'--pipeline_pattern <regex>',
			'which pipeline codes are BCLConvert, in any letter case',
			defaults.pipeline_pattern,
		),
		option(
			'--link_timeout_minutes <n>',
			'how long a pass waits for the linking of one analysis',
			defaults.link_timeout_minutes,
		),
		option('--server_url <url>', 'address of ICA', defaults.server_url),
		option(
			'--basespace_access_token_file <path>',
			'BaseSpace access token, as the BaseSpace CLI writes it: age what BaseSpace manages there',
		),
		option('--basespace_url <url>', "address of BaseSpace's API (default: as the token's file says)"),
		option(
			'--empty_trash',
			"empty BaseSpace's trash for good after a deletion, if only this program has filled it",
		),
		...logOptions(),
		option('--summary_file <path>', 'gets the result of the pass, as JSON'),
	];
}

function requeueOptions(): Option[] {
	return [
		option('--api_key_file <path>', 'text file with the ICA API key, and nothing else').makeOptionMandatory(),
		option('--analysis_id <id>', 'the previous analysis'),
		option('--user_reference <name>', 'or: the newest analysis with this user reference'),
		option(
			'--pipeline <code or id>',
			'or: the newest that succeeded of this pipeline, as a template for new work',
		),
		option('--source_project_name <name>', 'ICA project of the previous analysis (or give its id)'),
		option('--source_project_id <id>', 'its id'),
		option('--project_name <name>', 'project to launch in (default: the source project)'),
		option('--project_id <id>', 'its id'),
		option('--launch', 'start the analysis'),
		option('--dry_run', 'say what would be sent and written, change nothing but the log'),
		option('--server_url <url>', 'address of ICA', defaults.server_url),
		...logOptions(),
	];
}

function logOptions(): Option[] {
	return [
		option('--log_file <path>', 'gets every line of the log', defaults.log_file),
		option('--log_level <level>', logLevels.join(', '), defaults.log_level),
		option(
			'--log_format <format>',
			`${logFormats.join(' or ')}: of the log and of what is printed`,
			defaults.log_format,
		),
	];
}

async function invoke<Raw extends object>(
	command: Command,
	environment: NodeJS.ProcessEnv,
	run: (invocation: Invocation<Raw>) => Promise<void>,
): Promise<void> {
	try {
		await run({
			raw: valuesOf<Raw>(command, environment, [...passOptions(), ...requeueOptions()]),
			strayWords: command.args,
			assignments: assignmentsOf(command, environment),
		});
	} catch (error) {
		throw error instanceof SetupError ? new SetupError(withVariable(error.message, command)) : error;
	}
}
