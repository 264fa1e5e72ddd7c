import { count, formatBytes } from '../common/text.ts';
import { type Analysis, nameOf } from '../ica/schemas.ts';
import type { Delivery } from './delivery.ts';
import type { UploadAction } from './upload.ts';

/** One delivery that was made. */
export function describeDelivered(analysis: Analysis, delivery: Delivery): string {
	return `Delivered ${describe(analysis, delivery)}; manifest ${uploadsDone[delivery.manifest]}.`;
}

/** One delivery that a real pass would make. */
export function describePlanned(analysis: Analysis, delivery: Delivery): string {
	return `Would deliver ${describe(analysis, delivery)}; manifest ${uploadsPlanned[delivery.manifest]}.`;
}

function describe(analysis: Analysis, delivery: Delivery): string {
	const { files, fastqs, bytes, linked, alreadyLinked, archived } = delivery;
	return (
		`${nameOf(analysis)}: ${files} of ${count(fastqs, 'FASTQ')}, ${formatBytes(bytes)}; ` +
		`${linked} linked, ${alreadyLinked} already linked${describeArchived(archived)}`
	);
}

function describeArchived(archived: number): string {
	return archived === 0
		? ''
		: `; ${count(archived, 'file')} ${archived === 1 ? 'is' : 'are'} archived, and cannot be read before somebody unarchives ${archived === 1 ? 'it' : 'them'}`;
}

const uploadsDone: Readonly<Record<UploadAction, string>> = {
	create: 'created',
	fill: 'completed, which an earlier pass had left empty',
	keep: 'there already',
	replace: 'replaced, which had other content',
	renew: 'written anew, since what was in it could not be compared',
};

const uploadsPlanned: Readonly<Record<UploadAction, string>> = {
	create: 'would be created',
	fill: 'would be completed, which an earlier pass has left empty',
	keep: 'there already',
	replace: 'would be replaced, which has other content',
	renew: 'would be written anew, since what is in it cannot be compared',
};
