import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds the program, so that no test runs an old one, whoever starts the tests and however. */
export function setup(): void {
	const checkout = fileURLToPath(new URL('../..', import.meta.url));
	execFileSync(process.execPath, ['build.js'], { cwd: checkout, stdio: 'inherit' });
}
