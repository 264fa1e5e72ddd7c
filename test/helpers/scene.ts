import { onTestFinished } from 'vitest';
import { BaseSpaceClient } from '../../src/basespace/client.ts';
import type { Clock } from '../../src/common/clock.ts';
import { createRequester, defaultLimits, type RequestLimits } from '../../src/http/requester.ts';
import { createSend } from '../../src/http/send.ts';
import { IcaClient } from '../../src/ica/client.ts';
import { createStorage, type Storage } from '../../src/ica/transfer.ts';
import { newSecrets } from '../../src/secrets/secrets.ts';
import type { Analysis, AnalysisSpec, DataItem, Project, ProjectOptions } from '../simulator/model.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/simulator.ts';
import type { World } from '../simulator/world.ts';
import { Installation } from './installation.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A simulator with the two usual projects, for one test. */
export interface Scene {
	readonly simulator: Simulator;
	readonly world: World;
	/** `bssh_core`, as BaseSpace Sequence Hub makes it: ICA refuses to write there. */
	readonly source: Project;
	/** `MGI` */
	readonly destination: Project;
	/** Adds an analysis of the source project. */
	analysis(spec?: Partial<AnalysisSpec>): Analysis;
	/** Puts the manifest of an analysis into the destination project, as a delivery at that time has left it. */
	manifest(analysis: Analysis, timeCreated: Date): DataItem;
	/** A fresh installation of the program. */
	install(options?: readonly string[]): Installation;
	/** The operations that were asked for since the last call of this. */
	operations(): string[];
}

/** Operations that look, and change nothing. */
export const lookingOperations: ReadonlySet<string> = new Set([
	'createJwtToken',
	'getProjects',
	'getProject',
	'searchAnalyses',
	'getAnalysisOutputs',
	'getProjectDataList',
]);

/** Starts a simulator that ends with the test. */
export async function startScene(
	options: SimulatorOptions = {},
	projects: { readonly source?: ProjectOptions; readonly destination?: ProjectOptions } = {},
): Promise<Scene> {
	const simulator = await startSimulator(options);
	onTestFinished(() => simulator.close());
	const { world, exchanges } = simulator;
	const source = world.addProject('bssh_core', { externallyManaged: true, ...projects.source });
	const destination = world.addProject('MGI', projects.destination);
	let runs = 0;
	let seen = 0;
	return {
		simulator,
		world,
		source,
		destination,
		analysis(spec = {}) {
			runs++;
			const run = `20260${String(100 + runs)}_LH00619_${String(runs).padStart(4, '0')}_B22CCFJLT4`;
			return world.addAnalysis(source, { run, files: fastqs('M-123-345', 'PhiX'), ...spec });
		},
		manifest: ({ reference }, timeCreated) =>
			world.addFile(destination, `/fastq_manifests/${reference}.download_manifest.csv`, {
				content: 'file_name,file_path,data_id,project_id\n',
				timeCreated,
			}),
		install: (flags) => new Installation(temporaryFolder(), simulator, flags),
		operations() {
			const fresh = exchanges.slice(seen).map((exchange) => exchange.operation);
			seen = exchanges.length;
			return fresh;
		},
	};
}

/** Both reads of a sample in lane 1, as BCLConvert lays them out. */
export function fastqs(...samples: readonly string[]): string[] {
	return samples.flatMap((sample, index) =>
		['R1', 'R2'].map(
			(read) => `output/Samples/Lane_1/${sample}/${sample}_S${index + 1}_L001_${read}_001.fastq.gz`,
		),
	);
}

/** The program's own clients at the simulator, in this process, for whom waiting takes no time. */
export function connect(
	{ simulator, world }: Pick<Scene, 'simulator' | 'world'>,
	{ limits = {}, timeLimitMs = 10_000 }: { limits?: Partial<RequestLimits>; timeLimitMs?: number } = {},
): {
	readonly ica: IcaClient;
	readonly basespace: BaseSpaceClient;
	readonly storage: Storage;
	readonly clock: Clock;
	readonly sleeps: number[];
} {
	const sleeps: number[] = [];
	const clock: Clock = {
		now: () => world.now().getTime(),
		ticks: () => world.now().getTime(),
		sleep(milliseconds) {
			sleeps.push(milliseconds);
			world.advance(milliseconds);
			return Promise.resolve();
		},
	};
	const requester = createRequester({
		send: createSend(timeLimitMs),
		clock,
		stop: new AbortController().signal,
		limits: { ...defaultLimits, ...limits },
		debug: () => undefined,
	});
	const ica = new IcaClient({
		serverUrl: simulator.url,
		apiKey: simulator.apiKey,
		apiKeyFile: 'api_key.txt',
		requester,
		now: () => clock.now(),
		secrets: newSecrets(),
	});
	return {
		ica,
		basespace: new BaseSpaceClient({
			serverUrl: simulator.basespaceUrl,
			token: simulator.basespaceToken,
			requester,
			now: () => clock.now(),
			secrets: newSecrets(),
		}),
		storage: createStorage({
			endpoint: simulator.s3Url,
			stop: new AbortController().signal,
			withinLimit: requester.withinLimit,
		}),
		clock,
		sleeps,
	};
}
