import { type FoundOutputs, isMgiFastq, isUndetermined, type Output } from '../analyses/outputs.ts';
import { byCodeUnits, count, firstFew } from '../common/text.ts';
import type { Data, OutputFile } from '../ica/schemas.ts';

/** What is to be done about a succeeded analysis that was not handled before. */
export type DeliveryPlan =
	| {
			readonly kind: 'deliver';
			readonly files: readonly Data[];
			readonly fastqs: number;
			/** MGI's FASTQs that were deleted before they could be delivered: their names. */
			readonly lost: readonly string[];
	  }
	/** Nothing now; a later pass looks again. */
	| { readonly kind: 'wait'; readonly why: string }
	/** Nothing ever; recorded, so that it is not looked at again. */
	| { readonly kind: 'nothing'; readonly why: string }
	/** Nothing any more: what there may have been was deleted. Recorded, too. */
	| { readonly kind: 'deleted'; readonly why: string };

export interface PlanningRules {
	readonly mgiPattern: RegExp;
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
	{ mgiPattern, ...when }: PlanningRules,
): DeliveryPlan {
	const files = fastqs.filter((file) => isMgiFastq(file.name, mgiPattern));
	const inMotion =
		unsettledAmong(files, 'MGI FASTQ') ??
		unsettledAmong(
			outputs.map(({ item }) => item),
			'output',
		);
	if (inMotion !== undefined) {
		return { kind: 'wait', why: inMotion };
	}
	const putOut = [...gone, ...outputs.flatMap(({ filesBelow }) => filesBelow)];
	const lost = lostAmong(putOut, fastqs, mgiPattern);
	if (files.length > 0) {
		return { kind: 'deliver', files, fastqs: fastqs.length, lost };
	}
	const final = finalPlan(outputs, fastqs, lost);
	const why = tooEarly(final, outputs, fastqs, when);
	return why === undefined ? final : { kind: 'wait', why };
}

/** Why it is too early for a word that is never taken back; undefined: it is not. */
function tooEarly(
	final: FinalPlan,
	outputs: readonly Output[],
	fastqs: readonly Data[],
	{ endedLongAgo, endedAnHourAgo, isTimeCertain }: Omit<PlanningRules, 'mgiPattern'>,
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
	const isToldFiles = outputs.some(({ filesBelow }) => filesBelow.length > 0);
	return isToldFiles || endedAnHourAgo
		? undefined
		: `${final.why}, as it seems, which ICA's lists may not show within the first hour`;
}

type FinalPlan = Extract<DeliveryPlan, { kind: 'nothing' | 'deleted' }>;

function finalPlan(outputs: readonly Output[], fastqs: readonly Data[], lost: readonly string[]): FinalPlan {
	if (outputs.length === 0) {
		return { kind: 'deleted', why: 'its output has been deleted' };
	}
	if (lost.length > 0) {
		return { kind: 'deleted', why: `${describeLost(lost)} have been deleted` };
	}
	if (fastqs.length > 0) {
		return {
			kind: 'nothing',
			why: `none of its ${count(fastqs.length, 'FASTQ')} is MGI's; samples: ${samplesOf(fastqs)}`,
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
export function describeLost(lost: readonly string[]): string {
	return `${lost.length} of its MGI FASTQs (${firstFew(lost, 3)})`;
}

/** MGI's FASTQs that the analysis has put out, as ICA lists them, and that are not there any more. */
function lostAmong(putOut: readonly OutputFile[], fastqs: readonly Data[], mgiPattern: RegExp): string[] {
	const there = new Set(fastqs.map(({ id }) => id));
	return putOut
		.filter(({ dataId, name }) => isMgiFastq(name, mgiPattern) && !there.has(dataId))
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
 * FASTQs whose names nearly match, so that a person should look: the pattern in another letter case, or, with the default
 * pattern, anything that begins with an M.
 */
export function nearMisses(fastqs: readonly Data[], mgiPattern: RegExp, isDefaultPattern: boolean): Data[] {
	const anyCase = new RegExp(mgiPattern.source, [...new Set([...mgiPattern.flags, 'i'])].join(''));
	return fastqs.filter(
		({ name }) =>
			!mgiPattern.test(name) &&
			(anyCase.test(name) || (isDefaultPattern && name.toLowerCase().startsWith('m'))),
	);
}
