import { endOf } from './ages.ts';
import { bsshOutputName } from './bssh-output.ts';
import { owesDelivery, type ProofQuestion } from './delivery-proof.ts';
import type { Analysis, Data, Project } from './ica/schemas.ts';
import { type References, reasonOfNames, reasonOfPlace } from './neighbours.ts';
import { findOutputItems, type Output, type PresentItem, withFiles } from './outputs.ts';
import type { OutputState } from './retention.ts';
import { count, firstFew } from './text.ts';

/** What was seen of an old analysis's output. */
export interface Inspection {
	readonly analysis: Analysis;
	/** What the analysis lists as its own output, and the source project owns. */
	readonly items: readonly Data[];
	/** What is in it, of whomever. */
	readonly files: readonly Data[];
	/** Whether it has files that are to be delivered to somebody. */
	readonly owes: boolean;
	readonly state: Omit<OutputState, 'proof'>;
	readonly bytes: number;
}

export interface InspectionQuestion extends ProofQuestion {
	readonly references: References;
}

/** So long after its end an analysis's own files may still be made; what is younger, somebody else has put there. */
const settlingMs = 24 * 60 * 60 * 1000;

/**
 * Looks at all that an analysis has put out.
 * @throws {ServiceError}
 */
export async function inspect(question: InspectionQuestion, analysis: Analysis): Promise<Inspection> {
	const { ica, source, references } = question;
	const present = await findOutputItems(ica, source, analysis);
	const items = present.filter(({ item }) => item.owningProjectId === source.id);
	const misplaced = items.flatMap(({ item }) => reasonOfPlace(item.path) ?? []);
	if (misplaced.length > 0) {
		// not looked into: it can hold everything that the project has
		return {
			analysis,
			items: items.map(({ item }) => item),
			files: [],
			owes: false,
			state: { fileStatuses: new Map([['UNKNOWN', 1]]), filesCreated: [], obstacle: misplaced[0] },
			bytes: 0,
		};
	}
	const outputs = await Promise.all(items.map((item) => withFiles(ica, item)));
	const { own, obstacle } = sortOut(outputs, source, endOf(analysis, question.now));
	const named = outputs.map(({ item, files }) => reasonOfNames(analysis, item, files, references));
	return {
		analysis,
		items: items.map(({ item }) => item),
		files: outputs.flatMap(({ files }) => files),
		owes: await owesDelivery(question, outputs),
		state: {
			fileStatuses: countStatuses(own),
			filesCreated: own.map(({ timeCreated }) => timeCreated),
			obstacle: reasonOfManager(outputs) ?? named.find((reason) => reason !== undefined) ?? obstacle,
		},
		bytes: own.reduce((sum, file) => sum + file.size, 0),
	};
}

/** Also where it lies in a place that does not tell whose it is. */
function reasonOfManager(outputs: readonly Output[]): string | undefined {
	const file = outputs.flatMap(({ files }) => files).find(({ name }) => name === bsshOutputName);
	return file && `BaseSpace manages it, by its ${file.path}`;
}

function countStatuses(files: readonly Data[]): Map<string, number> {
	const statuses = new Map<string, number>();
	for (const { status } of files) {
		statuses.set(status, (statuses.get(status) ?? 0) + 1);
	}
	return statuses;
}

/** What is done to a folder is done to all that is below it: nothing else may be there. */
function sortOut(
	outputs: readonly Output[],
	source: Project,
	end: number | undefined,
): { readonly own: readonly Data[]; readonly obstacle: string | undefined } {
	const all = outputs.flatMap(({ files }) => files);
	const linked = all.filter((file) => file.owningProjectId !== source.id);
	const added = outputs.flatMap((output) => {
		const isOwn = ownershipIn(output, end);
		return output.files.filter((file) => file.owningProjectId === source.id && !isOwn(file));
	});
	const foreign = new Set([...linked, ...added]);
	const obstacle =
		linked.length > 0
			? `${count(linked.length, 'file')} of another project linked into it (${names(linked)}): unlink them first`
			: undefined;
	const strange =
		added.length > 0
			? `${count(added.length, 'file')} in it that the analysis did not put out (${names(added)}): move them first`
			: undefined;
	return { own: all.filter((file) => !foreign.has(file)), obstacle: obstacle ?? strange };
}

/** Which files below a folder the analysis put out: by ICA's own list; where that does not say, by their time. */
function ownershipIn({ item, filesBelow }: PresentItem, end: number | undefined): (file: Data) => boolean {
	if (!item.isFolder) {
		return () => true;
	}
	if (filesBelow.length > 0) {
		const ids = new Set(filesBelow.map(({ dataId }) => dataId));
		return (file) => ids.has(file.id);
	}
	// without a time it counts as its own, of which the age is not known then
	return ({ timeCreated }) => end === undefined || !(Date.parse(timeCreated ?? '') > end + settlingMs);
}

function names(files: readonly Data[]): string {
	return firstFew(
		files.map((file) => file.name),
		3,
	);
}
