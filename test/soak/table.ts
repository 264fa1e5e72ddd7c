import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const header = 'analysis_id_managed,run_id';

function fieldsOf(line: string): string[] {
	try {
		const [row = []]: string[][] = parse(line, { relax_column_count: true });
		return row;
	} catch {
		return [line];
	}
}

/** The managed table, as somebody sees and changes it who knows nothing of the program. */
export class Table {
	readonly #path: string;

	constructor(folder: string) {
		this.#path = join(folder, 'analyses_managed_table.txt');
	}

	get text(): string {
		return existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : '';
	}

	/** With the header; a line that is no CSV is a row of one field. */
	get rows(): string[][] {
		const lines = this.text.split('\n').filter((line) => line !== '');
		return lines.map(fieldsOf);
	}

	get ids(): Set<string> {
		return new Set(this.rows.slice(1).map(([id = '']) => id));
	}

	/**
	 * Adds a row, in the form that the README asks for.
	 * @returns whether it was done: not to a table whose last line is not whole
	 */
	append(id: string, runId: string): boolean {
		const { text } = this;
		if (text !== '' && !text.endsWith('\n')) {
			return false;
		}
		const begin = text === '' ? `${header}\n` : '';
		writeFileSync(
			this.#path,
			`${begin}${stringify([isUuid.test(id) ? [id, runId] : [id, runId, 'the id is no UUID']])}`,
			{ flag: 'a' },
		);
		return true;
	}

	/** Deletes the rows of an analysis. */
	delete(id: string): void {
		writeFileSync(this.#path, stringify(this.rows.filter(([first]) => first !== id)));
	}

	/** What is wrong with it when it should have these rows, in any order, with or without notes behind them. */
	differences(expected: readonly (readonly [string, string])[]): string[] {
		const [first = [], ...records] = this.rows;
		const rows = records.map((row) => JSON.stringify(row.slice(0, 2)));
		const wanted = expected.map((row) => JSON.stringify(row));
		const surplus = [...rows];
		for (const row of wanted) {
			const index = surplus.indexOf(row);
			surplus.splice(index, index === -1 ? 0 : 1);
		}
		return [
			...(first.join(',') === header ? [] : [`the table begins with ${JSON.stringify(first)}`]),
			...wanted.filter((row) => !rows.includes(row)).map((row) => `the table lacks ${row}`),
			...[...new Set(surplus)].map(
				(row) => `the table should not have ${row}, ${surplus.filter((one) => one === row).length} times`,
			),
		];
	}
}
