import { logFormats, logLevels } from '../log/levels.ts';
import { groups, optional, required, withDefault } from './entry.ts';
import { address, file, id, oneOf, text } from './parsers.ts';

/*
 * What every command takes.
 */

export const keyEntry = {
	api_key_file: required({
		argument: '<path>',
		help: 'text file with the ICA API key, and nothing else',
		group: groups.projects,
		value: file,
	}),
};

export const sourceEntries = {
	source_project_name: optional({
		argument: '<name>',
		help: 'ICA project of the BCLConvert analyses (or give its id)',
		group: groups.projects,
		value: text,
	}),
	source_project_id: optional({ argument: '<id>', help: 'its id', group: groups.projects, value: id }),
};

export const serverEntry = {
	server_url: withDefault(
		{ argument: '<url>', help: 'address of ICA', group: groups.projects, value: address },
		'https://ica.illumina.com',
	),
};

export const logEntries = {
	log_file: withDefault(
		{ argument: '<path>', help: 'gets every line of the log', group: groups.log, value: file },
		'orchestrator.log',
	),
	log_level: withDefault(
		{ argument: '<level>', help: logLevels.join(', '), group: groups.log, value: oneOf(logLevels) },
		'info',
	),
	log_format: withDefault(
		{
			argument: '<format>',
			help: `${logFormats.join(' or ')}: of the log and of what is printed`,
			group: groups.log,
			value: oneOf(logFormats),
		},
		'text',
	),
};
