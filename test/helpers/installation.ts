import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Simulator } from '../simulator/simulator.ts';

/** For Node's --import: lets a child process run TypeScript. */
export const tsx = import.meta.resolve('tsx');

/** The built program. */
export const programFile = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** How a run of the program ended, and everything that it said. */
export interface Outcome {
	readonly status: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A process that was started. */
export interface Running {
	readonly child: ChildProcess;
	readonly ended: Promise<Outcome>;
}

/** The built program as its users have it: a folder, a key file, a command line; it finds ICA at the simulator. */
export class Installation {
	readonly folder: string;
	readonly #simulator: Simulator;
	readonly #options: readonly string[];

	/** @param options in place of the usual source and destination project, `bssh_core` and `MGI` */
	constructor(
		folder: string,
		simulator: Simulator,
		options: readonly string[] = ['--source_project_name', 'bssh_core', '--destination_project_name', 'MGI'],
	) {
		this.folder = folder;
		this.#simulator = simulator;
		this.#options = options;
		writeFileSync(join(folder, 'api_key.txt'), `${simulator.apiKey}\n`, { mode: 0o600 });
	}

	/** Runs one pass to its end. */
	async pass(...more: readonly string[]): Promise<Outcome> {
		return await this.start(...more).ended;
	}

	/** Starts a pass. */
	start(...more: readonly string[]): Running {
		return runProgram(this.folder, { AWS_ENDPOINT_URL_S3: this.#simulator.s3Url }, this.words(...more));
	}

	/** The words after the program's name, for one pass. */
	words(...more: readonly string[]): string[] {
		const usual = ['--api_key_file', 'api_key.txt', '--server_url', this.#simulator.url];
		return [...usual, ...this.#options, ...more];
	}

	/** Runs a requeue to its end. */
	async requeue(...more: readonly string[]): Promise<Outcome> {
		const options = ['--api_key_file', 'api_key.txt', '--server_url', this.#simulator.url];
		const source = ['--source_project_name', 'bssh_core'];
		return await runProgram(this.folder, {}, ['requeue', ...options, ...source, ...more]).ended;
	}

	/** The text of a file in the folder; undefined when there is none. */
	read(name: string): string | undefined {
		const path = join(this.folder, name);
		return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
	}

	/** The analysis ids in the managed table, in its order. */
	managedIds(): string[] {
		const [, ...rows] = (this.read('analyses_managed_table.txt') ?? '').trimEnd().split('\n');
		return rows.map((row) => row.slice(0, row.indexOf(',')));
	}

	/** The paths of all files, below the folder. */
	files(): string[] {
		return readdirSync(this.folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => relative(this.folder, join(entry.parentPath, entry.name)))
			.sort();
	}
}

/** Runs the built program in a folder, with nothing else in its environment but the PATH. */
export function runProgram(
	folder: string,
	environment: Readonly<Record<string, string>>,
	args: readonly string[],
): Running {
	return runCommand([process.execPath, programFile, ...args], folder, {
		PATH: process.env['PATH'] ?? '',
		...environment,
	});
}

/** Runs a command in a folder, with this environment and no other. */
export function runCommand(
	[command = '', ...args]: readonly string[],
	folder: string,
	environment: Readonly<Record<string, string>>,
): Running {
	const child = spawn(command, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
	const output = { stdout: '', stderr: '' };
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		output.stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		output.stderr += text;
	});
	const ended = new Promise<Outcome>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (status, signal) => resolve({ status, signal, ...output }));
	});
	return { child, ended };
}

/** Puts the command `umich-orchestrator` into a folder of the PATH. */
export function installCommand(folder: string): void {
	symlinkSync(programFile, join(folder, 'umich-orchestrator'));
}
