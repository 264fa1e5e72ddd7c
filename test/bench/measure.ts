import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programFile, runCommand, tsx } from '../helpers/installation.ts';
import type { Scenario } from './scenarios.ts';

/** One run of the program. */
export interface Measurement {
	readonly wallMillis: number;
	readonly requests: number;
	readonly peakBytes: number;
}

const server = fileURLToPath(new URL('server.ts', import.meta.url));
const tellMemory = `data:text/javascript,${encodeURIComponent(
	`import { writeFileSync } from 'node:fs';
	process.on('exit', () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));`,
)}`;

/** Runs Node, or the program, with no server; milliseconds and peak memory. */
export async function measureAlone(words: readonly string[]): Promise<Measurement> {
	return await inFolder(async (folder) => ({ ...(await timed(folder, words, {})), requests: 0 }));
}

/** Runs the built program once against a fresh server. */
export async function measure(scenario: Scenario, latencyMillis: number): Promise<Measurement> {
	const { words, recipients } = scenario;
	if (words === null) {
		return await measureAlone([programFile, '--help']);
	}
	return await inFolder(async (folder) => {
		const child = fork(server, [scenario.name, String(latencyMillis), folder], {
			execArgv: ['--import', tsx],
		});
		try {
			const [{ url, s3Url }] = await once(child, 'message');
			const run = await timed(folder, [programFile, ...words], {
				AWS_ENDPOINT_URL_S3: s3Url,
				ICA_API_KEY_FILE: 'api_key.txt',
				UMICH_ORCHESTRATOR_SERVER_URL: url,
				UMICH_ORCHESTRATOR_SOURCE_PROJECT_NAME: 'BSSH core',
				...(recipients.length === 1 ? { UMICH_ORCHESTRATOR_DESTINATION_PROJECT_NAME: 'MGI' } : {}),
			});
			child.send('how many?');
			const [{ requests }] = await once(child, 'message');
			return { ...run, requests };
		} finally {
			child.kill();
		}
	});
}

async function inFolder(work: (folder: string) => Promise<Measurement>): Promise<Measurement> {
	const folder = mkdtempSync(join(tmpdir(), 'umich-orchestrator-bench-'));
	try {
		return await work(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function timed(
	folder: string,
	words: readonly string[],
	environment: Readonly<Record<string, string>>,
): Promise<Omit<Measurement, 'requests'>> {
	const peakFile = join(folder, 'peak');
	const begun = performance.now();
	const outcome = await runCommand([process.execPath, `--import=${tellMemory}`, ...words], folder, {
		PATH: process.env['PATH'] ?? '',
		PEAK_FILE: peakFile,
		...environment,
	}).ended;
	const wallMillis = performance.now() - begun;
	if (outcome.status !== 0) {
		throw new Error(`status ${outcome.status}: ${outcome.stderr}`);
	}
	return { wallMillis, peakBytes: Number(readFileSync(peakFile, 'utf8')) * 1024 };
}
