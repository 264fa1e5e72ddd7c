import { spawnSync } from 'node:child_process';

/** Whether a command is on the PATH. */
export function has(command: string): boolean {
	return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command]).status === 0;
}

/** Ends this check, without a complaint, when one of these is missing. */
export function needs(needed: Readonly<Record<string, boolean>>): void {
	const missing = Object.keys(needed).filter((what) => needed[what] !== true);
	if (missing.length > 0) {
		process.stdout.write(`Skipped: this check needs ${missing.join(', ')}.\n`);
		process.exit(0);
	}
}
