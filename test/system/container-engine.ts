import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { has } from './skip.ts';

/** What `docker run` is given before and after the image's name. */
export interface Container {
	/** `--user`, `-v` and `--env`, each followed by its value. */
	readonly options: readonly string[];
	/** The program's own words. */
	readonly words: readonly string[];
}

/** Builds the image of a checkout and runs it. */
export interface Engine {
	readonly name: string;
	build(): void;
	/** Removes what containers have left behind. */
	cleanUp(): void;
	/** The command that runs a container of the image on the host's network. */
	command(container: Container): string[];
}

const image = 'umich-orchestrator';

/** Docker; or, where there is none, buildah with a script beside the checkout that makes the base image by itself. */
export function findEngine(checkout: string): Engine | undefined {
	if (has('docker') && spawnSync('docker', ['info']).status === 0) {
		return {
			name: 'docker',
			build: () => {
				execFileSync('docker', ['build', '-t', image, checkout], { stdio: 'inherit' });
			},
			cleanUp: () => undefined,
			command: ({ options, words }) => [
				'docker',
				'run',
				'--rm',
				'--network',
				'host',
				...options,
				image,
				...words,
			],
		};
	}
	const script = join(checkout, '../shared/tools/dockerfile_check.sh');
	return existsSync(script) ? buildah(checkout, script) : undefined;
}

function buildah(checkout: string, script: string): Engine {
	const tag = 'localhost/umich-orchestrator:check';
	const cache = process.env['CACHE'] ?? join(process.env['TMPDIR'] ?? tmpdir(), 'dockerfile-check');
	const storage = [
		'--root',
		join(cache, 'storage-vfs'),
		'--runroot',
		join(cache, 'runroot-vfs'),
		'--storage-driver',
		'vfs',
	];
	const ask = (...words: string[]): string =>
		execFileSync('buildah', [...storage, ...words], { encoding: 'utf8' }).trim();
	let container = '';
	let entrypoint: string[] = [];
	return {
		name: 'buildah',
		build() {
			execFileSync('bash', [script, checkout], {
				env: { ...process.env, TAG: tag, CACHE: cache, DRIVER: 'vfs' },
				stdio: ['ignore', 'ignore', 'inherit'],
			});
			container = ask('from', '--pull-never', '--signature-policy', join(cache, 'policy.json'), tag);
			const inspected: { Docker: { config: { Entrypoint: string[] } } } = JSON.parse(
				ask('inspect', '--type', 'image', tag),
			);
			entrypoint = inspected.Docker.config.Entrypoint;
		},
		cleanUp() {
			ask('rm', container);
		},
		command: ({ options, words }) => [
			'buildah',
			...storage,
			...['run', '--isolation', 'chroot', ...options, container, '--'],
			...entrypoint,
			...words,
		],
	};
}
