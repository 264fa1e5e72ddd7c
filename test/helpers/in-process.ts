import { join } from 'node:path';
import {
	basespaceStateFileOf,
	localManifestFolder,
	stateFileOf,
	templateFolder,
} from '../../src/common/own-files.ts';
import type { Log } from '../../src/log/log.ts';
import { defaults, type RawOptions, readOptions } from '../../src/options/pass-options.ts';
import { dryRunEffects, realEffects } from '../../src/pass/effects.ts';
import { runPass } from '../../src/pass/pass.ts';
import type { PassResult } from '../../src/pass/result.ts';
import { templateStore } from '../../src/requeue/templates/template-store.ts';
import { openStateFile } from '../../src/state/state-file.ts';
import { connect, type Scene } from './scene.ts';

/** What a pass in this process said and came to. */
export interface InProcessPass extends PassResult {
	/** Every line of the log, with its level: `info: …`. */
	readonly lines: readonly string[];
}

/**
 * Runs one pass in this process, by the simulator's clock, with its table and manifests in a folder. The same code as
 * the program's, without its start, lock and log file.
 */
export async function passInProcess(
	scene: Scene,
	folder: string,
	changes: { readonly [Flag in keyof RawOptions]?: RawOptions[Flag] } = {},
): Promise<InProcessPass> {
	const options = readOptions({
		...defaults,
		api_key_file: join(folder, 'api_key.txt'),
		source_project_name: 'bssh_core',
		destination_project_name: 'MGI',
		analyses_managed_table: join(folder, 'analyses_managed_table.txt'),
		analyses_monitored_file: join(folder, 'analyses_monitored_file.txt'),
		server_url: scene.simulator.url,
		...changes,
	});
	const lines: string[] = [];
	const at =
		(level: string) =>
		(message: string): void =>
			void lines.push(`${level}: ${message}`);
	const log: Log = { error: at('error'), warn: at('warn'), info: at('info'), debug: () => undefined };
	const { ica, basespace: client, storage, clock } = connect(scene);
	const tokenFile = options.basespaceTokenFile;
	const basespace =
		tokenFile === undefined
			? undefined
			: {
					client,
					storage,
					tokenFile,
					stateFile: basespaceStateFileOf(options.managedTable),
					emptiesTrash: options.emptyTrash,
				};
	const state = openStateFile(stateFileOf(options.managedTable), clock.now());
	const effects = options.dryRun ? dryRunEffects : realEffects;
	const templates = templateStore(join(folder, templateFolder), (text) => text);
	const result = await runPass({
		options,
		ica,
		log,
		command: 'umich-orchestrator --some options',
		onDelivered: () => undefined,
		now: () => clock.now(),
		basespace,
		effectsIn: (source, destination) =>
			effects({
				options,
				ica,
				storage,
				clock,
				log,
				source,
				destination,
				localManifestFolder: join(folder, localManifestFolder),
				templates,
				basespace,
				state,
			}),
	});
	if (!options.dryRun) {
		state.save(result.cutShortBy === undefined);
	}
	if (result.cutShortBy !== undefined) {
		throw result.cutShortBy;
	}
	return { ...result, lines };
}
