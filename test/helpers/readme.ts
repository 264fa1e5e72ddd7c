import { readFileSync } from 'node:fs';

const text = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** README.md, and crontab.example, as they stand there. */
export const readme = text('README.md');
export const crontab = text('crontab.example');

/** README's blocks of a language. */
export function blocksOf(language: string): string[] {
	const blocks = [...readme.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)];
	return blocks.filter((block) => block[2] === language).map((block) => block[3] ?? '');
}

function rowsOf(heading: string): string[] {
	const section = readme.split(/^## /m).find((each) => each.startsWith(heading)) ?? '';
	return section.split('\n').filter((line) => line.startsWith('| `'));
}

/** The rows of README's table of options. */
export function optionRows(): string[] {
	return rowsOf('Options');
}

/** What README's table of troubles quotes of the program's messages. */
export function troubleMessages(): string[] {
	return rowsOf('When something is wrong').flatMap((row) =>
		[...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
	);
}
