import pLimit from 'p-limit';
import { topFolderOf } from './ageing-candidates.ts';
import type { AgeingQuestion } from './ageing-plan.ts';
import type { BaseSpaceMemory } from './basespace-memory.ts';
import { type BsshOutput, bsshOutputName, readBsshOutput } from './bssh-output.ts';
import { listFilesNamed } from './ica/data.ts';
import { type Analysis, type Data, isManagedByBaseSpace, nameOf } from './ica/schemas.ts';
import { ageInDays, dueByAge, isUndelivered } from './retention.ts';
import type { Storage } from './transfer.ts';

/**
 * An analysis whose data BaseSpace manages, with its files `bsshoutput.json`: one as a rule, and none where one is missed.
 */
export interface BsshAnalysis {
	readonly analysis: Analysis;
	readonly files: readonly Data[];
}

/** Which BaseSpace projects hold what is due, as far as ICA tells. */
export interface ProjectNaming {
	/** Named by an analysis that is due. */
	readonly names: ReadonlySet<string>;
	/** Why nothing in a project of this name may be touched. */
	readonly held: ReadonlyMap<string, string>;
	/** Why nothing at all may be touched. */
	readonly heldAll: string | undefined;
	/** What each file names: for the memory. */
	readonly outputs: BaseSpaceMemory['outputs'];
	/** Files that are in the archive and were not read before, each with the reason. */
	readonly away: readonly string[];
	/** Files that should be readable and are not, each with the reason. */
	readonly unreadable: readonly string[];
}

/** A dataset can be older than its analysis by less than this. */
const marginDays = 7;
const filesAtOnce = 4;
const undelivered = 'was not delivered when the pass began';

/** The analyses that are due, or are to be delivered first and nearly due, and whose output holds a `bsshoutput.json`. */
export async function findBsshAnalyses(question: AgeingQuestion): Promise<BsshAnalysis[]> {
	const { ica, source, analyses, thresholds, now } = question;
	const relevant = analyses.filter(
		(analysis) =>
			dueByAge(analysis, thresholds, now) !== 'nothing' ||
			(isToBeDelivered(question, analysis) && isNearlyDue(question, analysis)),
	);
	if (relevant.length === 0) {
		return [];
	}
	const files = (await listFilesNamed(ica, source.id, bsshOutputName)).filter(
		(file) => file.owningProjectId === source.id,
	);
	const byFolder = new Map<string | undefined, Data[]>();
	for (const file of files) {
		const folder = topFolderOf(file.path).split('/').at(-2);
		byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
	}
	return relevant.flatMap((analysis) => {
		const own = byFolder.get(analysis.reference) ?? [];
		const isMissed = isManagedByBaseSpace(source) && isToBeDelivered(question, analysis);
		return own.length > 0 || isMissed ? [{ analysis, files: own }] : [];
	});
}

/** Whether an analysis has to be delivered before anything that it could be about is touched. */
export function isToBeDelivered(
	{ pipelinePattern, managedIds }: Pick<AgeingQuestion, 'pipelinePattern' | 'managedIds'>,
	analysis: Analysis,
): boolean {
	return isUndelivered({
		status: analysis.status,
		isBclConvert: pipelinePattern.test(analysis.pipelineCode),
		wasManaged: managedIds.has(analysis.id),
	});
}

function isNearlyDue({ thresholds, now }: AgeingQuestion, analysis: Analysis): boolean {
	const first = Math.min(thresholds.daysToArchive, thresholds.daysToDelete);
	return (ageInDays(analysis.startDate, now) ?? Number.POSITIVE_INFINITY) >= first - marginDays;
}

/**
 * Finds out which projects the analyses name. Reads only what no earlier pass has read.
 * @throws {StoppedError}
 */
export async function readNaming(
	question: AgeingQuestion & { readonly storage: Storage },
	found: readonly BsshAnalysis[],
	memory: BaseSpaceMemory,
): Promise<ProjectNaming> {
	const limit = pLimit(filesAtOnce);
	const read = (file: Data): Promise<BsshOutput> => {
		const names = memory.outputs[file.id];
		return names === undefined
			? limit(() => readBsshOutput(question, question.source, file))
			: Promise.resolve({ kind: 'names', names });
	};
	const reads = await Promise.all(
		found.flatMap(({ analysis, files }) =>
			files.map(async (file) => ({ analysis, file, output: await read(file) })),
		),
	);
	const { names, held, outputs } = namesIn(question, reads);
	const unknown = [...reads.filter(({ output }) => output.kind !== 'names'), ...found.filter(isWithoutFile)];
	const inDoubt = unknown.find(({ analysis }) => isToBeDelivered(question, analysis));
	const heldAll =
		inDoubt && `${nameOf(inDoubt.analysis)} ${undelivered}, and which projects it names is not known`;
	const failed = (kind: BsshOutput['kind']): string[] =>
		reads.flatMap(({ analysis, output }) =>
			output.kind === kind && 'why' in output ? [`${nameOf(analysis)}: ${output.why}`] : [],
		);
	return { names, held, heldAll, outputs, away: failed('away'), unreadable: failed('unreadable') };
}

function isWithoutFile({ files }: BsshAnalysis): boolean {
	return files.length === 0;
}

interface Read {
	readonly analysis: Analysis;
	readonly file: Data;
	readonly output: BsshOutput;
}

function namesIn(
	question: AgeingQuestion,
	reads: readonly Read[],
): Pick<ProjectNaming, 'names' | 'held' | 'outputs'> {
	const names = new Set<string>();
	const held = new Map<string, string>();
	const outputs: Record<string, string[]> = {};
	for (const { analysis, file, output } of reads) {
		if (output.kind !== 'names') {
			continue;
		}
		outputs[file.id] = [...output.names];
		const isHeld = isToBeDelivered(question, analysis);
		for (const name of output.names) {
			names.add(name);
			if (isHeld) {
				held.set(name, `${nameOf(analysis)}, which names its project, ${undelivered}`);
			}
		}
	}
	return { names, held, outputs };
}
