import { count, formatBytes } from '../common/text.ts';
import { nameOf } from '../ica/schemas.ts';
import type { DeliveredAnalysis } from './context.ts';
import { samplesOf } from './plan.ts';
import type { UploadAction } from './upload.ts';

/** What was delivered. */
export function describeDelivered(delivered: DeliveredAnalysis): string {
	return describe('Delivered', delivered, uploadsDone);
}

/** What a real pass would deliver. */
export function describePlanned(delivered: DeliveredAnalysis): string {
	return describe('Would deliver', delivered, uploadsPlanned);
}

function describe(
	verb: string,
	{ analysis, deliveries, fastqs, nobodys, areSeveral }: DeliveredAnalysis,
	uploads: Readonly<Record<UploadAction, string>>,
): string {
	const parts = deliveries.map(({ recipient, files, bytes, linked, alreadyLinked, archived, manifest }) => {
		const what = `${files} of ${count(fastqs, 'FASTQ')}, ${formatBytes(bytes)}`;
		const links = `${linked} linked, ${alreadyLinked} already linked${describeArchived(archived)}`;
		return `${areSeveral ? `to ${recipient.name} ` : ''}${what}; ${links}; manifest ${uploads[manifest]}`;
	});
	const rest = nobodys.length === 0 ? '' : `; samples of nobody: ${samplesOf(nobodys)}`;
	return `${verb} ${nameOf(analysis)}: ${parts.join('; ')}${rest}.`;
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
