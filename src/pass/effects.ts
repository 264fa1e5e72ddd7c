import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeLeftovers, replaceFile } from '../common/atomic-write.ts';
import type { Clock } from '../common/clock.ts';
import { FileError, reasonOf, SetupError } from '../common/errors.ts';
import { basespaceStateFileOf, stateFileOf } from '../common/own-files.ts';
import { count, formatBytes, formatDuration } from '../common/text.ts';
import type { Delivery, DeliveryEffects } from '../delivery/delivery.ts';
import { type Linked, linkFiles } from '../delivery/linking.ts';
import { manifestFolder } from '../delivery/manifest.ts';
import { plannedUpload, type Upload, type UploadAction, uploadFile } from '../delivery/upload.ts';
import type { IcaClient } from '../ica/client.ts';
import { changeData, findDataByIds, isGoneOrGoing } from '../ica/data.ts';
import { type Analysis, type Data, nameOf, type Project } from '../ica/schemas.ts';
import type { Storage } from '../ica/transfer.ts';
import type { Log } from '../log/log.ts';
import type { Options } from '../options/pass-options.ts';
import type { FailureEffects } from '../requeue/failures.ts';
import type { TemplateStore } from '../requeue/templates/template-store.ts';
import {
	type BaseSpaceTarget,
	dryRunBaseSpaceEffects,
	realBaseSpaceEffects,
} from '../retention/basespace/effects.ts';
import type { RetentionEffects } from '../retention/ica/apply.ts';
import { appendManagedRow, prepareManagedTable } from '../state/managed-table.ts';
import { checkMonitoredFile, writeMonitoredFile } from '../state/monitored-file.ts';
import type { PassState } from '../state/state-file.ts';

/** Everything that a pass changes, remotely and locally (the log aside). */
export interface Effects extends DeliveryEffects, RetentionEffects, FailureEffects {
	/**
	 * Finds out whether the files of this machine can be written, before anything is done that they must tell of.
	 * @throws {SetupError}
	 */
	prepare(): void;
	writeMonitored(underWay: readonly Analysis[]): Promise<void>;
	/** Whether lines about deliveries come in the order of the analyses, or as each comes to its end. */
	readonly linesInOrder: boolean;
	/** How the summary begins: the same counts are what was done, or what would be. */
	readonly summaryBegins: string;
}

export interface EffectsContext {
	readonly options: Options;
	readonly ica: IcaClient;
	readonly storage: Storage;
	readonly clock: Clock;
	readonly log: Log;
	readonly source: Project;
	readonly destination: Project;
	/** Where manifests are kept on this machine. */
	readonly localManifestFolder: string;
	/** Where templates to requeue failed analyses are kept on this machine. */
	readonly templates: TemplateStore;
	/** undefined when nothing is to be done in BaseSpace. */
	readonly basespace: BaseSpaceTarget | undefined;
	/** What this pass leaves for the next. */
	readonly state: Pick<PassState, 'postpone' | 'postponed' | 'keepToThemselves' | 'rememberAlone'>;
}

const firstProgressMs = 5000;
const progressEveryMs = 60_000;

/** The effects of a real pass. */
export function realEffects(context: EffectsContext): Effects {
	const thresholds = `${context.options.daysToArchive} ${context.options.daysToDelete}`;
	const { options, ica, clock, log, source, destination, localManifestFolder, templates, basespace, state } =
		context;
	return {
		namesAllDue: false,
		linesInOrder: false,
		postpone: (analysis, postponed) => state.postpone(analysis.id, { ...postponed, thresholds }),
		postponed(analysis, now) {
			const known = state.postponed(analysis.id, now);
			return known?.thresholds === thresholds ? known : undefined;
		},
		wasHeld: (analysis, now) => state.postponed(analysis.id, now)?.as === 'hold',
		keepToThemselves: state.keepToThemselves,
		rememberAlone: (ids) => state.rememberAlone(ids),
		basespace: basespace && realBaseSpaceEffects(basespace),
		verbs: { delete: 'Deleting', unarchive: 'Bringing back from the archive', archive: 'Archiving' },
		changeData: (item, change) => changeData(ica, source.id, item, change),
		isDeleted: (item) => isGoneOrGoing(ica, source.id, item),
		summaryBegins: 'Pass done',
		prepare() {
			checkMonitoredFile(options.monitoredFile);
			prepareFolder(localManifestFolder);
			prepareManagedTable(options.managedTable);
			for (const path of removeLeftovers(replacedFiles(context), clock.now())) {
				log.info(`Removed ${path}, which a pass that was killed had left half written.`);
			}
		},
		writeMonitored(underWay) {
			writeMonitoredFile(options.monitoredFile, underWay);
			return Promise.resolve();
		},
		link: (run, files) => linkForReal(context, run, files),
		async uploadManifest(name, csv) {
			const placement = await uploadFile(context, manifestIn(destination, name, csv));
			keepManifest(join(localManifestFolder, name), csv);
			return placement;
		},
		record: (analysis) =>
			appendManagedRow(options.managedTable, { analysisId: analysis.id, runId: analysis.reference }),
		describe: (analysis, delivery) =>
			`Delivered ${describe(analysis, delivery)}; manifest ${uploadsDone[delivery.manifest]}.`,
		templates,
		keepTemplates: (files) => templates.keep(files),
	};
}

/** Effects that change nothing, look up what a real pass would find, and say what it would do. */
export function dryRunEffects(context: EffectsContext): Effects {
	const { options, ica, log, destination, templates, basespace, state } = context;
	return {
		namesAllDue: true,
		linesInOrder: true,
		postpone: () => undefined,
		postponed: () => undefined,
		wasHeld: (analysis, now) => state.postponed(analysis.id, now)?.as === 'hold',
		keepToThemselves: state.keepToThemselves,
		rememberAlone: () => undefined,
		basespace: basespace && dryRunBaseSpaceEffects,
		verbs: {
			delete: 'Would delete',
			unarchive: 'Would bring back from the archive',
			archive: 'Would archive',
		},
		changeData: () => Promise.resolve(),
		isDeleted: () => Promise.resolve(false),
		summaryBegins: 'Dry run, nothing was changed; a real pass would have this result',
		prepare() {
			checkMonitoredFile(options.monitoredFile);
		},
		writeMonitored(underWay) {
			log.info(`Would write ${count(underWay.length, 'id')} to ${options.monitoredFile}.`);
			return Promise.resolve();
		},
		async link(_run, files) {
			const ids = files.map((file) => file.id);
			const what = `look for linked files in ${destination.name}`;
			const alreadyLinked = (await findDataByIds(ica, destination.id, ids, what)).length;
			return { linked: files.length - alreadyLinked, alreadyLinked };
		},
		uploadManifest: (name, csv) => plannedUpload(context, manifestIn(destination, name, csv)),
		record: () => undefined,
		describe: (analysis, delivery) =>
			`Would deliver ${describe(analysis, delivery)}; manifest ${uploadsPlanned[delivery.manifest]}.`,
		templates,
		keepTemplates(files) {
			for (const { name } of files) {
				log.info(`Would write ${join(templates.folder, name)}.`);
			}
			return Promise.resolve();
		},
	};
}

/** Only when it is published: what lies here has been delivered. */
function keepManifest(path: string, csv: Buffer): void {
	try {
		replaceFile(path, csv);
	} catch (error) {
		throw new FileError(`The manifest ${path} could not be written: ${reasonOf(error)}.`);
	}
}

/** One in each folder that a pass replaces files in. */
function replacedFiles({ options, localManifestFolder, templates }: EffectsContext): string[] {
	const { monitoredFile, managedTable, summaryFile } = options;
	return [
		monitoredFile,
		basespaceStateFileOf(managedTable),
		stateFileOf(managedTable),
		...(summaryFile === undefined ? [] : [summaryFile]),
		...[localManifestFolder, templates.folder].map((folder) => join(folder, 'any')),
	];
}

function prepareFolder(folder: string): void {
	try {
		mkdirSync(folder, { recursive: true });
		accessSync(folder, constants.W_OK);
	} catch (error) {
		throw new SetupError(`The folder for manifests, ${folder}, cannot be written: ${reasonOf(error)}.`);
	}
}

function manifestIn(project: Project, name: string, csv: Buffer): Upload {
	return { project, folder: manifestFolder, name, content: csv };
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

async function linkForReal(
	{ ica, clock, log, options, destination }: EffectsContext,
	run: string,
	files: readonly Data[],
): Promise<Linked> {
	let nextProgressMs = firstProgressMs;
	log.info(`Linking ${count(files.length, 'file')} to ${destination.name}: ${run}`);
	return await linkFiles(ica, destination, files, {
		clock,
		timeoutMs: options.linkTimeoutMinutes * 60_000,
		onWait(status, elapsedMs) {
			if (elapsedMs >= nextProgressMs) {
				log.info(`Still linking after ${formatDuration(elapsedMs)} (${status}): ${run}`);
				nextProgressMs = elapsedMs + Math.min(elapsedMs, progressEveryMs);
			}
		},
	});
}
