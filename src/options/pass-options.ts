import { reasonOf, SetupError } from '../common/errors.ts';
import { keptByPass } from '../common/own-files.ts';
import type { ProjectSelector } from '../common/project-selector.ts';
import { insecureBecause } from '../common/secure-address.ts';
import { type LogFormat, type LogLevel, logFormats, logLevels } from '../log/levels.ts';
import { project, refuseSameFile, refuseSuspectWords, requiredProject } from './checks.ts';
import { isEndless } from './endless-pattern.ts';

/** The options of a pass, checked; nothing below the command line sees raw flags. */
export interface Options {
	readonly apiKeyFile: string;
	readonly source: ProjectSelector;
	/** undefined: the source project itself. */
	readonly destination: ProjectSelector | undefined;
	readonly daysToArchive: number;
	readonly daysToDelete: number;
	readonly maxDeletions: number;
	readonly dryRun: boolean;
	readonly managedTable: string;
	readonly monitoredFile: string;
	readonly mgiPattern: RegExp;
	readonly pipelinePattern: RegExp;
	readonly linkTimeoutMinutes: number;
	/** Without a closing slash. */
	readonly serverUrl: string;
	readonly logFile: string;
	readonly logLevel: LogLevel;
	readonly logFormat: LogFormat;
	readonly summaryFile: string | undefined;
	/** undefined: nothing is done in BaseSpace. */
	readonly basespaceTokenFile: string | undefined;
	/** Without a closing slash; undefined: as the token's file says. */
	readonly basespaceUrl: string | undefined;
	readonly emptyTrash: boolean;
}

/** The options as commander hands them over: every value a string as typed, or its default. */
export interface RawOptions {
	readonly api_key_file: string;
	readonly source_project_name?: string;
	readonly source_project_id?: string;
	readonly destination_project_name?: string;
	readonly destination_project_id?: string;
	readonly days_to_archive: string;
	readonly days_to_delete: string;
	readonly max_deletions: string;
	readonly dry_run?: boolean;
	readonly analyses_managed_table: string;
	readonly analyses_monitored_file: string;
	readonly mgi_pattern: string;
	readonly pipeline_pattern: string;
	readonly link_timeout_minutes: string;
	readonly server_url: string;
	readonly log_file: string;
	readonly log_level: string;
	readonly log_format: string;
	readonly summary_file?: string;
	readonly basespace_access_token_file?: string;
	readonly basespace_url?: string;
	readonly empty_trash?: boolean;
}

export const defaults = {
	days_to_archive: '60',
	days_to_delete: '90',
	max_deletions: '25',
	analyses_managed_table: 'analyses_managed_table.txt',
	analyses_monitored_file: 'analyses_monitored_file.txt',
	mgi_pattern: '^M[-_]',
	pipeline_pattern: 'bcl(?!.?2.?fastq).*convert(?![-_ ]*interop)(?![-_ ]*qc)',
	link_timeout_minutes: '30',
	server_url: 'https://ica.illumina.com',
	log_file: 'orchestrator.log',
	log_level: 'info',
	log_format: 'text',
} as const;

const wholeNumber = /^\d{1,9}$/;
/** Part of every address in Illumina's documentation; it is added to each request. */
const restPath = /\/ica\/rest$/;
const maxLinkTimeoutMinutes = 7 * 24 * 60;
const maxDays = 36_500;

/**
 * Checks the raw options and gives them types.
 * @param strayWords of the command line, that belong to no option
 * @throws {SetupError} naming the flag, what was given and what is expected
 */
export function readOptions(raw: RawOptions, strayWords: readonly string[] = []): Options {
	refuseSuspectWords(raw, strayWords);
	const options: Options = {
		apiKeyFile: raw.api_key_file,
		source: requiredProject('source', raw.source_project_name, raw.source_project_id),
		destination: project('destination', raw.destination_project_name, raw.destination_project_id),
		daysToArchive: whole('days_to_archive', raw.days_to_archive, { from: 1, to: maxDays }),
		daysToDelete: whole('days_to_delete', raw.days_to_delete, { from: 1, to: maxDays }),
		maxDeletions: whole('max_deletions', raw.max_deletions, { from: 0, to: 1_000_000 }),
		dryRun: raw.dry_run === true,
		managedTable: raw.analyses_managed_table,
		monitoredFile: raw.analyses_monitored_file,
		mgiPattern: pattern('mgi_pattern', raw.mgi_pattern, ''),
		pipelinePattern: pattern('pipeline_pattern', raw.pipeline_pattern, 'i'),
		linkTimeoutMinutes: whole('link_timeout_minutes', raw.link_timeout_minutes, {
			from: 1,
			to: maxLinkTimeoutMinutes,
		}),
		serverUrl: secureUrl('--server_url', raw.server_url),
		logFile: raw.log_file,
		logLevel: oneOf('log_level', raw.log_level, logLevels),
		logFormat: oneOf('log_format', raw.log_format, logFormats),
		summaryFile: raw.summary_file,
		basespaceTokenFile: raw.basespace_access_token_file,
		basespaceUrl:
			raw.basespace_url === undefined ? undefined : secureUrl('--basespace_url', raw.basespace_url),
		emptyTrash: raw.empty_trash === true,
	};
	refuseWithoutToken(options);
	refuseSharedFiles(options);
	return Object.freeze(options);
}

/** @throws {SetupError} unless secrets may be sent there */
export function secureUrl(from: string, address: string): string {
	const why = insecureBecause(address);
	if (why !== undefined) {
		throw new SetupError(`${from} is refused: ${why}.`);
	}
	return withoutSlashes(address).replace(restPath, '');
}

function withoutSlashes(address: string): string {
	let end = address.length;
	while (address[end - 1] === '/') {
		end--;
	}
	return address.slice(0, end);
}

function pattern(flag: string, source: string, flags: string): RegExp {
	let compiled: RegExp;
	try {
		compiled = new RegExp(source, flags);
	} catch (error) {
		throw new SetupError(`--${flag} is not a regular expression: ${reasonOf(error)}.`);
	}
	if (compiled.test('')) {
		throw new SetupError(`--${flag} "${source}" matches every name: if that is meant, give a single dot.`);
	}
	if (isEndless(compiled)) {
		throw new SetupError(
			`--${flag} "${source}" would never end on some names: a repeated group must not begin or end in another repetition.`,
		);
	}
	return compiled;
}

function whole(
	flag: string,
	text: string,
	{ from, to }: { readonly from: number; readonly to: number },
): number {
	const value = wholeNumber.test(text) ? Number(text) : Number.NaN;
	if (!(value >= from && value <= to)) {
		throw new SetupError(`--${flag} is "${text}": expected a whole number from ${from} to ${to}.`);
	}
	return value;
}

/** @throws {SetupError} */
export function oneOf<Value extends string>(flag: string, text: string, values: readonly Value[]): Value {
	const value = values.find((known) => known === text);
	if (value === undefined) {
		throw new SetupError(`--${flag} is "${text}": expected one of ${values.join(', ')}.`);
	}
	return value;
}

/** Whoever gives these means something to be done in BaseSpace, for which the token is missing. */
function refuseWithoutToken({ basespaceTokenFile, basespaceUrl, emptyTrash }: Options): void {
	if (basespaceTokenFile !== undefined) {
		return;
	}
	for (const [flag, isGiven] of [
		['--basespace_url', basespaceUrl !== undefined],
		['--empty_trash', emptyTrash],
	] as const) {
		if (isGiven) {
			throw new SetupError(
				`${flag} needs --basespace_access_token_file: nothing is done in BaseSpace without.`,
			);
		}
	}
}

/** A log appended to the table, or a monitored file replacing it, would destroy the record of what was handled. */
function refuseSharedFiles(options: Options): void {
	const named: [string, string | undefined][] = [
		['--api_key_file', options.apiKeyFile],
		['--analyses_managed_table', options.managedTable],
		['--analyses_monitored_file', options.monitoredFile],
		['--log_file', options.logFile],
		['--summary_file', options.summaryFile],
		['--basespace_access_token_file', options.basespaceTokenFile],
	];
	refuseSameFile(named, keptByPass(options));
}
