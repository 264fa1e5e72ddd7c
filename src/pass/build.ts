import { join } from 'node:path';
import type { BaseSpaceClient } from '../basespace/client.ts';
import type { Clock } from '../common/clock.ts';
import { basespaceStateFileOf, localManifestFolder, templateFolder } from '../common/own-files.ts';
import type { IcaClient } from '../ica/client.ts';
import type { Storage } from '../ica/transfer.ts';
import type { Log } from '../log/log.ts';
import type { Options } from '../options/pass-options.ts';
import { templateStore } from '../requeue/templates/template-store.ts';
import type { Outbox } from '../state/outbox.ts';
import type { PassState } from '../state/state-file.ts';
import type { MakeEffects } from './effects.ts';
import { type PassContext, runPass } from './pass.ts';
import type { PassResult } from './result.ts';

/** What a pass works with: the machine's own, or what tests put in their place. */
export interface PassDependencies extends Pick<PassContext, 'command' | 'onDelivered'> {
	readonly ica: IcaClient;
	readonly storage: Storage;
	/** undefined when nothing is to be done in BaseSpace. */
	readonly basespace: BaseSpaceClient | undefined;
	readonly clock: Clock;
	readonly log: Log;
	/** What this pass leaves for the next. */
	readonly state: PassState;
	/** What people are to be notified of. */
	readonly outbox: Outbox;
	/** Takes secrets out of a text. */
	readonly blank: (text: string) => string;
	/** In which manifests and templates are kept, each kind in a folder of its own. */
	readonly folder: string;
	readonly makeEffects: MakeEffects;
}

/**
 * Builds a pass; nothing is sent or written yet.
 * @returns runs it, once
 */
export function buildPass(options: Options, dependencies: PassDependencies): () => Promise<PassResult> {
	const { makeEffects, folder, blank, clock, storage, basespace: client, ...rest } = dependencies;
	const templates = templateStore(join(folder, templateFolder), blank);
	const basespace = client && {
		client,
		storage,
		stateFile: basespaceStateFileOf(options.analysesManagedTable),
		tokenFile: options.basespaceAccessTokenFile ?? '',
		emptiesTrash: options.emptyTrash,
	};
	return () =>
		runPass({
			...rest,
			options,
			now: () => clock.now(),
			effectsIn: (source, recipients) =>
				makeEffects({
					...rest,
					options,
					clock,
					storage,
					source,
					recipients,
					templates,
					basespace,
					manifestFolderOf: ({ name }) =>
						options.recipientsFile === undefined
							? join(folder, localManifestFolder)
							: join(folder, localManifestFolder, name),
				}),
		});
}
