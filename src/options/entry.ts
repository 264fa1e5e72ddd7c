import { SetupError } from '../common/errors.ts';

/** What an option is about: the headings of --help. */
export const groups = {
	projects: 'Key and projects:',
	delivery: 'Deliveries:',
	retention: 'Old data:',
	notifications: 'Notifications:',
	requeue: 'The analysis to start:',
	run: 'The run and its files:',
	log: 'The log:',
} as const;
type Group = (typeof groups)[keyof typeof groups];

/** All that there is to know of one option; its name is its key in the table. */
export interface OptionEntry<Value> {
	/** What stands behind the flag: "<path>"; undefined for a switch. */
	readonly argument: string | undefined;
	/** For --help: what it means, without its default. */
	readonly help: string;
	readonly group: Group;
	/** As a person would type it; undefined where there is none. */
	readonly default: string | undefined;
	readonly isRequired: boolean;
	/** Whether it names a file, which no other option may name. */
	readonly isFile: boolean;
	/**
	 * @param given as typed; true for a switch; undefined when it was not given
	 * @param name the option's
	 * @throws {SetupError} what was given, and what is expected
	 */
	readonly read: (given: string | boolean | undefined, name: string) => Value;
}

/** How the value of an option is made of what was typed. */
export interface Parser<Value> {
	readonly parse: (text: string, name: string) => Value;
	readonly isFile?: true;
}

/** What each option has to be given. */
interface Description<Value> {
	readonly argument: `<${string}>`;
	readonly help: string;
	readonly group: Group;
	readonly value: Parser<Value>;
}

/** An option that has a default. */
export function withDefault<Value>(
	{ value, ...rest }: Description<Value>,
	defaultValue: string,
): OptionEntry<Value> {
	return {
		...rest,
		default: defaultValue,
		isRequired: false,
		isFile: value.isFile ?? false,
		read: (given, name) => value.parse(textOf(given) ?? defaultValue, name),
	};
}

/** An option without which there is no run. */
export function required<Value>({ value, ...rest }: Description<Value>): OptionEntry<Value> {
	return {
		...rest,
		default: undefined,
		isRequired: true,
		isFile: value.isFile ?? false,
		read(given, name) {
			const text = textOf(given);
			if (text === undefined) {
				throw new SetupError(`--${name} is required.`, [name]);
			}
			return value.parse(text, name);
		},
	};
}

/** An option that may be left out. */
export function optional<Value>({ value, ...rest }: Description<Value>): OptionEntry<Value | undefined> {
	return {
		...rest,
		default: undefined,
		isRequired: false,
		isFile: value.isFile ?? false,
		read(given, name) {
			const text = textOf(given);
			return text === undefined ? undefined : value.parse(text, name);
		},
	};
}

/** An option that is given or not. */
export function flag(entry: Pick<Description<never>, 'help' | 'group'>): OptionEntry<boolean> {
	return {
		...entry,
		argument: undefined,
		default: undefined,
		isRequired: false,
		isFile: false,
		read: (given) => given === true,
	};
}

function textOf(given: string | boolean | undefined): string | undefined {
	return typeof given === 'string' ? given : undefined;
}
