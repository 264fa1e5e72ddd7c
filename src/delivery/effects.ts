import { join } from 'node:path';
import { replaceFile } from '../common/atomic-write.ts';
import type { Clock } from '../common/clock.ts';
import { FileError, reasonOf } from '../common/errors.ts';
import { count, formatDuration } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import { findDataByIds } from '../ica/data.ts';
import type { Data, Project } from '../ica/schemas.ts';
import type { Storage } from '../ica/transfer.ts';
import type { Log } from '../log/log.ts';
import { appendManagedRow } from '../state/managed-table.ts';
import { noOutbox, type Outbox } from '../state/outbox.ts';
import type { PassState } from '../state/state-file.ts';
import type { DeliveryEffects } from './context.ts';
import { type Linked, type LinkingPace, linkFiles, newLinkingPace } from './linking.ts';
import { manifestFolder } from './manifest.ts';
import type { Recipient } from './recipients.ts';
import { describeDelivered, describePlanned } from './report.ts';
import { plannedUpload, type Upload, uploadFile } from './upload.ts';

/** What deliveries are made with. */
export interface DeliveryEffectsContext {
	readonly ica: IcaClient;
	readonly storage: Storage;
	readonly clock: Clock;
	readonly log: Log;
	/** Where the manifests of a recipient are kept on this machine. */
	readonly manifestFolderOf: (recipient: Recipient) => string;
	/** What this pass leaves for the next. */
	readonly state: Pick<PassState, 'hasShare' | 'keepShare' | 'dropShares' | 'isNews'>;
	readonly outbox: Outbox;
	readonly managedTable: string;
	readonly linkTimeoutMinutes: number;
}

const firstProgressMs = 5000;
const progressEveryMs = 60_000;

/** The effects of a real pass. */
export function realDeliveryEffects(context: DeliveryEffectsContext): DeliveryEffects {
	const { manifestFolderOf, managedTable, state, outbox } = context;
	const pace = newLinkingPace();
	return {
		linesInOrder: false,
		link: (run, files, project) => linkForReal({ ...context, pace }, run, files, project),
		async uploadManifest(recipient, project, name, csv) {
			const action = await uploadFile(context, manifestIn(project, name, csv));
			keepManifest(join(manifestFolderOf(recipient), name), csv);
			return action;
		},
		record(analysis) {
			// what is recorded is not looked at again
			outbox.flush();
			appendManagedRow(managedTable, { analysisId: analysis.id, runId: analysis.reference });
			state.dropShares(analysis.id);
		},
		hasShare: ({ id }, { name }, csv) => state.hasShare(id, name, csv),
		keepShare: ({ id }, { name }, csv) => state.keepShare(id, name, csv),
		outbox,
		isNews: (what) => state.isNews(what),
		describe: describeDelivered,
	};
}

/** Effects that change nothing, and look up what a real pass would find. */
export function dryRunDeliveryEffects(context: DeliveryEffectsContext): DeliveryEffects {
	const { ica, state } = context;
	return {
		linesInOrder: true,
		async link(_run, files, project) {
			const ids = files.map((file) => file.id);
			const what = `look for linked files in ${project.name}`;
			const alreadyLinked = (await findDataByIds(ica, project.id, ids, what)).length;
			return { linked: files.length - alreadyLinked, alreadyLinked };
		},
		uploadManifest: (_recipient, project, name, csv) =>
			plannedUpload(context, manifestIn(project, name, csv)),
		record: () => undefined,
		hasShare: ({ id }, { name }, csv) => state.hasShare(id, name, csv),
		keepShare: () => undefined,
		outbox: noOutbox,
		isNews: () => true,
		describe: describePlanned,
	};
}

/** Only when it is uploaded: what lies here has been delivered. */
function keepManifest(path: string, csv: Buffer): void {
	try {
		replaceFile(path, csv);
	} catch (error) {
		throw new FileError(`The manifest ${path} could not be written: ${reasonOf(error)}.`);
	}
}

function manifestIn(project: Project, name: string, csv: Buffer): Upload {
	return { project, folder: manifestFolder, name, content: csv };
}

async function linkForReal(
	{ ica, clock, log, linkTimeoutMinutes, pace }: DeliveryEffectsContext & { readonly pace: LinkingPace },
	run: string,
	files: readonly Data[],
	project: Project,
): Promise<Linked> {
	let nextProgressMs = firstProgressMs;
	log.info(`Linking ${count(files.length, 'file')} to ${project.name}: ${run}`);
	return await linkFiles(ica, project, files, {
		clock,
		timeoutMs: linkTimeoutMinutes * 60_000,
		pace,
		onWait(status, elapsedMs) {
			if (elapsedMs >= nextProgressMs) {
				log.info(`Still linking after ${formatDuration(elapsedMs)} (${status}): ${run}`);
				nextProgressMs = elapsedMs + Math.min(elapsedMs, progressEveryMs);
			}
		},
	});
}
