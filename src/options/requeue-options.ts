import { SetupError } from '../common/errors.ts';
import { keptByRequeue } from '../common/own-files.ts';
import type { ProjectSelector } from '../common/project-selector.ts';
import { projectOf, refuseSameFile, requiredProjectOf } from './checks.ts';
import { keyEntry, logEntries, serverEntry, sourceEntries } from './common-entries.ts';
import { flag, groups, optional } from './entry.ts';
import { id, text } from './parsers.ts';
import { filesOf, type OptionValues, type RawOptions, readTable, refuseSuspectWords } from './table.ts';

/** Everything about the options of a requeue. */
export const requeueTable = {
	...keyEntry,
	analysis_id: optional({
		argument: '<id>',
		help: 'the previous analysis',
		group: groups.requeue,
		value: id,
	}),
	user_reference: optional({
		argument: '<name>',
		help: 'or: the newest analysis with this user reference',
		group: groups.requeue,
		value: text,
	}),
	pipeline: optional({
		argument: '<code or id>',
		help: 'or: the newest that succeeded of this pipeline, as a template for new work',
		group: groups.requeue,
		value: text,
	}),
	source_project_name: {
		...sourceEntries.source_project_name,
		help: 'ICA project of the previous analysis (or give its id)',
	},
	source_project_id: sourceEntries.source_project_id,
	project_name: optional({
		argument: '<name>',
		help: 'project to launch in (default: the source project)',
		group: groups.requeue,
		value: text,
	}),
	project_id: optional({ argument: '<id>', help: 'its id', group: groups.requeue, value: id }),
	launch: flag({ help: 'start the analysis', group: groups.requeue }),
	...serverEntry,
	dry_run: flag({
		help: 'report what would be sent and written, change nothing but the log',
		group: groups.run,
	}),
	...logEntries,
};

type Values = OptionValues<typeof requeueTable>;

/** Which previous analysis is the template. */
export type TemplateChoice =
	| { readonly by: 'analysis'; readonly id: string }
	/** The newest with this user reference. */
	| { readonly by: 'user reference'; readonly userReference: string }
	/** The newest that succeeded, of the pipeline with this code or id. */
	| { readonly by: 'pipeline'; readonly pipeline: string };

/** The options of a requeue, checked. */
export interface RequeueOptions
	extends Pick<
		Values,
		'apiKeyFile' | 'launch' | 'dryRun' | 'serverUrl' | 'logFile' | 'logLevel' | 'logFormat'
	> {
	readonly source: ProjectSelector;
	/** Where to launch; undefined: in the source project. */
	readonly target: ProjectSelector | undefined;
	readonly choice: TemplateChoice;
}

/** The options of a requeue as commander hands them over: as typed, or their defaults. */
export type RawRequeueOptions = RawOptions<typeof requeueTable>;

/**
 * Checks the raw options of a requeue and gives them types.
 * @param strayWords of the command line, that belong to no option
 * @throws {SetupError} naming the option, what was given and what is expected
 */
export function readRequeueOptions(
	raw: RawRequeueOptions,
	strayWords: readonly string[] = [],
): RequeueOptions {
	refuseSuspectWords(raw, strayWords);
	const values = readTable(requeueTable, raw);
	refuseSameFile(filesOf(requeueTable, raw), keptByRequeue(values));
	return Object.freeze({
		...values,
		source: requiredProjectOf('source', values.sourceProjectName, values.sourceProjectId),
		target: projectOf('launch', values.projectName, values.projectId),
		choice: choiceOf(values),
	});
}

function choiceOf({ analysisId, userReference, pipeline }: Values): TemplateChoice {
	const choices: TemplateChoice[] = [
		...(analysisId === undefined ? [] : [{ by: 'analysis', id: analysisId } as const]),
		...(userReference === undefined ? [] : [{ by: 'user reference', userReference } as const]),
		...(pipeline === undefined ? [] : [{ by: 'pipeline', pipeline } as const]),
	];
	const [choice, ...others] = choices;
	if (choice === undefined || others.length > 0) {
		throw new SetupError(
			'Which analysis? Give one of --analysis_id, --user_reference (the newest of that name) and --pipeline (the newest that succeeded).',
			['analysis_id', 'user_reference', 'pipeline'],
		);
	}
	return choice;
}
