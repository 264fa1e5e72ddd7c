import { existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import winston from 'winston';
import { FileError, reasonOf, SetupError } from '../common/errors.ts';
import { oldLogsOf } from '../common/own-files.ts';
import { oneLine } from '../common/text.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { LogFormat, LogLevel } from './levels.ts';
import type { Console, Log, LogFields } from './log.ts';

const fieldNames = [
	'event',
	'analysis_id',
	'run_id',
	'bytes',
	'action',
] as const satisfies readonly (keyof LogFields)[];

export interface LogSettings {
	readonly file: string;
	readonly level: LogLevel;
	/** Lines for people, or one JSON object a line: `time`, `level`, `pid`, `message`, and the fields. */
	readonly format: LogFormat;
	readonly console: Console;
	readonly secrets: Secrets;
	/** The number of the process that writes. */
	readonly pid: number;
	/**
	 * Whether a warning or an error was not reported lately; one that was goes where information goes, so that cron does
	 * not mail it again.
	 */
	readonly isNews: (message: string) => boolean;
	/** Called once, when the log can no longer be written (the disk is full). */
	readonly onFailure: (reason: string) => void;
}

const rotateAtBytes = 10_000_000;

/**
 * Opens the log: a file that gets every line with its time, and the console.
 *
 * The file is written synchronously, line by line, so nothing is lost however the process ends; winston's own
 * File transport buffers. It is rotated here, before it is opened, when it has grown past 10 MB.
 * @throws {SetupError} when the file cannot be written
 */
export function openLog(settings: LogSettings): Log {
	const { file, level, format, console, secrets } = settings;
	const fd = openForAppend(file);
	const clearText = (text: string): string => oneLine(secrets.blank(text), 20_000);
	const clean = winston.format((info) => {
		info.message = clearText(String(info.message));
		for (const name of fieldNames) {
			const value = info[name];
			info[name] = typeof value === 'string' ? clearText(value) : value;
		}
		info['pid'] = settings.pid;
		info['isNews'] = isTrouble(info.level) && settings.isNews(String(info.message));
		return info;
	});
	let failed = false;
	const writeToFile = (line: string): void => {
		try {
			writeWhole(fd, line);
		} catch (error) {
			if (!failed) {
				failed = true;
				settings.onFailure(`The log ${file} can no longer be written: ${reasonOf(error)}`);
			}
		}
	};
	return winston.createLogger({
		level,
		format: winston.format.combine(clean(), winston.format.timestamp()),
		transports: [
			transport(writeToFile, fileLines[format]),
			transport(console.out, winston.format.combine(only(false), consoleLines[format])),
			transport(console.err, winston.format.combine(only(true), consoleLines[format])),
		],
	});
}

const jsonLine = winston.format.printf((info) => {
	const { timestamp, level, pid, message } = info;
	const fields = fieldNames.flatMap((name) => (info[name] === undefined ? [] : [[name, info[name]]]));
	const line = { time: timestamp, level, pid, message, ...Object.fromEntries(fields) };
	return `${JSON.stringify(line)}\n`;
});

const fileLines: Readonly<Record<LogFormat, winston.Logform.Format>> = {
	text: winston.format.printf(
		({ timestamp, level, pid, message }) =>
			`${timestamp} ${level.toUpperCase().padEnd(5)} [${pid}] ${message}\n`,
	),
	json: jsonLine,
};

const consolePrefixes: Readonly<Record<string, string>> = { error: 'Error: ', warn: 'Warning: ' };

const consoleLines: Readonly<Record<LogFormat, winston.Logform.Format>> = {
	text: winston.format.printf(({ level, message }) => `${consolePrefixes[level] ?? ''}${message}\n`),
	json: jsonLine,
};

function isTrouble(level: string): boolean {
	return level === 'error' || level === 'warn';
}

/** What is news, or what is not. */
function only(isNews: boolean): winston.Logform.Format {
	return winston.format((info) => info['isNews'] === isNews && info)();
}

/** A transport that has written the line when the logger's method returns. */
function transport(
	write: (line: string) => void,
	format: winston.Logform.Format,
): winston.transports.StreamTransportInstance {
	const stream = new Writable({
		decodeStrings: false,
		write(line: string, _encoding, done) {
			write(line);
			done();
		},
	});
	return new winston.transports.Stream({ stream, format, eol: '' });
}

function openForAppend(file: string): number {
	rotateIfPossible(file);
	try {
		if (statSync(file, { throwIfNoEntry: false })?.isFIFO() === true) {
			// to open it would wait for a reader
			throw new FileError('it is a pipe, where a file is expected');
		}
		return openSync(file, 'a');
	} catch (error) {
		throw new SetupError(`The log cannot be written: ${reasonOf(error)}.`);
	}
}

/** A log that cannot be renamed, or that another process renames just now, is written on as it is. */
function rotateIfPossible(file: string): void {
	try {
		const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
		if (size < rotateAtBytes) {
			return;
		}
		const names = [file, ...oldLogsOf(file)];
		for (let n = names.length - 2; n >= 0; n--) {
			const [from = '', to = ''] = names.slice(n, n + 2);
			if (existsSync(from)) {
				renameSync(from, to);
			}
		}
	} catch {
		return;
	}
}

function writeWhole(fd: number, line: string): void {
	const bytes = Buffer.from(line);
	let written = 0;
	while (written < bytes.length) {
		written += writeSync(fd, bytes, written);
	}
}
