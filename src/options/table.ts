import { SetupError } from '../common/errors.ts';
import type { OptionEntry } from './entry.ts';

/** The options of a command by their names, in the order of --help. */
export type OptionTable = Readonly<Record<string, OptionEntry<unknown>>>;

/** The options as they were typed, or left out. */
export type RawOptions<Table extends OptionTable> = { readonly [Name in keyof Table]?: string | boolean };

type CamelCase<Name extends string> = Name extends `${infer Word}_${infer Rest}`
	? `${Word}${Capitalize<CamelCase<Rest>>}`
	: Name;

/** The values of a table's options: `days_to_archive` is `daysToArchive`. */
export type OptionValues<Table extends OptionTable> = {
	readonly [Name in keyof Table & string as CamelCase<Name>]: Table[Name] extends OptionEntry<infer Value>
		? Value
		: never;
};

const underscore = /_([a-z])/g;

/**
 * Reads every option of a table.
 * @throws {SetupError} naming the option, what was given and what is expected
 */
export function readTable<Table extends OptionTable>(
	table: Table,
	raw: RawOptions<Table>,
): OptionValues<Table> {
	const values = Object.entries(table).map(([name, entry]) => {
		const key = name.replace(underscore, (_, letter: string) => letter.toUpperCase());
		return [key, entry.read(raw[name], name)];
	});
	return Object.fromEntries(values) as OptionValues<Table>;
}

/** The flag of an option as a command line has it: "--days_to_archive <days>". */
export function flagsOf(name: string, { argument }: OptionEntry<unknown>): string {
	return argument === undefined ? `--${name}` : `--${name} ${argument}`;
}

/** The options that name files, as they were given. */
export function filesOf<Table extends OptionTable>(
	table: Table,
	raw: RawOptions<Table>,
): [name: string, path: string | undefined][] {
	return Object.entries(table)
		.filter(([, { isFile }]) => isFile)
		.map(([name, entry]) => {
			const given = raw[name];
			return [name, typeof given === 'string' ? given : entry.default];
		});
}

/**
 * Checks what every command checks of its raw options, before they are read.
 * @param strayWords of the command line, that belong to no option
 * @throws {SetupError}
 */
export function refuseSuspectWords(raw: object, strayWords: readonly string[]): void {
	for (const [name, value] of Object.entries(raw)) {
		refuseSuspectValue(name, value);
	}
	if (strayWords.length > 0) {
		throw new SetupError(`"${strayWords.join(' ')}" belongs to no option: a value with spaces needs quotes.`);
	}
}

/** An unset variable in a crontab line gives an empty value, or makes a flag swallow the next one (so a `--dry_run`). */
function refuseSuspectValue(name: string, value: unknown): void {
	if (typeof value !== 'string') {
		return;
	}
	if (value.trim() === '') {
		throw new SetupError(`--${name} is empty: give it a value, or leave the option out.`, [name]);
	}
	if (value.startsWith('--')) {
		throw new SetupError(`--${name} got "${value}" as its value: is its own value missing?`, [name]);
	}
}
