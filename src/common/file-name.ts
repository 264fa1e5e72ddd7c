import { createHash } from 'node:crypto';

const maxNameBytes = 200;
const notInNames = /[/\\\p{Cc}]/gu;

/**
 * The beginning of a file's name that identifies a run or an analysis: the text itself but for characters that no file name can
 * hold, and never longer than a file system allows once an extension is added.
 */
export function fileNameOf(text: string): string {
	const name = text.replace(notInNames, '_');
	return Buffer.byteLength(name) <= maxNameBytes ? name : shortened(name);
}

/** Still another name for another text: a file name has 255 bytes at the most. */
function shortened(name: string): string {
	const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
	let beginning = name;
	while (Buffer.byteLength(beginning) > maxNameBytes - digest.length - 1) {
		beginning = [...beginning].slice(0, -1).join('');
	}
	return `${beginning}-${digest}`;
}
