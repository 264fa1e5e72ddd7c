import { SetupError } from '../common/errors.ts';
import { isId } from '../common/ids.ts';
import { keptByRequeue } from '../common/own-files.ts';
import type { ProjectSelector } from '../common/project-selector.ts';
import { type LogFormat, type LogLevel, logFormats, logLevels } from '../log/levels.ts';
import { notAnId, project, refuseSameFile, refuseSuspectWords, requiredProject } from './checks.ts';
import { oneOf, secureUrl } from './pass-options.ts';

/** Which previous analysis is the template. */
export type TemplateChoice =
	| { readonly by: 'analysis'; readonly id: string }
	/** The newest with this user reference. */
	| { readonly by: 'user reference'; readonly userReference: string }
	/** The newest that succeeded, of the pipeline with this code or id. */
	| { readonly by: 'pipeline'; readonly pipeline: string };

/** The options of a requeue, checked. */
export interface RequeueOptions {
	readonly apiKeyFile: string;
	readonly source: ProjectSelector;
	/** Where to launch; undefined: in the source project. */
	readonly target: ProjectSelector | undefined;
	readonly choice: TemplateChoice;
	readonly launch: boolean;
	readonly dryRun: boolean;
	/** Without a closing slash. */
	readonly serverUrl: string;
	readonly logFile: string;
	readonly logLevel: LogLevel;
	readonly logFormat: LogFormat;
}

/** The options of a requeue as commander hands them over. */
export interface RawRequeueOptions {
	readonly api_key_file: string;
	readonly source_project_name?: string;
	readonly source_project_id?: string;
	readonly project_name?: string;
	readonly project_id?: string;
	readonly analysis_id?: string;
	readonly user_reference?: string;
	readonly pipeline?: string;
	readonly launch?: boolean;
	readonly dry_run?: boolean;
	readonly server_url: string;
	readonly log_file: string;
	readonly log_level: string;
	readonly log_format: string;
}

/**
 * Checks the raw options of a requeue and gives them types.
 * @param strayWords of the command line, that belong to no option
 * @throws {SetupError} naming the flag, what was given and what is expected
 */
export function readRequeueOptions(
	raw: RawRequeueOptions,
	strayWords: readonly string[] = [],
): RequeueOptions {
	refuseSuspectWords(raw, strayWords);
	refuseSameFile(
		[
			['--api_key_file', raw.api_key_file],
			['--log_file', raw.log_file],
		],
		keptByRequeue({ logFile: raw.log_file }),
	);
	return Object.freeze({
		apiKeyFile: raw.api_key_file,
		source: requiredProject('source', raw.source_project_name, raw.source_project_id),
		target: project('launch', raw.project_name, raw.project_id),
		choice: choiceOf(raw),
		launch: raw.launch === true,
		dryRun: raw.dry_run === true,
		serverUrl: secureUrl('--server_url', raw.server_url),
		logFile: raw.log_file,
		logLevel: oneOf('log_level', raw.log_level, logLevels),
		logFormat: oneOf('log_format', raw.log_format, logFormats),
	});
}

function choiceOf({ analysis_id, user_reference, pipeline }: RawRequeueOptions): TemplateChoice {
	const choices: TemplateChoice[] = [];
	if (analysis_id !== undefined) {
		if (!isId(analysis_id)) {
			throw notAnId('--analysis_id', analysis_id);
		}
		choices.push({ by: 'analysis', id: analysis_id });
	}
	if (user_reference !== undefined) {
		choices.push({ by: 'user reference', userReference: user_reference });
	}
	if (pipeline !== undefined) {
		choices.push({ by: 'pipeline', pipeline });
	}
	const [choice, ...others] = choices;
	if (choice === undefined || others.length > 0) {
		throw new SetupError(
			'Which analysis? Give one of --analysis_id, --user_reference (the newest of that name) and --pipeline (the newest that succeeded).',
		);
	}
	return choice;
}
