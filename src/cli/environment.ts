import { type Command, Option } from 'commander';
import { SetupError } from '../common/errors.ts';
import { firstFew, shellWord } from '../common/text.ts';
import { flagsOf, type OptionTable } from '../options/table.ts';

const prefix = 'UMICH_ORCHESTRATOR_';
const ownNames: Readonly<Record<string, string>> = { api_key_file: 'ICA_API_KEY_FILE' };
const yes = ['1', 'true', 'yes'];
const no = ['0', 'false', 'no'];
const nameOrId = /_(?:name|id)$/;
const flagStart = /^--/;
const flagValue = /=.*$/s;

/** The environment variable in which an option can be given. */
function variableOf(name: string): string {
	return ownNames[name] ?? prefix + name.toUpperCase();
}

/** The options of a table; each can be given in the environment, too, and on the command line comes first. */
export function optionsOf(table: OptionTable): Option[] {
	return Object.entries(table).map(([name, entry]) => {
		const option = new Option(flagsOf(name, entry), entry.help)
			.default(entry.default)
			.env(variableOf(name))
			.helpGroup(entry.group);
		return entry.isRequired ? option.makeOptionMandatory() : option;
	});
}

/**
 * The values of a command's options, with what only the environment makes hard put right.
 * @param tables of all commands: what one does not need, another does
 * @throws {SetupError} a variable that is none of ours: a slip in UMICH_ORCHESTRATOR_DRY_RUN must not make a real pass
 */
export function valuesOf<Raw extends object>(
	command: Command,
	environment: NodeJS.ProcessEnv,
	tables: readonly OptionTable[],
): Raw {
	const known = new Set(tables.flatMap((table) => Object.keys(table)).map(variableOf));
	const unknown = Object.keys(environment).filter((name) => name.startsWith(prefix) && !known.has(name));
	if (unknown.length > 0) {
		throw new SetupError(
			`The environment has ${firstFew(unknown)}, which is no option: see --help for the names.`,
		);
	}
	const fromEnvironment = command.options.filter((each) => isFromEnvironment(command, each));
	const values: Record<string, unknown> = { ...command.opts() };
	for (const given of fromEnvironment) {
		const name = given.attributeName();
		const other = name.replace(nameOrId, (end) => (end === '_name' ? '_id' : '_name'));
		if (other !== name && command.getOptionValueSource(other) === 'cli') {
			// a project named on the command line, by name or by id, is the one that is meant
			values[name] = undefined;
		} else if (given.isBoolean()) {
			values[name] = readFlag(variableOf(name), environment[variableOf(name)] ?? '');
		}
	}
	return values as Raw;
}

/** Options that advice adds to a command, with values of its own. */
const addedByAdvice = ['dry_run', 'max_deletions'];

/** The words of a command line without the options that advice adds: what was a look must not stay one. */
export function commandToAddTo(words: readonly string[]): string[] {
	return words.filter((word, index) => {
		const name = word.replace(flagStart, '').replace(flagValue, '');
		const before = words[index - 1] ?? '';
		return !((flagStart.test(word) && addedByAdvice.includes(name)) || before === '--max_deletions');
	});
}

/** What came from the environment, as words that go before a command. */
export function assignmentsOf(command: Command, environment: NodeJS.ProcessEnv): string[] {
	return command.options
		.filter((each) => isFromEnvironment(command, each) && !addedByAdvice.includes(each.attributeName()))
		.map((each) => variableOf(each.attributeName()))
		.map((name) => `${name}=${shellWord(environment[name] ?? '')}`);
}

/** Adds to an error where the value came from, when that is not the command line. */
export function withVariable(error: SetupError, command: Command): SetupError {
	const wrong = command.options.find(
		(each) => isFromEnvironment(command, each) && error.options.includes(each.attributeName()),
	);
	return wrong === undefined
		? error
		: new SetupError(
				`${error.message} (It comes from the environment: ${variableOf(wrong.attributeName())}.)`,
				error.options,
			);
}

function isFromEnvironment(command: Command, each: Option): boolean {
	return command.getOptionValueSource(each.attributeName()) === 'env';
}

function readFlag(variable: string, text: string): boolean {
	const value = text.toLowerCase();
	if (!(yes.includes(value) || no.includes(value))) {
		throw new SetupError(`${variable} is "${text}": expected 1, true or yes, or 0, false or no.`);
	}
	return yes.includes(value);
}
