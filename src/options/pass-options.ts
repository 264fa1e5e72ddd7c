import { SetupError } from '../common/errors.ts';
import { keptByPass } from '../common/own-files.ts';
import type { ProjectSelector } from '../common/project-selector.ts';
import { projectOf, refuseSameFile, requiredProjectOf } from './checks.ts';
import { keyEntry, logEntries, serverEntry, sourceEntries } from './common-entries.ts';
import { flag, groups, optional, withDefault } from './entry.ts';
import { address, days, file, id, pattern, shortText, text, whole } from './parsers.ts';
import { type RecipientSpec, readRecipientsFile } from './recipients-file.ts';
import { filesOf, type OptionValues, type RawOptions, readTable, refuseSuspectWords } from './table.ts';

/** Everything about the options of a pass: types, --help, environment names and the check of the docs follow from it. */
export const passTable = {
	...keyEntry,
	...sourceEntries,
	destination_project_name: optional({
		argument: '<name>',
		help: 'downstream project (default: the source project)',
		group: groups.projects,
		value: text,
	}),
	destination_project_id: optional({ argument: '<id>', help: 'its id', group: groups.projects, value: id }),
	recipients_file: optional({
		argument: '<path>',
		help: 'CSV of several groups, in place of the destination project and --mgi_pattern',
		group: groups.projects,
		value: file,
	}),
	...serverEntry,
	mgi_pattern: withDefault(
		{
			argument: '<regex>',
			help: "which FASTQ file names are MGI's",
			group: groups.delivery,
			value: pattern(''),
		},
		'^M[-_]',
	),
	pipeline_pattern: withDefault(
		{
			argument: '<regex>',
			help: 'which pipeline codes are BCLConvert, in any letter case',
			group: groups.delivery,
			value: pattern('i'),
		},
		'bcl(?!.?2.?fastq).*convert(?![-_ ]*interop)(?![-_ ]*qc)',
	),
	link_timeout_minutes: withDefault(
		{
			argument: '<n>',
			help: 'how long a pass waits for the linking of one analysis',
			group: groups.delivery,
			value: whole({ from: 1, to: 7 * 24 * 60 }),
		},
		'30',
	),
	days_to_archive: withDefault(
		{
			argument: '<days or never>',
			help: 'archive data this old, or older',
			group: groups.retention,
			value: days,
		},
		'60',
	),
	days_to_delete: withDefault(
		{
			argument: '<days or never>',
			help: 'delete data this old, or older',
			group: groups.retention,
			value: days,
		},
		'90',
	),
	max_deletions: withDefault(
		{
			argument: '<n>',
			help: 'delete nothing, and ask for a review, when more analyses than this are due',
			group: groups.retention,
			value: whole({ from: 0, to: 1_000_000 }),
		},
		'25',
	),
	basespace_access_token_file: optional({
		argument: '<path>',
		help: 'BaseSpace access token, as the BaseSpace CLI writes it: age what BaseSpace manages there',
		group: groups.retention,
		value: file,
	}),
	basespace_url: optional({
		argument: '<url>',
		help: "address of BaseSpace's API (default: as the token's file has it)",
		group: groups.retention,
		value: address,
	}),
	empty_trash: flag({
		help: "empty BaseSpace's trash for good after a deletion, if only this program has filled it",
		group: groups.retention,
	}),
	notify_command: optional({
		argument: '<command>',
		help: 'shell command that gets what there is to tell, as JSON on stdin',
		group: groups.notifications,
		value: text,
	}),
	notify_event_code: optional({
		argument: '<code>',
		help: "ICA custom event, raised in each recipient's project that has something to be told",
		group: groups.notifications,
		value: shortText(20, 'since nobody can subscribe to a longer code in ICA'),
	}),
	dry_run: flag({ help: 'report what a pass would do, change nothing but the log', group: groups.run }),
	analyses_managed_table: withDefault(
		{ argument: '<path>', help: 'what has been handled', group: groups.run, value: file },
		'analyses_managed_table.txt',
	),
	analyses_monitored_file: withDefault(
		{
			argument: '<path>',
			help: 'ids of the BCLConvert analyses under way',
			group: groups.run,
			value: file,
		},
		'analyses_monitored_file.txt',
	),
	summary_file: optional({
		argument: '<path>',
		help: 'gets the result of the pass, as JSON',
		group: groups.run,
		value: file,
	}),
	...logEntries,
};

type Values = OptionValues<typeof passTable>;

/** The options of a pass, checked; nothing below the command line sees raw flags. */
export interface Options
	extends Omit<
		Values,
		| ('sourceProjectName' | 'sourceProjectId' | 'destinationProjectName' | 'destinationProjectId')
		| 'mgiPattern'
	> {
	readonly source: ProjectSelector;
	/** At least one. */
	readonly recipients: readonly RecipientSpec[];
}

/** The options of a pass as commander hands them over: as typed, or their defaults. */
export type RawPassOptions = RawOptions<typeof passTable>;

/**
 * Checks the raw options and gives them types.
 * @param strayWords of the command line, that belong to no option
 * @throws {SetupError} naming the option, what was given and what is expected
 */
export function readPassOptions(raw: RawPassOptions, strayWords: readonly string[] = []): Options {
	refuseSuspectWords(raw, strayWords);
	const values = readTable(passTable, raw);
	const { sourceProjectName, sourceProjectId, destinationProjectName, destinationProjectId, ...others } =
		values;
	const { mgiPattern, ...options } = others;
	const source = requiredProjectOf('source', sourceProjectName, sourceProjectId);
	const recipients = recipientsOf(values);
	refuseWithoutToken(options);
	// a log appended to the table, or a monitored file replacing it, would destroy the record of what was handled
	refuseSameFile(
		filesOf(passTable, raw),
		keptByPass({ managedTable: options.analysesManagedTable, logFile: options.logFile }),
	);
	return Object.freeze({ ...options, source, recipients });
}

/** The groups of the recipients file; without one, the only recipient that the other options describe. */
function recipientsOf(values: Values): RecipientSpec[] {
	const { destinationProjectName, destinationProjectId, mgiPattern, recipientsFile } = values;
	const project = projectOf('destination', destinationProjectName, destinationProjectId);
	if (recipientsFile === undefined) {
		const { daysToArchive, daysToDelete } = values;
		return [{ name: 'MGI', pattern: mgiPattern, project, daysToArchive, daysToDelete }];
	}
	const isOtherPattern = mgiPattern.source !== passTable.mgi_pattern.default;
	if (project !== undefined || isOtherPattern) {
		throw new SetupError(
			`--recipients_file describes all recipients: leave ${isOtherPattern ? '--mgi_pattern' : '--destination_project_name and --destination_project_id'} out.`,
			['recipients_file'],
		);
	}
	return readRecipientsFile(recipientsFile, values);
}

/** Whoever gives these means something to be done in BaseSpace, for which the token is missing. */
function refuseWithoutToken({
	basespaceAccessTokenFile,
	basespaceUrl,
	emptyTrash,
}: Pick<Values, 'basespaceAccessTokenFile' | 'basespaceUrl' | 'emptyTrash'>): void {
	if (basespaceAccessTokenFile !== undefined) {
		return;
	}
	for (const [name, isGiven] of [
		['basespace_url', basespaceUrl !== undefined],
		['empty_trash', emptyTrash],
	] as const) {
		if (isGiven) {
			throw new SetupError(
				`--${name} needs --basespace_access_token_file: nothing is done in BaseSpace without.`,
				[name],
			);
		}
	}
}
