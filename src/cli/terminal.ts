import type { Console } from '../log/log.ts';

/** A stream that may be a terminal, as Node has it. */
export interface OutputStream {
	readonly isTTY?: boolean;
	readonly columns?: number;
	write(text: string): unknown;
}

const startOfTrouble = /^(Error|Warning):/;
const colours: Readonly<Record<string, string>> = { Error: '\u001b[31m', Warning: '\u001b[33m' };
const plain = '\u001b[39m';
const emptiedLine = '\r\u001b[2K';
const defaultColumns = 80;

/**
 * What a person sees. On a terminal, trouble has a colour, and the last line shows what is going on; elsewhere, and with
 * NO_COLOR (https://no-color.org), there is nothing but lines.
 */
export function createConsole(
	stdout: OutputStream,
	stderr: OutputStream,
	environment: NodeJS.ProcessEnv,
): Console {
	const isFancy =
		stderr.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
	const isTerminal = stderr.isTTY === true;
	if (!isFancy) {
		return { out: (line) => stdout.write(line), err: (line) => stderr.write(line), isTerminal };
	}
	let isShown = false;
	const clear = (): void => {
		if (isShown) {
			stderr.write(emptiedLine);
			isShown = false;
		}
	};
	return {
		isTerminal,
		out(line) {
			clear();
			stdout.write(line);
		},
		err(line) {
			clear();
			stderr.write(line.replace(startOfTrouble, (all, word: string) => `${colours[word]}${all}${plain}`));
		},
		progress(text) {
			clear();
			if (text !== '') {
				stderr.write(text.slice(0, columnsOf(stderr) - 1));
				isShown = true;
			}
		},
	};
}

/** A terminal without a size has 0 columns. */
function columnsOf({ columns = 0 }: OutputStream): number {
	return columns === 0 ? defaultColumns : columns;
}
