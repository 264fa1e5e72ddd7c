import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bsshOutput } from '../helpers/basespace-scene.ts';
import type { Installation } from '../helpers/installation.ts';
import { fastqs, type Scene, startScene } from '../helpers/scene.ts';

const day = 24 * 3_600_000;

/** A delivered run of 95 days ago with a dataset in BaseSpace, and a fresh one, at the true time. */
async function installed(): Promise<{ readonly scene: Scene; readonly installation: Installation }> {
	const scene = await startScene();
	const { basespace } = scene.world;
	const startDate = new Date(Date.now() - 95 * day);
	const project = basespace.addProject('Core');
	basespace.addDataset(project, { name: 'old', dateCreated: startDate });
	const files = [...fastqs('M-1'), { path: 'bsshoutput.json', content: bsshOutput(['Core']) }];
	const old = scene.analysis({ startDate, files });
	scene.manifest(old, startDate);
	scene.analysis();
	const installation = scene.install();
	const { folder } = installation;
	writeFileSync(join(folder, 'analyses_managed_table.txt'), `analysis_id_managed,run_id\n${old.id},x\n`);
	writeFileSync(
		join(folder, 'default.cfg'),
		`apiServer = ${scene.simulator.basespaceUrl}\naccessToken = ${scene.simulator.basespaceToken}\n`,
		{ mode: 0o600 },
	);
	return { scene, installation };
}

const flags = ['--basespace_access_token_file', 'default.cfg', '--log_level', 'debug'];

describe('the program with a BaseSpace token', () => {
	it('ages what BaseSpace manages, at the host that the file names, and shows the token nowhere', async () => {
		const { scene, installation } = await installed();
		chmodSync(join(installation.folder, 'default.cfg'), 0o644);
		const { status, stdout, stderr } = await installation.pass(...flags, '--empty_trash');
		expect(status).toBe(0);
		expect(scene.world.basespace.actions.map(({ action }) => action)).toEqual(['delete']);
		expect(scene.world.basespace.timesEmptied).toBe(1);
		expect(stderr).toContain('The BaseSpace token file default.cfg can be read by other users (mode 0644)');
		expect(stdout).toContain('1 analysis delivered');
		const written = [stdout, stderr, ...installation.files().filter((name) => name !== 'default.cfg')];
		for (const text of written.map((name) => installation.read(name) ?? name)) {
			expect(text).not.toContain(scene.simulator.basespaceToken);
		}
		expect(installation.files()).toContain('analyses_managed_table.txt.basespace');
	});

	it('shows the token nowhere when BaseSpace quotes it', async () => {
		const { scene, installation } = await installed();
		const { basespaceToken } = scene.simulator;
		const body = { ErrorCode: 'BAD', ErrorMessage: `What is ${basespaceToken}?`, RequestId: '1' };
		for (const operation of ['listDatasets', 'listRuns']) {
			const answer = { kind: 'status', status: 400, body } as const;
			scene.simulator.addFault({ server: 'basespace', operation, answer });
		}
		const { status, stdout, stderr } = await installation.pass(...flags);
		expect(status).toBe(1);
		expect(stderr).toContain('status 400, BAD: What is [secret]?');
		for (const text of [stdout, stderr, installation.read('orchestrator.log')]) {
			expect(text).not.toContain(basespaceToken.slice(0, 12));
		}
	});

	it('ends with status 1 when the token is read only, with everything else done', async () => {
		const { scene, installation } = await installed();
		scene.world.basespace.scopes = ['BROWSE GLOBAL', 'READ GLOBAL'];
		const { status, stdout, stderr } = await installation.pass(...flags);
		expect(status).toBe(1);
		expect(stdout).toContain('1 analysis delivered');
		expect(stderr).toMatch(/Not done, since the token lacks MOVETOTRASH GLOBAL: delete dataset old/);
		expect(stderr).toContain('bs auth --scopes');
		expect(installation.managedIds()).toHaveLength(2);
		expect(scene.world.basespace.actions).toEqual([]);
	});

	it.each([
		['accessToken = \n', 'holds no access token'],
		[
			'accessToken = x123456\napiServer = http://api.basespace.illumina.com\n',
			'apiServer in default.cfg is refused',
		],
	])('refuses a file with %j before anything is sent, with status 2', async (content, message) => {
		const { scene, installation } = await installed();
		const file = join(installation.folder, 'default.cfg');
		writeFileSync(file, content);
		const { status, stderr } = await installation.pass(...flags);
		expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
		expect([scene.operations(), scene.simulator.basespaceExchanges]).toEqual([[], []]);
		expect(readFileSync(file, 'utf8')).toBe(content);
	});

	it('lets --basespace_url go before the host that the file names', async () => {
		const { scene, installation } = await installed();
		const { simulator } = scene;
		writeFileSync(
			join(installation.folder, 'default.cfg'),
			`apiServer = https://127.0.0.1:1\naccessToken = ${simulator.basespaceToken}\n`,
			{ mode: 0o600 },
		);
		const outcome = await installation.pass(...flags, '--basespace_url', simulator.basespaceUrl, '--dry_run');
		expect(outcome).toMatchObject({ status: 0, stderr: '' });
		expect(outcome.stdout).toContain('Would delete dataset old');
	});

	it('is ended by a signal in the middle of ageing there, and the next pass finishes it', async () => {
		const { scene, installation } = await installed();
		const { basespace } = scene.world;
		const [project] = basespace.projects;
		basespace.addDataset(project ?? basespace.addProject('Core'), {
			name: 'ripe',
			dateCreated: new Date(Date.now() - 70 * day),
		});
		const { child, ended } = installation.start(...flags);
		scene.simulator.addFault({
			server: 'basespace',
			operation: 'deleteDataset',
			where: () => child.kill('SIGTERM'),
			answer: { kind: 'delay', millis: 300 },
		});
		expect(await ended).toMatchObject({ status: 143 });
		expect(basespace.actions.map(({ action, item }) => `${action} ${item.name}`)).not.toContain(
			'archive ripe',
		);
		expect(await installation.pass(...flags)).toMatchObject({ status: 0, stderr: '' });
		expect(basespace.actions.map(({ action, item }) => `${action} ${item.name}`)).toEqual([
			'delete old',
			'archive ripe',
		]);
	});
});
