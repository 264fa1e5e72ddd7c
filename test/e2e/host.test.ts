import { execFileSync, spawnSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	cpSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { connect as connectTo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readHostEnvironment } from '../../src/cli/host-environment.ts';
import { oldestNode, reasonNotToRun } from '../../src/cli/node-version.ts';
import {
	type Installation,
	type Outcome,
	programFile,
	type Running,
	runCommand,
} from '../helpers/installation.ts';
import { type Scene, startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const { PATH = '' } = process.env;
const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));

async function sceneToDeliver(): Promise<{ scene: Scene; installation: Installation }> {
	const scene = await startScene();
	scene.analysis();
	return { scene, installation: scene.install() };
}

/** A copy of the built program that any user may read. */
function copyOfProgram(): { readonly folder: string; readonly file: string } {
	const folder = temporaryFolder();
	chmodSync(folder, 0o755);
	cpSync(fileURLToPath(new URL('.', `file://${programFile}`)), join(folder, 'dist'), { recursive: true });
	cpSync(packageFile, join(folder, 'package.json'));
	return { folder, file: join(folder, 'dist', 'cli.js') };
}

function expectDelivered(
	{ scene, installation }: { scene: Scene; installation: Installation },
	outcome: Outcome,
) {
	expect(outcome).toMatchObject({ status: 0, stderr: '' });
	expect(installation.managedIds()).toHaveLength(1);
	const manifests = scene.world.dataOf(scene.destination).filter(({ path }) => path.endsWith('.csv'));
	expect(manifests.map(({ status }) => status)).toEqual(['AVAILABLE']);
}

const hostile = {
	AWS_PROFILE: 'lab',
	AWS_REGION: 'mars-1',
	AWS_DEFAULT_REGION: 'mars-1',
	AWS_ENDPOINT_URL: 'https://elsewhere.invalid',
	AWS_ACCESS_KEY_ID: 'another',
	AWS_SECRET_ACCESS_KEY: 'another',
	AWS_USE_FIPS_ENDPOINT: 'true',
	AWS_USE_DUALSTACK_ENDPOINT: 'true',
	AWS_MAX_ATTEMPTS: '1',
	AWS_RETRY_MODE: 'nonsense',
	AWS_DEFAULTS_MODE: 'nonsense',
	AWS_REQUEST_CHECKSUM_CALCULATION: 'nonsense',
	AWS_S3_USE_ARN_REGION: 'nonsense',
	AWS_EXECUTION_ENV: 'lab-environment',
	DEBUG: '*',
	NODE_TLS_REJECT_UNAUTHORIZED: '0',
};

const hostileConfig = `[default]
endpoint_url = https://elsewhere.invalid
use_fips_endpoint = true
retry_mode = nonsense
region = mars-1
[profile lab]
endpoint_url = https://elsewhere.invalid
max_attempts = nonsense
`;

describe("the host's environment", () => {
	it('decides nothing about the storage but by AWS_ENDPOINT_URL_S3', async () => {
		const { scene, installation } = await sceneToDeliver();
		const home = temporaryFolder();
		mkdirSync(join(home, '.aws'));
		writeFileSync(join(home, '.aws', 'config'), hostileConfig);
		writeFileSync(join(home, '.aws', 'credentials'), hostileConfig);
		const environment = { PATH, HOME: home, ...hostile, AWS_ENDPOINT_URL_S3: scene.simulator.s3Url };
		const command = [process.execPath, programFile, ...installation.words()];
		expectDelivered(
			{ scene, installation },
			await runCommand(command, installation.folder, environment).ended,
		);
		const [put] = scene.simulator.s3Exchanges;
		expect(JSON.stringify(put?.headers)).not.toContain('lab-environment');
	});

	it('hands nothing on to commands that could hold a secret', () => {
		const environment = {
			...{ PATH, HOME: '/h', LC_ALL: 'C', TZ: 'UTC', https_proxy: 'http://proxy:3128' },
			...{ ICA_API_KEY: 'x', MY_TOKEN: 'x', HTTP_PROXY: 'http://user:word@proxy:3128' },
		};
		expect(readHostEnvironment({ ...environment, ...hostile }).commandEnvironment).toEqual({
			...{ PATH, HOME: '/h', LC_ALL: 'C', TZ: 'UTC', https_proxy: 'http://proxy:3128' },
		});
	});

	it("keeps its own addresses out of AWS's own endpoint", () => {
		const environment: NodeJS.ProcessEnv = { PATH, HOME: '/h', ...hostile };
		expect(readHostEnvironment(environment).storageEndpoint).toBeUndefined();
		expect(readHostEnvironment({ AWS_ENDPOINT_URL_S3: '' }).storageEndpoint).toBeUndefined();
		expect(readHostEnvironment({ AWS_ENDPOINT_URL_S3: 'https://x' }).storageEndpoint).toBe('https://x');
		expect(environment).toEqual({
			PATH,
			HOME: '/h',
			AWS_CONFIG_FILE: '/dev/null',
			AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
			AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
		});
	});

	it('is not searched for a home directory', async () => {
		const { scene, installation } = await sceneToDeliver();
		const homeless =
			'import os from "node:os"; import { syncBuiltinESMExports } from "node:module";' +
			'os.homedir = () => { throw new Error("there is no home directory"); }; syncBuiltinESMExports();';
		const environment = { PATH, AWS_ENDPOINT_URL_S3: scene.simulator.s3Url };
		const node = [process.execPath, '--import', `data:text/javascript,${homeless}`];
		const command = [...node, programFile, ...installation.words()];
		expectDelivered(
			{ scene, installation },
			await runCommand(command, installation.folder, environment).ended,
		);
	});

	const nobody = ['setpriv', '--reuid', '12345', '--regid', '12345', '--clear-groups', process.execPath];
	const isThere = spawnSync(nobody[0] ?? '', [...nobody.slice(1), '-e', '0'], { env: { PATH } }).status === 0;

	// needs root, setpriv, and a Node that any user may start
	it.skipIf(!isThere)('needs no known user', async () => {
		const { scene, installation } = await sceneToDeliver();
		const { file } = copyOfProgram();
		for (const path of [installation.folder, join(installation.folder, 'api_key.txt')]) {
			chownSync(path, 12_345, 12_345);
		}
		const environment = { PATH, AWS_ENDPOINT_URL_S3: scene.simulator.s3Url };
		const command = [...nobody, file, ...installation.words()];
		expectDelivered(
			{ scene, installation },
			await runCommand(command, installation.folder, environment).ended,
		);
	});
});

/** Listens, and ends with the test. */
async function portOf(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A proxy that connects to whom it is asked for, when it knows who asks, and remembers whom. */
async function startProxy(): Promise<{ readonly url: string; readonly asked: string[] }> {
	const asked: string[] = [];
	const server = createServer((client) => {
		client.once('data', (head) => {
			const [, target = ''] = /^CONNECT (\S+) /.exec(head.toString()) ?? [];
			asked.push(target);
			const credentials = Buffer.from('lab@core:pass').toString('base64');
			if (!head.toString().includes(`Proxy-Authorization: Basic ${credentials}`)) {
				client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
				return;
			}
			const there = connectTo(Number(target.split(':')[1]), '127.0.0.1');
			client.write('HTTP/1.1 200 OK\r\n\r\n');
			client.pipe(there).pipe(client);
		});
	});
	return { url: `http://lab%40core:pass@127.0.0.1:${await portOf(server)}`, asked };
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('a proxy', () => {
	/** A pass whose storage is behind https; which connections the proxy was asked for. */
	async function deliverBy(more: Readonly<Record<string, string>>): Promise<readonly string[]> {
		const { scene, installation } = await sceneToDeliver();
		const folder = temporaryFolder();
		const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
		const made =
			'req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2 -subj /CN=localhost';
		const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert];
		execFileSync('openssl', [...made.split(' '), ...names], { stdio: 'ignore' });
		const plain = Number(new URL(scene.simulator.s3Url).port);
		const tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
			socket.pipe(connectTo(plain, '127.0.0.1')).pipe(socket);
		});
		const port = await portOf(tls);
		const { url, asked } = await startProxy();
		const storage = { AWS_ENDPOINT_URL_S3: `https://localhost:${port}`, NODE_EXTRA_CA_CERTS: cert };
		const environment = { PATH, ...storage, HTTPS_PROXY: url, ...more };
		const command = [process.execPath, programFile, ...installation.words()];
		expectDelivered(
			{ scene, installation },
			await runCommand(command, installation.folder, environment).ended,
		);
		return asked.map((target) => target.replace(String(port), 'port'));
	}

	it('of HTTPS_PROXY is used for the storage, too', async () => {
		expect(new Set(await deliverBy({}))).toEqual(new Set(['localhost:port']));
	});

	it('is not used for a storage that NO_PROXY names', async () => {
		expect(await deliverBy({ NO_PROXY: 'localhost' })).toEqual([]);
	});
});

describe('an upgrade', () => {
	it('during a pass takes nothing away that the pass still needs', async () => {
		const { scene, installation } = await sceneToDeliver();
		const failed = scene.analysis({ status: 'FAILED' });
		const { folder, file } = copyOfProgram();
		scene.simulator.onRequest = () => rmSync(folder, { recursive: true, force: true });
		const environment = { PATH, AWS_ENDPOINT_URL_S3: scene.simulator.s3Url };
		const command = [process.execPath, file, ...installation.words('--summary_file', 'summary.json')];
		const { status, stderr } = await runCommand(command, installation.folder, environment).ended;
		expect(stderr).toMatch(
			/^Warning: Analysis .* ended FAILED .*\n(?:Warning: .*\n){2}Error: Action needed: 1 BCLConvert/,
		);
		expect(status).toBe(1);
		expect(installation.managedIds()).toHaveLength(1);
		expect(scene.simulator.s3Exchanges.map(({ operation }) => operation)).toEqual(['PutObject']);
		expect(readdirSync(join(installation.folder, 'requeue_templates')).join()).toContain(failed.id);
		expect(installation.read('summary.json')).toContain('"exit_status": 1');
	});
});

describe('a Node that is too old', () => {
	it.each([
		['12.22.12', false],
		['18.19.0', false],
		['20.18.3', false],
		['20.19.0', true],
		['22.1.0', true],
		['24.0.0', true],
	])('%s: it runs is %s', (version, runs) => {
		expect(reasonNotToRun(version, '/usr/bin/node') === undefined).toBe(runs);
	});

	it('is the same for npm as for the program', () => {
		const { engines }: { engines: { node: string } } = JSON.parse(readFileSync(packageFile, 'utf8'));
		expect(engines.node).toBe(`>=${oldestNode}`);
	});

	it('is told in one sentence, with status 2, before anything else is loaded', async () => {
		const { folder, file } = copyOfProgram();
		for (const name of readdirSync(join(folder, 'dist')).filter((each) => each !== 'cli.js')) {
			rmSync(join(folder, 'dist', name));
		}
		const versions =
			'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.19.0" } })';
		const start = (...words: string[]): Running =>
			runCommand(
				[process.execPath, '--import', `data:text/javascript,${versions}`, file, ...words],
				folder,
				{},
			);
		for (const words of [[], ['--help'], ['requeue']]) {
			expect(await start(...words).ended).toEqual({
				status: 2,
				signal: null,
				stdout: '',
				stderr: `Error: umich-orchestrator needs Node 20.19 or later, and ${process.execPath} is Node 18.19.0: see https://nodejs.org/en/download for a newer one, or use the Docker image.\n`,
			});
		}
	});
});
