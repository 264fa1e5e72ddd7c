import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFile } from '../common/atomic-write.ts';
import { reasonOf, SetupError } from '../common/errors.ts';
import { isId } from '../common/ids.ts';
import { readRegularFile, realPathOf } from '../common/local-files.ts';
import { decodeSavedText } from '../common/saved-text.ts';
import { sentence } from '../common/text.ts';
import type { Analysis } from '../ica/schemas.ts';

/** 200,000 ids. */
const maxBytes = 8_000_000;
const whiteSpace = /\s/;

/** Begins a file with an id that is no UUID, which might be any word otherwise. */
const signature = '# ids of the BCLConvert analyses under way\n';

/**
 * Refuses to replace a file that is something else than a monitored file, such as the managed table.
 * @throws {SetupError}
 */
export function checkMonitoredFile(file: string): void {
	let text: string;
	try {
		// it is replaced by another file, so that its folder is what must be writable
		accessSync(dirname(realPathOf(file)), constants.W_OK);
		text = existsSync(file) ? decodeSavedText(readRegularFile(file, maxBytes)) : '';
	} catch (error) {
		throw new SetupError(`The monitored file ${file} cannot be replaced: ${sentence(reasonOf(error))}`);
	}
	if (!(text.startsWith(signature) || text.split(whiteSpace).every((word) => word === '' || isId(word)))) {
		throw new SetupError(
			`${file} would be replaced by the ids of the analyses under way, and holds something else: give --analyses_monitored_file a file of its own.`,
		);
	}
}

/** Replaces the monitored file, whole or not at all, by the ids of the analyses under way, one a line. */
export function writeMonitoredFile(file: string, underWay: readonly Analysis[]): void {
	const begins = underWay.every(({ id }) => isId(id)) ? '' : signature;
	replaceFile(file, begins + underWay.map(({ id }) => `${id}\n`).join(''));
}
