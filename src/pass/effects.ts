import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeLeftovers } from '../common/atomic-write.ts';
import { reasonOf, SetupError } from '../common/errors.ts';
import { basespaceStateFileOf, outboxFileOf, stateFileOf } from '../common/own-files.ts';
import { count } from '../common/text.ts';
import type { DeliveryEffects } from '../delivery/context.ts';
import {
	type DeliveryEffectsContext,
	dryRunDeliveryEffects,
	realDeliveryEffects,
} from '../delivery/effects.ts';
import type { Recipient } from '../delivery/recipients.ts';
import type { Analysis } from '../ica/schemas.ts';
import type { Options } from '../options/pass-options.ts';
import { dryRunFailureEffects, realFailureEffects } from '../requeue/effects.ts';
import type { FailureEffects } from '../requeue/failure-report.ts';
import type { TemplateStore } from '../requeue/templates/template-store.ts';
import type { BaseSpaceAccess, BaseSpaceDependencies } from '../retention/basespace/apply.ts';
import { dryRunBaseSpaceEffects, realBaseSpaceEffects } from '../retention/basespace/effects.ts';
import {
	dryRunRetentionEffects,
	type RetentionEffectsContext,
	realRetentionEffects,
} from '../retention/ica/effects.ts';
import type { RetentionEffects } from '../retention/shared/context.ts';
import { prepareManagedTable } from '../state/managed-table.ts';
import { checkMonitoredFile, writeMonitoredFile } from '../state/monitored-file.ts';
import type { PassState } from '../state/state-file.ts';

/** Everything that a pass changes, remotely and locally (the log aside). */
export interface PassEffects {
	/**
	 * Finds out whether the files of this machine can be written, before anything is done that they must record.
	 * @throws {SetupError}
	 */
	prepare(): void;
	writeMonitored(underWay: readonly Analysis[]): void;
	readonly delivery: DeliveryEffects;
	readonly failures: FailureEffects;
	readonly retention: RetentionEffects;
	/** undefined when nothing is to be done in BaseSpace. */
	readonly basespace: BaseSpaceAccess | undefined;
	/** How the summary begins: the same counts are what was done, or what would be. */
	readonly summaryBegins: string;
}

/** What effects are made of, once the projects are known. */
export interface EffectsContext
	extends Omit<DeliveryEffectsContext, 'managedTable' | 'linkTimeoutMinutes' | 'state'>,
		Omit<RetentionEffectsContext, 'thresholds' | 'state'> {
	readonly options: Options;
	readonly recipients: readonly Recipient[];
	/** What this pass leaves for the next. */
	readonly state: PassState;
	/** Where templates to requeue failed analyses are kept on this machine. */
	readonly templates: TemplateStore;
	/** undefined when nothing is to be done in BaseSpace. */
	readonly basespace: BaseSpaceDependencies | undefined;
}

/** Makes the effects of a pass: real ones, or those of a dry run. */
export type MakeEffects = (context: EffectsContext) => PassEffects;

/** The effects of a real pass. */
export function realEffects(context: EffectsContext): PassEffects {
	const { options, clock, log, recipients, manifestFolderOf, basespace } = context;
	return {
		prepare() {
			checkMonitoredFile(options.analysesMonitoredFile);
			for (const folder of recipients.map(manifestFolderOf)) {
				prepareFolder(folder);
			}
			prepareManagedTable(options.analysesManagedTable);
			for (const path of removeLeftovers(replacedFiles(context), clock.now())) {
				log.info(`Removed ${path}, which a pass that was killed had left half written.`);
			}
		},
		writeMonitored: (underWay) => writeMonitoredFile(options.analysesMonitoredFile, underWay),
		delivery: realDeliveryEffects(deliveryContext(context)),
		failures: realFailureEffects(context),
		retention: realRetentionEffects({ ...context, thresholds: [options, ...context.recipients] }),
		basespace: basespace && { dependencies: basespace, effects: realBaseSpaceEffects(basespace) },
		summaryBegins: 'Pass done',
	};
}

/** Effects that change nothing, look up what a real pass would find, and report what it would do. */
export function dryRunEffects(context: EffectsContext): PassEffects {
	const { options, log, basespace } = context;
	return {
		prepare: () => checkMonitoredFile(options.analysesMonitoredFile),
		writeMonitored: (underWay) =>
			log.info(`Would write ${count(underWay.length, 'id')} to ${options.analysesMonitoredFile}.`),
		delivery: dryRunDeliveryEffects(deliveryContext(context)),
		failures: dryRunFailureEffects(context),
		retention: dryRunRetentionEffects({ ...context, thresholds: [options, ...context.recipients] }),
		basespace: basespace && { dependencies: basespace, effects: dryRunBaseSpaceEffects },
		summaryBegins: 'Dry run, nothing was changed; a real pass would have this result',
	};
}

function deliveryContext(context: EffectsContext): DeliveryEffectsContext {
	const { analysesManagedTable: managedTable, linkTimeoutMinutes } = context.options;
	return { ...context, managedTable, linkTimeoutMinutes };
}

/** One in each folder that a pass replaces files in. */
function replacedFiles({ options, recipients, manifestFolderOf, templates }: EffectsContext): string[] {
	const { analysesMonitoredFile, analysesManagedTable, summaryFile } = options;
	return [
		analysesMonitoredFile,
		basespaceStateFileOf(analysesManagedTable),
		stateFileOf(analysesManagedTable),
		outboxFileOf(analysesManagedTable),
		...(summaryFile === undefined ? [] : [summaryFile]),
		...[...recipients.map(manifestFolderOf), templates.folder].map((folder) => join(folder, 'a file')),
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
