import { describe, expect, it } from 'vitest';
import { createConsole, type OutputStream } from '../../src/cli/terminal.ts';

const esc = '\u001b';

function open(isTTY: boolean, environment: Readonly<Record<string, string>> = {}) {
	const written: string[] = [];
	const stream: OutputStream = { isTTY, columns: 20, write: (text) => written.push(text) };
	return { written, console: createConsole(stream, stream, environment) };
}

describe('the console', () => {
	it.each([
		['no terminal', false, {}],
		['NO_COLOR', true, { NO_COLOR: '1' }],
		['a dumb terminal', true, { TERM: 'dumb' }],
	])('is nothing but lines with %s', (_, isTTY, environment) => {
		const { written, console } = open(isTTY, environment);
		console.out('Delivered.\n');
		console.err('Error: no.\n');
		expect(written).toEqual(['Delivered.\n', 'Error: no.\n']);
		expect(console.progress).toBeUndefined();
	});

	it('colours trouble on a terminal, and only the word for it', () => {
		const { written, console } = open(true);
		console.err('Error: no.\n');
		console.err('Warning: hm.\n');
		console.out('Error: is a run name\n');
		expect(written).toEqual([
			`${esc}[31mError:${esc}[39m no.\n`,
			`${esc}[33mWarning:${esc}[39m hm.\n`,
			'Error: is a run name\n',
		]);
	});

	it('shows what is going on in a last line that fits, and takes it away before the next line', () => {
		const { written, console } = open(true);
		console.progress?.('Working: a very long time');
		console.progress?.('Working');
		console.out('Done.\n');
		console.out('Really.\n');
		const away = `\r${esc}[2K`;
		expect(written).toEqual(['Working: a very lon', away, 'Working', away, 'Done.\n', 'Really.\n']);
	});

	it('takes a terminal that tells no size for one of usual width', () => {
		const written: string[] = [];
		const stream = { isTTY: true, columns: 0, write: (text: string) => written.push(text) };
		createConsole(stream, stream, {}).progress?.('Working: 1.0 s');
		expect(written).toEqual(['Working: 1.0 s']);
	});

	it('leaves nothing behind', () => {
		const { written, console } = open(true);
		console.progress?.('Working');
		console.progress?.('');
		console.progress?.('');
		expect(written).toEqual(['Working', `\r${esc}[2K`]);
	});
});
