import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSecrets } from '../src/log.ts';
import type { Installation, Outcome } from './installation.ts';
import { startScene } from './scene.ts';

/** Everything that a pass wrote anywhere, but for the key file that its user wrote. */
function everythingWritten(installation: Installation, outcome: Outcome): string {
	const files = installation.files().filter((name) => name !== 'api_key.txt');
	const contents = files.map((name) => readFileSync(join(installation.folder, name), 'utf8'));
	return [...files, ...contents, outcome.stdout, outcome.stderr].join('\n');
}

describe('secrets', () => {
	it.each([
		['succeeds', undefined],
		['fails with HTML', { kind: 'html' }],
		['fails with a problem that quotes the request', 'echo'],
		['fails at the storage', 's3'],
	] as const)('are in nothing that a pass writes when it %s, debug lines included', async (_, how) => {
		const scene = await startScene();
		scene.analysis();
		const { simulator } = scene;
		if (how === 'echo') {
			simulator.addFault({
				operation: 'createFileWithTemporaryCredentials',
				answer: {
					kind: 'status',
					status: 400,
					body: { title: 'Bad', detail: `key ${simulator.apiKey} is bad` },
				},
			});
		} else if (how === 's3') {
			simulator.addFault({ server: 's3', times: 9, answer: { kind: 'status', status: 403 } });
		} else if (how !== undefined) {
			simulator.addFault({ operation: 'createFileWithTemporaryCredentials', answer: how });
		}
		const installation = scene.install();

		const outcome = await installation.pass('--log_level', 'debug');

		expect(outcome.status).toBe(how === undefined ? 0 : 1);
		const written = everythingWritten(installation, outcome);
		expect(written).toContain('/api/tokens');
		expect(simulator.secrets.length).toBeGreaterThan(1);
		for (const secret of simulator.secrets) {
			expect(secret.length).toBeGreaterThan(10);
			expect(written).not.toContain(secret);
		}
	});

	it('are blanked out of any line, whichever way they got into it', () => {
		const secrets = newSecrets();
		secrets.add('s3cr3t-key');
		secrets.add('');
		secrets.add('a');
		expect(secrets.blank('url?key=s3cr3t-key&again=s3cr3t-key')).toBe('url?key=[secret]&again=[secret]');
	});
});
