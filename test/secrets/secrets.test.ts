import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSecrets } from '../../src/secrets/secrets.ts';
import type { Installation, Outcome } from '../helpers/installation.ts';
import { startScene } from '../helpers/scene.ts';
import type { Fault } from '../simulator/faults.ts';
import type { Simulator } from '../simulator/simulator.ts';

/** Everything that a pass wrote anywhere, but for the key file that its user wrote. */
function everythingWritten(installation: Installation, outcome: Outcome): string {
	const files = installation.files().filter((name) => name !== 'api_key.txt');
	const contents = files.map((name) => readFileSync(join(installation.folder, name), 'utf8'));
	return [...files, ...contents, outcome.stdout, outcome.stderr].join('\n');
}

/** Adds a fault as soon as the program has made this call, when the secrets that it quotes have been given out. */
function after(simulator: Simulator, wanted: string, fault: () => Fault): void {
	simulator.onEffect = ({ operation }) => {
		if (operation === wanted) {
			simulator.onEffect = undefined;
			simulator.addFault(fault());
		}
	};
}

const creation = 'createFileWithTemporaryCredentials';
const cases: Readonly<Record<string, (simulator: Simulator) => void>> = {
	succeeds: () => undefined,
	'is answered by a page': (simulator) =>
		simulator.addFault({ operation: creation, answer: { kind: 'html' } }),
	'is answered by a problem that quotes key and token': (simulator) =>
		after(simulator, 'getAnalysisOutputs', () => ({
			operation: creation,
			answer: { kind: 'status', status: 400, body: { title: 'Bad', detail: simulator.secrets.join(' ') } },
		})),
	'is answered by text that quotes key and token': (simulator) =>
		after(simulator, 'getAnalysisOutputs', () => ({
			operation: 'createProjectDataLinkingBatch',
			answer: { kind: 'status', status: 201, body: `${'x'.repeat(40)} ${simulator.secrets.join(' ')}` },
		})),
	'gets credentials that are cut off': (simulator) =>
		simulator.addFault({
			operation: creation,
			times: 9,
			answer: { kind: 'rewrite', change: (body) => JSON.stringify(body).slice(0, -2) },
		}),
	'is refused by a storage that quotes its secrets': (simulator) =>
		after(simulator, creation, () => ({
			server: 's3',
			times: 9,
			answer: {
				kind: 'status',
				status: 403,
				body: `<Error><Code>No</Code><Message>${simulator.secrets.join(' ')}</Message></Error>`,
			},
		})),
};

describe('secrets', () => {
	it.each(Object.entries(cases))(
		'are in nothing that a pass writes, debug lines included, when it %s',
		async (name, prepare) => {
			const scene = await startScene();
			scene.analysis();
			const { simulator } = scene;
			prepare(simulator);
			const installation = scene.install();

			const outcome = await installation.pass('--log_level', 'debug');

			expect(outcome.status).toBe(name === 'succeeds' ? 0 : 1);
			const written = everythingWritten(installation, outcome);
			expect(written).toContain('/api/tokens');
			expect(simulator.secrets.length).toBeGreaterThan(1);
			for (const secret of simulator.secrets) {
				// not even a part of it, such as a quotation that was cut short
				expect(secret.length).toBeGreaterThan(16);
				expect(written).not.toContain(secret.slice(0, 12));
				expect(written).not.toContain(secret.slice(-12));
			}
		},
	);

	it.each(['createJwtToken', creation])(
		'are not quoted from an answer that breaks off: %s',
		async (operation) => {
			const scene = await startScene();
			scene.analysis();
			const body = '{"s":"eyJhbGciOiJub25lIn0.unheard-of';
			scene.simulator.addFault({ operation, answer: { kind: 'status', status: 200, body } });
			const installation = scene.install();
			const outcome = await installation.pass('--log_level', 'debug');
			expect(outcome.status).toBe(1);
			expect(outcome.stderr).toContain('is not what it should be: no JSON, but text/html.');
			expect(everythingWritten(installation, outcome)).not.toContain('eyJ');
		},
	);

	it('are blanked out of any line, whichever way they got into it', () => {
		const secrets = newSecrets();
		secrets.add('s3cr3t-key');
		secrets.add('');
		secrets.add('a');
		expect(secrets.blank('url?key=s3cr3t-key&again=s3cr3t-key')).toBe('url?key=[secret]&again=[secret]');
	});

	const inBase64 = (secret: string): string => Buffer.from(secret).toString('base64');
	const lower = (text: string): string => text.replace(/%../g, (each) => each.toLowerCase());
	const ways: Readonly<Record<string, (secret: string) => string>> = {
		plainly: (secret) => secret,
		'in an address': encodeURIComponent,
		'in a query': (secret) => new URLSearchParams({ k: secret }).toString().slice(2),
		'in an address, in lower case': (secret) => lower(encodeURIComponent(secret)),
		'in an address in an address': (secret) => encodeURIComponent(encodeURIComponent(secret)),
		'in base64': inBase64,
		'in base64 for addresses': (secret) => Buffer.from(secret).toString('base64url'),
		'in base64 in an address': (secret) => encodeURIComponent(inBase64(secret)),
		'in JSON': (secret) => JSON.stringify({ k: secret }),
		'in JSON in JSON': (secret) => JSON.stringify({ k: JSON.stringify({ k: secret }) }),
		'in JSON with escaped slashes': (secret) => JSON.stringify(secret).replaceAll('/', '\\/'),
		'in hexadecimal digits': (secret) => Buffer.from(secret).toString('hex'),
	};
	/** As keys, JWTs and S3's credentials are made of. */
	const anySecret = fc.stringMatching(/^[A-Za-z0-9+/=_.!'()*"\\-]{6,60}$/);

	it.each(Object.entries(ways))('are blanked out where they are written %s', (_, write) => {
		fc.assert(
			fc.property(anySecret, fc.array(anySecret, { maxLength: 3 }), (secret, others) => {
				const secrets = newSecrets();
				for (const each of [secret, ...others]) {
					secrets.add(each);
				}
				const written = write(secret);
				const said = secrets.blank(`<${written}> {${written}}`);
				expect(said).not.toContain(written);
				expect(said).not.toContain(secret);
				expect(said).toContain('[secret]');
			}),
		);
	});

	it('are blanked out of base64 that holds more', () => {
		fc.assert(
			fc.property(anySecret, fc.string(), fc.string(), (secret, left, right) => {
				const secrets = newSecrets();
				secrets.add(secret);
				const said = secrets.blank(inBase64(left + secret + right));
				const [ahead = '', behind = ''] = said.split('[secret]');
				expect(said).toContain('[secret]');
				// at most the characters that it shares with its neighbours
				expect(ahead.length).toBeLessThanOrEqual(Math.ceil((Buffer.byteLength(left) * 4) / 3) + 2);
				expect(behind.length).toBeLessThanOrEqual(Math.ceil((Buffer.byteLength(right) * 4) / 3) + 4);
			}),
		);
	});

	it('that overlap, or hold one another, are blanked out whole', () => {
		const secrets = newSecrets();
		for (const each of ['abcdefgh', 'cdefgh-ijklmn', 'defghi', 'token-abcdefgh-end']) {
			secrets.add(each);
		}
		expect(secrets.blank('x token-abcdefgh-end y abcdefgh-ijklmn z abcdefghabcdefgh')).toBe(
			'x [secret] y [secret] z [secret][secret]',
		);
	});

	it('take nothing else along', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), anySecret, (left, right, secret) => {
				const secrets = newSecrets();
				secrets.add(secret);
				fc.pre(!`${left}${right}`.includes(secret));
				expect(secrets.blank(`${left} ${right}`)).toBe(`${left} ${right}`);
			}),
		);
	});
});
