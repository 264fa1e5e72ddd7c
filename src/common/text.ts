const numbers = new Intl.NumberFormat('en-US');
const byteUnits = ['kB', 'MB', 'GB', 'TB', 'PB'];
const plainWord = /^[\w@%+=:,./-]+$/;
const sentenceEnd = /[.!?]$/;
const controlCharacters = /[\p{Cc}\u2028\u2029]+/gu;

/** `count(1, 'file')` is "1 file", `count(2000, 'file')` is "2,000 files"; an irregular plural is given. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
	return `${numbers.format(n)} ${n === 1 ? noun : plural}`;
}

/** A size for a reader, in decimal units as ICA shows them: "512 bytes", "1.2 GB". */
export function formatBytes(bytes: number): string {
	if (bytes < 1000) {
		return count(bytes, 'byte');
	}
	let value = bytes;
	let unit = 'bytes';
	for (const next of byteUnits) {
		value /= 1000;
		unit = next;
		// 999.95 kB would be printed as "1000.0 kB"
		if (value < 999.95) {
			break;
		}
	}
	return `${value.toFixed(1)} ${unit}`;
}

/** A duration for a reader: "0.8 s", "42 s", "3 min 20 s", "2 h". */
export function formatDuration(milliseconds: number): string {
	const seconds = milliseconds / 1000;
	if (seconds < 9.95) {
		return `${seconds.toFixed(1)} s`;
	}
	const whole = Math.round(seconds);
	if (whole < 60) {
		return `${whole} s`;
	}
	const minutes = Math.floor(whole / 60);
	return minutes < 60
		? `${minutes} min${unlessZero(whole % 60, 's')}`
		: `${Math.floor(minutes / 60)} h${unlessZero(minutes % 60, 'min')}`;
}

function unlessZero(n: number, unit: string): string {
	return n === 0 ? '' : ` ${n} ${unit}`;
}

/** Text that may come from a server or a file, made safe to stand in one line of a log: no control characters. */
export function oneLine(text: string, maxLength = 2000): string {
	const line = text.replace(controlCharacters, ' ').trim();
	return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

/** The text with a full stop, if it has no end of its own. */
export function sentence(text: string): string {
	return sentenceEnd.test(text) ? text : `${text}.`;
}

/** A word of a command, so that a POSIX shell passes it on unharmed. */
export function shellWord(word: string): string {
	return plainWord.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The first few of many names: "a, b, c and 17 more". */
export function firstFew(names: readonly string[], most = 10): string {
	const rest = names.length - most;
	const shown = names.slice(0, most).join(', ');
	return rest > 0 ? `${shown} and ${numbers.format(rest)} more` : shown;
}

/** Orders strings by UTF-16 code units: the same everywhere, whatever the locale. For `Array.prototype.sort`. */
export function byCodeUnits(a: string, b: string): number {
	if (a === b) {
		return 0;
	}
	return a < b ? -1 : 1;
}
