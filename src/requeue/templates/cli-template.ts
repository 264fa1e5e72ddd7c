import { oneLine, shellWord } from '../../common/text.ts';
import { keyVariable } from './api-template.ts';
import { cliArguments } from './cli-arguments.ts';
import type { LaunchTemplate } from './template.ts';

/** No word of a command can hold it. */
const nul = '\0';

/**
 * A launch as a shell script of one command of Illumina's icav2, the key's place held by its environment variable.
 * @param serverUrl without a closing slash
 */
export function cliTemplate(template: LaunchTemplate, serverUrl: string): string {
	const { command, options, notes } = cliArguments(template, serverUrl);
	const lines = [
		command.map(word).join(' '),
		...options.map(([option, value]) => `${option} ${word(value)}`),
		`--x-api-key "$${keyVariable}"`,
	];
	const lost = options.some(([, value]) => value.includes(nul))
		? ['A zero character is left out, which no command can carry.']
		: [];
	const comments = [
		`Starts ${template.body.userReference}, like ${template.record.reference}.`,
		...notes,
		...lost,
	];
	return ['#!/bin/sh', ...comments.map((text) => `# ${oneLine(text)}`), lines.join(' \\\n  '), ''].join('\n');
}

function word(value: string): string {
	return shellWord(value.replaceAll(nul, ''));
}
