import { type FoundOutputs, isFastqOf, isUndetermined, type Output } from '../analyses/outputs.ts';
import { byCodeUnits, count, firstFew } from '../common/text.ts';
import type { Data, OutputFile } from '../ica/schemas.ts';
import { type Ambiguous, type Recipient, shareOut, whose } from './recipients.ts';

/** What one recipient gets of an analysis. */
export interface Share {
	readonly recipient: Recipient;
	/** Empty when all of them were deleted. */
	readonly files: readonly Data[];
	/** Its FASTQs that were deleted before they could be delivered: their names. */
	readonly lost: readonly string[];
	/** Why it has to wait for a later pass; undefined: it need not. */
	readonly wait: string | undefined;
}

/** What is to be done about a succeeded analysis that was not handled before. */
export type DeliveryPlan =
	| {
			readonly kind: 'deliver';
			/** For each recipient that has any. */
			readonly shares: readonly Share[];
			/** Of all groups. */
			readonly fastqs: number;
			/** They go to nobody, and the analysis stays open. */
			readonly ambiguous: readonly Ambiguous[];
			/** FASTQs that no pattern matches. */
			readonly nobodys: readonly Data[];
	  }
	/** Nothing now; a later pass looks again. */
	| { readonly kind: 'wait'; readonly why: string }
	/** Nothing ever; recorded, so that it is not looked at again. */
	| { readonly kind: 'nothing'; readonly why: string }
	/** Nothing any more: what there may have been was deleted. Recorded, too. */
	| {
			readonly kind: 'deleted';
			readonly why: string;
			/** Those of whom ICA lists FASTQs that were deleted. */
			readonly losers: readonly Recipient[];
	  };

export interface PlanningRules {
	readonly recipients: readonly Recipient[];
	/** Long enough ago for anything that ICA still has to do after an analysis. */
	readonly endedLongAgo: boolean;
	/** Long enough ago for a list of files to be whole, where nothing else shows which there are. */
	readonly endedAnHourAgo: boolean;
	/** Whether something final may be decided by the time: not while this machine's clock and ICA's differ much. */
	readonly isTimeCertain: boolean;
}

const sampleOfFastq = /^(.+)_S\d+_/;
const maxSamples = 50;
const unsettled = [
	['PARTIAL', 'written'],
	['DELETING', 'deleted'],
] as const;

/**
 * Decides what is to be done with an analysis that has this output.
 * @param fastqs of all groups, in the output
 */
export function planDelivery(
	{ outputs, gone }: FoundOutputs,
	fastqs: readonly Data[],
	{ recipients, ...when }: PlanningRules,
): DeliveryPlan {
	const { files, ambiguous, nobodys } = shareOut(fastqs, recipients);
	const inMotion = unsettledAmong(
		outputs.map(({ item }) => item),
		'output',
	);
	const putOut = [...gone, ...outputs.flatMap(({ filesBelow }) => filesBelow)];
	const shares = recipients
		.map((recipient): Share => {
			const own = files.get(recipient) ?? [];
			const wait = unsettledAmong(own, `${recipient.name} FASTQ`);
			return { recipient, files: own, lost: lostAmong(putOut, fastqs, recipient), wait };
		})
		.filter((share) => share.files.length + share.lost.length > 0);
	const waits = shares.flatMap(({ wait }) => wait ?? []);
	if (inMotion !== undefined || (waits.length > 0 && waits.length === files.size)) {
		return { kind: 'wait', why: waits[0] ?? inMotion ?? '' };
	}
	if (files.size + ambiguous.length > 0) {
		return { kind: 'deliver', shares, fastqs: fastqs.length, ambiguous, nobodys };
	}
	const final = finalPlan(outputs, fastqs, shares, recipients);
	const why = tooEarly(final, outputs, fastqs, when);
	return why === undefined ? final : { kind: 'wait', why };
}

/** Why it is too early for a word that is never taken back; undefined: it is not. */
function tooEarly(
	final: FinalPlan,
	outputs: readonly Output[],
	fastqs: readonly Data[],
	{ endedLongAgo, endedAnHourAgo, isTimeCertain }: Omit<PlanningRules, 'recipients'>,
): string | undefined {
	if (!isTimeCertain) {
		return `${final.why}, as it seems, and nothing final is decided while the time is not certain`;
	}
	if (final.kind === 'deleted') {
		return undefined;
	}
	if (fastqs.length === 0 && !endedLongAgo) {
		return 'no FASTQs are in its output yet';
	}
	const areFilesListed = outputs.some(({ filesBelow }) => filesBelow.length > 0);
	return areFilesListed || endedAnHourAgo
		? undefined
		: `${final.why}, as it seems, which ICA's lists may not show within the first hour`;
}

type FinalPlan = Extract<DeliveryPlan, { kind: 'nothing' | 'deleted' }>;

/** @param lost the shares of which nothing is left */
function finalPlan(
	outputs: readonly Output[],
	fastqs: readonly Data[],
	lost: readonly Share[],
	recipients: readonly Recipient[],
): FinalPlan {
	const losers = lost.map(({ recipient }) => recipient);
	if (outputs.length === 0) {
		return { kind: 'deleted', why: 'its output has been deleted', losers };
	}
	if (lost.length > 0) {
		const what = lost.map((share) => describeLost(share.recipient, share.lost)).join(', ');
		return { kind: 'deleted', why: `${what} have been deleted`, losers };
	}
	if (fastqs.length > 0) {
		return {
			kind: 'nothing',
			why: `none of its ${count(fastqs.length, 'FASTQ')} is ${whose(recipients)}; samples: ${samplesOf(fastqs)}`,
		};
	}
	const undetermined = outputs.flatMap(({ files }) => files.filter(({ name }) => isUndetermined(name)));
	return {
		kind: 'nothing',
		why:
			undetermined.length > 0
				? `all its reads are Undetermined (${count(undetermined.length, 'FASTQ')}): no sample has any`
				: 'it has no FASTQs at all',
	};
}

/** "2 of its MGI FASTQs (a, b)" */
export function describeLost({ name }: Pick<Recipient, 'name'>, lost: readonly string[]): string {
	return `${lost.length} of its ${name} FASTQs (${firstFew(lost, 3)})`;
}

/** A recipient's FASTQs that the analysis has put out, as ICA lists them, and that are not there any more. */
function lostAmong(putOut: readonly OutputFile[], fastqs: readonly Data[], { pattern }: Recipient): string[] {
	const there = new Set(fastqs.map(({ id }) => id));
	return putOut
		.filter(({ dataId, name }) => isFastqOf(name, pattern) && !there.has(dataId))
		.map(({ name }) => name);
}

/** BCLConvert names a FASTQ `<sample>_S<number>_…`. */
export function samplesOf(fastqs: readonly Pick<Data, 'name'>[]): string {
	const samples = fastqs.map(({ name }) => sampleOfFastq.exec(name)?.[1] ?? name);
	return firstFew([...new Set(samples)].sort(byCodeUnits), maxSamples);
}

function unsettledAmong(items: readonly Data[], noun: string): string | undefined {
	for (const [status, verb] of unsettled) {
		const names = items.filter((item) => item.status === status).map((item) => item.name);
		if (names.length > 0) {
			return `${count(names.length, noun)} still being ${verb} (${firstFew(names, 3)})`;
		}
	}
	return undefined;
}

/**
 * FASTQs of nobody whose names nearly match a recipient's pattern, so that a person should look: in another letter case,
 * or, with the default pattern, anything that begins with an M.
 */
export function nearMisses(
	nobodys: readonly Data[],
	{ pattern, isDefaultPattern }: Pick<Recipient, 'pattern' | 'isDefaultPattern'>,
): Data[] {
	const anyCase = new RegExp(pattern.source, [...new Set([...pattern.flags, 'i'])].join(''));
	return nobodys.filter(
		({ name }) =>
			!pattern.test(name) && (anyCase.test(name) || (isDefaultPattern && name.toLowerCase().startsWith('m'))),
	);
}
