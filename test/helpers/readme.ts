import { readFileSync } from 'node:fs';

const text = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** README.md, other pages and crontab.example, as they stand there. */
const readme = text('README.md');
export const architecture = text('docs/architecture.md');
export const monitoring = text('docs/monitoring.md');
export const notifications = text('docs/notifications.md');
export const crontab = text('crontab.example');

/** A page's blocks of a language. */
export function blocksOf(language: string, page = readme): string[] {
	const blocks = [...page.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)];
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

/** The rows of README's table of a requeue's options. */
export function requeueRows(): string[] {
	return rowsOf('Failed analyses').filter((line) => line.startsWith('| `--'));
}

/** What README's table of troubles quotes of the program's messages. */
export function troubleMessages(): string[] {
	return rowsOf('When something is wrong').flatMap((row) =>
		[...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
	);
}
