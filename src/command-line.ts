import { Command, Option } from 'commander';
import { defaults, logLevels, type RawOptions } from './options.ts';

const description =
	'Delivers BCLConvert FASTQs on Illumina Connected Analytics (ICA): one pass, then exit; meant for cron. ' +
	'Each succeeded BCLConvert analysis of the source project that is not yet in the managed table has the FASTQs that ' +
	"carry MGI's naming linked to the destination project, with a manifest, and is recorded.";

const epilogue = `
Example, a look first and then for real:
  umich-orchestrator --api_key_file api_key.txt --source_project_name "BSSH core" --destination_project_name MGI --dry_run
  umich-orchestrator --api_key_file api_key.txt --source_project_name "BSSH core" --destination_project_name MGI

Exit status: 0 all that was due is done; 1 something needs a person, as the last lines say; 2 wrong options, key, project or
table, nothing was changed; 75 another pass holds the lock; 130 or 143 stopped by a signal.`;

/**
 * The command line, on commander.
 * @param run called with the options as typed, and the words that belong to none
 */
export function commandLine(
	version: string,
	run: (raw: RawOptions, strayWords: readonly string[]) => Promise<void>,
): Command {
	return withBaseSpaceOptions(
		new Command('umich-orchestrator')
			.description(description)
			.version(version)
			.requiredOption('--api_key_file <path>', 'text file with the ICA API key, and nothing else')
			.option('--source_project_name <name>', 'ICA project of the BCLConvert analyses (or give its id)')
			.option('--source_project_id <id>', 'its id')
			.option('--destination_project_name <name>', 'downstream project (default: the source project)')
			.option('--destination_project_id <id>', 'its id')
			.option(
				'--days_to_archive <days>',
				'archive data this old, or older; past --days_to_delete to archive nothing',
				defaults.days_to_archive,
			)
			.option('--days_to_delete <days>', 'delete data this old, or older', defaults.days_to_delete)
			.option(
				'--max_deletions <n>',
				'delete nothing, and ask for a person, when more analyses (in BaseSpace: datasets and runs) than this are due',
				defaults.max_deletions,
			)
			.option('--dry_run', 'say what a pass would do, change nothing but the log')
			.option('--analyses_managed_table <path>', 'what has been handled', defaults.analyses_managed_table)
			.option(
				'--analyses_monitored_file <path>',
				'ids of the BCLConvert analyses under way',
				defaults.analyses_monitored_file,
			)
			.option('--mgi_pattern <regex>', "which FASTQ file names are MGI's", defaults.mgi_pattern)
			.option(
				'--pipeline_pattern <regex>',
				'which pipeline codes are BCLConvert, in any letter case',
				defaults.pipeline_pattern,
			)
			.option(
				'--link_timeout_minutes <n>',
				'how long a pass waits for the linking of one analysis',
				defaults.link_timeout_minutes,
			)
			.option('--server_url <url>', 'address of ICA', defaults.server_url)
			.option('--log_file <path>', 'gets every line of the log', defaults.log_file)
			.addOption(new Option('--log_level <level>', logLevels.join(', ')).default(defaults.log_level))
			.addHelpText('after', epilogue)
			// so that the words can be named
			.allowExcessArguments()
			.action((raw: RawOptions, command: Command) => run(raw, command.args)),
	);
}

function withBaseSpaceOptions(command: Command): Command {
	return command
		.option(
			'--basespace_access_token_file <path>',
			'BaseSpace access token, as the BaseSpace CLI writes it: age what BaseSpace manages there',
		)
		.option('--basespace_url <url>', "address of BaseSpace's API (default: as the token's file says)")
		.option(
			'--empty_trash',
			"empty BaseSpace's trash for good after a deletion, if only this program has filled it",
		);
}
