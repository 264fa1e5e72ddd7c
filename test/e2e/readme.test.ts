import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { passTable } from '../../src/options/pass-options.ts';
import { requeueTable } from '../../src/options/requeue-options.ts';
import { flagsOf } from '../../src/options/table.ts';
import { installCommand, type Outcome, runCommand } from '../helpers/installation.ts';
import {
	architecture,
	blocksOf,
	monitoring,
	optionRows,
	requeueRows,
	troubleMessages,
} from '../helpers/readme.ts';
import { startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const ownFolder = /\/(etc|var\/lib)\/umich-orchestrator/g;
const listingOfCode = /```\nsrc\/\n([\s\S]*?)\n```/;
const codeFolder = /^ {2}([\w-]+)\/ /gm;
const src = fileURLToPath(new URL('../../src', import.meta.url));

/** A command that does nothing but run the rest of its words, less the options given. */
const transparent = (shift: string): string => `#!/bin/sh\n${shift}\nexec "$@"\n`;

/** A machine for README's commands: its folders are moved below one of ours, and nothing needs root. */
async function machine() {
	const scene = await startScene();
	Object.assign(scene.source, { name: 'BSSH core' });
	const root = temporaryFolder();
	const bin = join(root, 'bin');
	mkdirSync(bin);
	mkdirSync(join(root, 'var/lib/umich-orchestrator'), { recursive: true });
	mkdirSync(join(root, 'etc'));
	installCommand(bin);
	const commands = {
		sudo: transparent('case "$1" in -u) shift 2;; esac\n[ "$1" = -i ] && shift'),
		useradd: '#!/bin/sh\n',
		// the owner cannot be another one here
		install: `#!/bin/bash\nargs=("$@")\nfor i in "\${!args[@]}"; do [ "\${args[i]}" = -o ] && unset "args[i]" "args[i+1]"; done\nexec /usr/bin/install "\${args[@]}"\n`,
		sudoedit: `#!/bin/sh\necho '${scene.simulator.apiKey}' >"$1"\n`,
	};
	for (const [name, text] of Object.entries(commands)) {
		writeFileSync(join(bin, name), text);
		chmodSync(join(bin, name), 0o755);
	}
	const state = join(root, 'var/lib/umich-orchestrator');
	const run = async (block: string): Promise<Outcome> => {
		const moved = block.replaceAll(ownFolder, `${root}/$1/umich-orchestrator`);
		return await runCommand(['bash', '-euc', moved], state, {
			PATH: `${bin}:${process.env['PATH']}`,
			AWS_ENDPOINT_URL_S3: scene.simulator.s3Url,
			UMICH_ORCHESTRATOR_SERVER_URL: scene.simulator.url,
		}).ended;
	};
	return { scene, state, run };
}

function shellBlock(mark: string): string {
	const block = blocksOf('sh').find((each) => each.includes(mark));
	expect(block, `README has a command with ${mark}`).toBeDefined();
	return block ?? '';
}

describe("README's commands", () => {
	it('make the folders and the key file, show a dry run, and deliver', async () => {
		const { scene, state, run } = await machine();
		const { id } = scene.analysis();

		expect(await run(shellBlock('useradd'))).toMatchObject({ status: 0, stderr: '' });
		const look = shellBlock('--dry_run');
		expect(await run(look)).toMatchObject({
			status: 0,
			stderr: '',
			stdout: expect.stringContaining('Would deliver'),
		});
		expect(readdirSync(state)).toEqual(['orchestrator.log']);

		expect(await run(look.replace(' --dry_run', ''))).toMatchObject({ status: 0, stderr: '' });
		expect(readFileSync(join(state, 'analyses_managed_table.txt'), 'utf8')).toContain(id);
	});

	it.skipIf(spawnSync('jq', ['--version']).status !== 0)(
		'turn the summary into metrics (skipped where there is no jq)',
		async () => {
			const { state, run } = await machine();
			expect(await run(shellBlock('useradd'))).toMatchObject({ status: 0 });
			const pass = shellBlock('--dry_run').replace('--dry_run', '--summary_file summary.json');
			expect(await run(pass)).toMatchObject({ status: 0 });
			expect(await run(shellBlock('jq -r'))).toMatchObject({ status: 0, stderr: '' });
			expect(readFileSync(join(state, 'umich_orchestrator.prom'), 'utf8')).toMatch(
				/^umich_orchestrator_exit_status 0\numich_orchestrator_end_seconds \d{10}\n$/,
			);
		},
	);
});

describe("README's tables", () => {
	it('have every option, with its default, and no other', () => {
		const tables = { ...requeueTable, ...passTable };
		for (const [name, entry] of Object.entries(tables)) {
			const row = optionRows().find((each) => each.includes(`\`${flagsOf(name, entry)}\``));
			expect(row ?? requeueRows().join(), name).toContain(`\`--${name}`);
			if (row !== undefined && entry.default !== undefined) {
				expect(row.replaceAll('`', '')).toContain(`| ${entry.default} |`);
			}
			if (row !== undefined && entry.isRequired) {
				expect(row).toContain('| required |');
			}
		}
		expect(Object.keys(passTable).filter((name) => !optionRows().join().includes(`\`--${name}`))).toEqual([]);
		const named = [...optionRows(), ...requeueRows()].flatMap((row) => [
			...(row.split(' | ')[0] ?? '').matchAll(/`--(\w+)/g),
		]);
		expect(named.map(([, name]) => name).filter((name) => !(String(name) in tables))).toEqual([]);
	});

	it('explain only messages that the program has', () => {
		const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.ts'))
			.map((name) => readFileSync(join(src, name), 'utf8'))
			.join('\n')
			.replaceAll(String.raw`\'`, "'");
		const messages = troubleMessages();
		expect(messages.length).toBeGreaterThan(8);
		for (const message of messages.filter((each) => !(each.includes('line') || each.includes('tries')))) {
			expect(code).toContain(message);
		}
	});
});

describe('the page on the architecture', () => {
	it('names the folders of the code that exist, and every one of them', () => {
		const listing = listingOfCode.exec(architecture)?.[1] ?? '';
		const named = [...listing.matchAll(codeFolder)].map(([, name]) => name);
		const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
		expect(named.toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
	});

	it('names only files of the code that exist', () => {
		const named = [...architecture.matchAll(/`((?:[a-z-]+\/)+[a-z-]+\.ts)`/g)].map(([, name]) => `${name}`);
		expect(named.length).toBeGreaterThan(10);
		const known = readdirSync(src, { recursive: true, encoding: 'utf8' });
		const missing = named.filter((name) => !known.some((file) => file === name || file.endsWith(`/${name}`)));
		expect(missing).toEqual([]);
	});
});

describe('the page on monitoring', () => {
	it('has every key of the summary and of the JSON log', async () => {
		const scene = await startScene();
		scene.analysis();
		const installation = scene.install();
		const command = ['--summary_file', 'summary.json', '--log_format', 'json'];
		expect(await installation.pass(...command)).toMatchObject({ status: 0 });
		const [summary = '', line = ''] = blocksOf('json', monitoring);
		const keysOf = (text: string): string[] => Object.keys(JSON.parse(text)).sort();
		expect(keysOf(summary)).toEqual(keysOf(installation.read('summary.json') ?? '{}'));
		const lines = (installation.read('orchestrator.log') ?? '').trimEnd().split('\n');
		const delivered = lines.find((each) => each.includes('"event":"delivered"'));
		expect(keysOf(line)).toEqual(keysOf(delivered ?? '{}'));
		const example = JSON.parse(summary) as Record<string, object>;
		const real = JSON.parse(installation.read('summary.json') ?? '{}') as Record<string, object>;
		for (const key of ['analyses', 'deliveries', 'old_data']) {
			expect(Object.keys(example[key] ?? {}).sort()).toEqual(Object.keys(real[key] ?? {}).sort());
			for (const inner of Object.keys(real[key] ?? {})) {
				expect(monitoring).toContain(`\`${inner}\``);
			}
		}
	});
});
