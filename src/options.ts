import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonOf, SetupError } from './errors.ts';
import { insecureBecause } from './secure-address.ts';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A project as the command line names it. */
export type ProjectSelector =
	| { readonly by: 'name'; readonly name: string }
	| { readonly by: 'id'; readonly id: string };

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
	pipeline_pattern: 'bcl.*convert',
	link_timeout_minutes: '30',
	server_url: 'https://ica.illumina.com',
	log_file: 'orchestrator.log',
	log_level: 'info',
} as const;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const wholeNumber = /^\d{1,9}$/;
const trailingSlashes = /\/+$/;
/** Part of every address in Illumina's documentation; it is added to each request. */
const restPath = /\/ica\/rest$/;
const longestLinkTimeoutMinutes = 7 * 24 * 60;
const longestDays = 36_500;

/**
 * Checks the raw options and gives them types.
 * @param strayWords of the command line, that belong to no option
 * @throws {SetupError} naming the flag, what was given and what is expected
 */
export function readOptions(raw: RawOptions, strayWords: readonly string[] = []): Options {
	for (const [flag, value] of Object.entries(raw)) {
		refuseSuspectValue(flag, value);
	}
	if (strayWords.length > 0) {
		throw new SetupError(`"${strayWords.join(' ')}" belongs to no option: a value with spaces needs quotes.`);
	}
	const options: Options = {
		apiKeyFile: raw.api_key_file,
		source: requiredProject('source', raw.source_project_name, raw.source_project_id),
		destination: project('destination', raw.destination_project_name, raw.destination_project_id),
		daysToArchive: whole('days_to_archive', raw.days_to_archive, { from: 1, to: longestDays }),
		daysToDelete: whole('days_to_delete', raw.days_to_delete, { from: 1, to: longestDays }),
		maxDeletions: whole('max_deletions', raw.max_deletions, { from: 0, to: 1_000_000 }),
		dryRun: raw.dry_run === true,
		managedTable: raw.analyses_managed_table,
		monitoredFile: raw.analyses_monitored_file,
		mgiPattern: pattern('mgi_pattern', raw.mgi_pattern, ''),
		pipelinePattern: pattern('pipeline_pattern', raw.pipeline_pattern, 'i'),
		linkTimeoutMinutes: whole('link_timeout_minutes', raw.link_timeout_minutes, {
			from: 1,
			to: longestLinkTimeoutMinutes,
		}),
		serverUrl: secureUrl('--server_url', raw.server_url),
		logFile: raw.log_file,
		logLevel: logLevel(raw.log_level),
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
	return address.replace(trailingSlashes, '').replace(restPath, '');
}

/** An unset variable in a crontab line gives an empty value, or makes a flag swallow the next one (so a `--dry_run`). */
function refuseSuspectValue(flag: string, value: unknown): void {
	if (typeof value !== 'string') {
		return;
	}
	if (value.trim() === '') {
		throw new SetupError(`--${flag} is empty: give it a value, or leave the option out.`);
	}
	if (value.startsWith('--')) {
		throw new SetupError(`--${flag} got "${value}" as its value: is its own value missing?`);
	}
}

function requiredProject(role: string, name: string | undefined, id: string | undefined): ProjectSelector {
	const selector = project(role, name, id);
	if (selector === undefined) {
		throw new SetupError(`Which ${role} project? Give --${role}_project_name or --${role}_project_id.`);
	}
	return selector;
}

function project(
	role: string,
	name: string | undefined,
	id: string | undefined,
): ProjectSelector | undefined {
	if (name !== undefined && id !== undefined) {
		throw new SetupError(`Give --${role}_project_name or --${role}_project_id, not both.`);
	}
	if (id !== undefined && !uuid.test(id)) {
		throw new SetupError(
			`--${role}_project_id is "${id}": expected an id such as c78835ab-a488-4b97-848d-e606b0f31772.`,
		);
	}
	if (id !== undefined) {
		return { by: 'id', id: id.toLowerCase() };
	}
	return name === undefined ? undefined : { by: 'name', name };
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

function logLevel(text: string): LogLevel {
	const level = logLevels.find((known) => known === text);
	if (level === undefined) {
		throw new SetupError(`--log_level is "${text}": expected one of ${logLevels.join(', ')}.`);
	}
	return level;
}

function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return resolve(path);
	}
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
	const flagOf = new Map<string, string>();
	const files: readonly (readonly [string, string])[] = [
		['--api_key_file', options.apiKeyFile],
		['--analyses_managed_table', options.managedTable],
		['--analyses_monitored_file', options.monitoredFile],
		['--log_file', options.logFile],
		...(options.basespaceTokenFile === undefined
			? []
			: [['--basespace_access_token_file', options.basespaceTokenFile] as const]),
	];
	for (const [flag, file] of files) {
		const path = realPath(file);
		const other = flagOf.get(path);
		if (other !== undefined) {
			throw new SetupError(`${other} and ${flag} both name ${file}: each needs a file of its own.`);
		}
		flagOf.set(path, flag);
	}
}
