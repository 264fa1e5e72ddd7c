import { uuid } from '../common/ids.ts';

/*
 * Several records on one line of the managed table: an append once went to the end of a line without its newline, which
 * leaves `id1,run1id2,run2`. An id has a fixed form, and so have most runs: ICA's references end in an id.
 */

/** Ids with a field behind them. */
const followedIds = new RegExp(`(${uuid})[ \\t]*"?[ \\t]*[,;\\t]`, 'gi');
const endsInId = new RegExp(`-${uuid}$`, 'i');
/** `<run>_<hex>_<hex>-<pipeline code>-`: an id behind this belongs to the reference. */
const referenceToItsId = /_[0-9a-f]{6}_[0-9a-f]{6}-[^,;\t]*-$/i;
/** A reference, and perhaps the id of a further record. */
const reference = new RegExp(`_[0-9a-f]{6}_[0-9a-f]{6}-[^,;\\t]*-${uuid}(?:${uuid})?$`, 'i');
const separators = /[,;\t]/;
const onlySeparators = /^[\s,;"]*$/;
const closingQuotes = /"?\s*$/;

/** More than a reference has (255). */
const maxLooked = 400;

export interface FusedRecords {
	/** Where further records begin beyond doubt. */
	readonly starts: readonly number[];
	/** Ids that may begin a further record, or stand in a note. */
	readonly doubtful: readonly string[];
}

/**
 * Looks for further records in one line. Two things prove one: that the run before it ends in an id, so that another one
 * would be out of place there, or that what follows is a reference, which holds the record's own id as a rule.
 * @param from where to look, behind the line's own id
 * @param ownId the line's own id
 */
export function findFused(line: string, from: number, ownId: string | undefined): FusedRecords {
	const starts: number[] = [];
	const doubtful: string[] = [];
	let id = ownId?.toLowerCase();
	for (const match of line.slice(from).matchAll(followedIds)) {
		const found = (match[1] ?? '').toLowerCase();
		const start = from + match.index;
		const end = start + match[0].length;
		const before = line.slice(Math.max(0, start - maxLooked), start);
		const after = line.slice(end, end + maxLooked);
		// an id at the end of a quoted field that does not begin with it
		const isQuoted = match[0].includes('"') && !before.endsWith('"');
		const meaning = isQuoted ? 'mention' : meaningOf(found, before, after, id);
		if (meaning === 'record') {
			starts.push(start);
			id = found;
		} else if (meaning === undefined) {
			doubtful.push(found);
		}
	}
	return { starts, doubtful };
}

/**
 * What an id with a field behind it is; undefined when that is not known.
 * @param ownId of the record that it stands in
 */
function meaningOf(
	found: string,
	before: string,
	after: string,
	ownId: string | undefined,
): 'record' | 'mention' | undefined {
	if (before.endsWith(' ')) {
		// a run has no space at its end, a note that mentions an id has; a whole record behind a whole one is no note
		const isRecord = isRunOf(found, after);
		const isBehindRecord = endsInId.test(before.trimEnd());
		if (isRecord && isBehindRecord) {
			return 'record';
		}
		return isRecord ? undefined : 'mention';
	}
	if (before.endsWith('-')) {
		const isOfRun = found === ownId || referenceToItsId.test(before) || onlySeparators.test(after);
		return isOfRun ? 'mention' : undefined;
	}
	return endsInId.test(before) || isRunOf(found, after) ? 'record' : undefined;
}

function isRunOf(id: string, after: string): boolean {
	const run = (after.split(separators, 1)[0] ?? '').replace(closingQuotes, '').toLowerCase();
	return run.endsWith(`-${id}`) || reference.test(run) || new RegExp(`-${id}${uuid}$`).test(run);
}
