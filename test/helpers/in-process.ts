import { join } from 'node:path';
import { passMode } from '../../src/cli/mode.ts';
import { raiseEvents } from '../../src/cli/notifications.ts';
import { stateFileOf } from '../../src/common/own-files.ts';
import type { Log } from '../../src/log/log.ts';
import { type RawPassOptions, readPassOptions } from '../../src/options/pass-options.ts';
import { buildPass } from '../../src/pass/build.ts';
import type { PassResult } from '../../src/pass/result.ts';
import { newSecrets } from '../../src/secrets/secrets.ts';
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
	changes: RawPassOptions = {},
): Promise<InProcessPass> {
	const options = readPassOptions({
		api_key_file: join(folder, 'api_key.txt'),
		source_project_name: 'bssh_core',
		...(changes.recipients_file === undefined ? { destination_project_name: 'MGI' } : {}),
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
	const { ica, basespace, storage, clock } = connect(scene);
	const state = openStateFile(stateFileOf(options.analysesManagedTable), clock.now());
	const { makeEffects, openOutbox, isKept } = passMode(options);
	const session = { log, clock, secrets: newSecrets() };
	const outbox = openOutbox(options, session);
	const run = buildPass(options, {
		ica,
		storage,
		basespace: options.basespaceAccessTokenFile === undefined ? undefined : basespace,
		clock,
		log,
		state,
		outbox,
		blank: (text) => text,
		folder,
		command: 'umich-orchestrator --some options',
		makeEffects,
		onDelivered: () => undefined,
	});
	const result = await run();
	await raiseEvents(outbox, options, result, { ica, log });
	if (isKept) {
		state.save(result.cutShortBy === undefined);
	}
	if (result.cutShortBy !== undefined) {
		throw result.cutShortBy;
	}
	return { ...result, lines };
}
