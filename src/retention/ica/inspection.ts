import { bsshOutputName } from '../../analyses/bssh-output.ts';
import { findOutputItems, type Output, type PresentItem, withFiles } from '../../analyses/outputs.ts';
import { endOf } from '../../analyses/times.ts';
import { readTime } from '../../common/dates.ts';
import { count, firstFew } from '../../common/text.ts';
import { owedTo, type ProofRequest } from '../../delivery/proof.ts';
import type { Recipient } from '../../delivery/recipients.ts';
import type { Analysis, Data, Project } from '../../ica/schemas.ts';
import type { OutputState } from '../shared/policy.ts';
import { type References, reasonOfNames, reasonOfPlace } from './neighbours.ts';

/** What was seen of an old analysis's output. */
export interface Inspection {
	readonly analysis: Analysis;
	/** What the analysis lists as its own output, and the source project owns. */
	readonly items: readonly Data[];
	/** What is in it, of whomever. */
	readonly files: readonly Data[];
	/** Those of whom it has FASTQs. */
	readonly owedTo: readonly Recipient[];
	readonly state: Omit<OutputState, 'proof'>;
	readonly bytes: number;
}

export interface InspectionRequest extends ProofRequest {
	readonly references: References;
}

/** So long after its end an analysis's own files may still be made; what is younger, somebody else has put there. */
const settlingMs = 24 * 60 * 60 * 1000;

/**
 * Looks at all that an analysis has put out.
 * @throws {ServiceError}
 */
export async function inspect(request: InspectionRequest, analysis: Analysis): Promise<Inspection> {
	const { ica, source, references } = request;
	const { present } = await findOutputItems(ica, source, analysis);
	const items = present.filter(({ item }) => item.owningProjectId === source.id);
	const misplaced = items.flatMap(({ item }) => reasonOfPlace(item.path) ?? []);
	if (misplaced.length > 0) {
		// not looked into: it can hold everything that the project has
		return {
			analysis,
			items: items.map(({ item }) => item),
			files: [],
			owedTo: [],
			state: { fileStatuses: new Map([['UNKNOWN', 1]]), filesCreated: [], obstacle: misplaced[0] },
			bytes: 0,
		};
	}
	const outputs = await Promise.all(items.map((item) => withFiles(ica, item)));
	const { own, obstacle } = sortOut(outputs, source, endOf(analysis, request.now));
	const named = outputs.map(({ item, files }) => reasonOfNames(analysis, item, files, references));
	return {
		analysis,
		items: items.map(({ item }) => item),
		files: outputs.flatMap(({ files }) => files),
		owedTo: await owedTo(request, outputs),
		state: {
			fileStatuses: countStatuses(own),
			filesCreated: own.map(({ timeCreated }) => timeCreated),
			obstacle: reasonOfManager(outputs) ?? named.find((reason) => reason !== undefined) ?? obstacle,
		},
		bytes: own.reduce((sum, file) => sum + file.size, 0),
	};
}

/** Also where it lies in a place that does not show whose it is. */
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
	// one that is listed beside the folder in which it lies is there twice
	const all = new Map(outputs.flatMap(({ files }) => files).map((file) => [file.id, file]));
	const linked = [...all.values()].filter((file) => file.owningProjectId !== source.id);
	const ids = new Set(
		outputs.flatMap(({ item, filesBelow }) => [item.id, ...filesBelow.map(({ dataId }) => dataId)]),
	);
	const added = outputs.flatMap((output) =>
		output.files.filter(
			(file) =>
				file.owningProjectId === source.id &&
				!ids.has(file.id) &&
				!(isUnlisted(output, file) && isOfItsTime(file, end)),
		),
	);
	const foreign = new Set([...linked, ...added].map(({ id }) => id));
	const obstacle =
		linked.length > 0
			? `${count(linked.length, 'file')} of another project linked into it (${names(linked)}): unlink them first`
			: undefined;
	const strange =
		added.length > 0
			? `${count(added.length, 'file')} in it that the analysis did not put out (${names(added)}): move them first`
			: undefined;
	return { own: [...all.values()].filter(({ id }) => !foreign.has(id)), obstacle: obstacle ?? strange };
}

/** Whether a file lies where ICA does not report what the analysis has put out. */
function isUnlisted({ item, filesBelow, unlistedFolders }: PresentItem, { path }: Data): boolean {
	const saysNothing = filesBelow.length === 0 && unlistedFolders.length === 0;
	return saysNothing || unlistedFolders.some((folder) => path.startsWith(`${item.path}${folder}`));
}

/** Without a time a file counts as the analysis's own, whose age is not known then. */
function isOfItsTime({ timeCreated }: Data, end: number | undefined): boolean {
	const time = readTime(timeCreated);
	return end === undefined || time === undefined || time <= end + settlingMs;
}

function names(files: readonly Data[]): string {
	return firstFew(
		files.map((file) => file.name),
		3,
	);
}
