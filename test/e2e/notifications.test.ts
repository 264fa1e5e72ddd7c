import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import type { Installation } from '../helpers/installation.ts';
import { fastqs, lookingOperations, type Scene, startScene } from '../helpers/scene.ts';

/** What a notification says. */
interface Event {
	readonly event: string;
	readonly id: string;
	readonly recipients?: readonly string[];
	readonly [key: string]: unknown;
}

const dayMs = 24 * 60 * 60 * 1000;

/** A command that keeps each document that it is given, on a line of its own. */
const keep = ['--notify_command', 'cat >> told.txt'];

function told(installation: Installation): Event[][] {
	const lines = (installation.read('told.txt') ?? '').trimEnd().split('\n').filter(Boolean);
	return lines.map((line) => (JSON.parse(line) as { events: Event[] }).events);
}

/** MGI and another group, with samples of both in one analysis. */
async function twoGroups(): Promise<{ scene: Scene; installation: Installation }> {
	const scene = await startScene({}, { source: { externallyManaged: false } });
	scene.world.addProject('Lab project');
	const installation = scene.install([
		...['--source_project_name', 'bssh_core', '--recipients_file', 'recipients.csv'],
		...['--notify_event_code', 'fastqs', ...keep],
	]);
	writeFileSync(
		join(installation.folder, 'recipients.csv'),
		'name,pattern,project\nMGI,^M-,MGI\nLab,^L-,Lab project\n',
	);
	return { scene, installation };
}

describe('the notify command', () => {
	it('gets what was done as one JSON document, once, and nothing from a quiet pass or a dry run', async () => {
		const scene = await startScene();
		const analysis = scene.analysis();
		const installation = scene.install();
		await installation.pass(...keep, '--dry_run');
		expect(told(installation)).toEqual([]);
		expect(await installation.pass(...keep)).toMatchObject({ status: 0, stderr: '' });
		const event = {
			event: 'delivered',
			id: expect.stringMatching(/^delivered-[0-9a-f]{16}$/),
			time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			analysis_id: analysis.id,
			run_id: analysis.reference,
			recipients: ['MGI'],
			place: null,
			item: null,
			files: 2,
			bytes: 2_097_152,
			reason: null,
		};
		expect(told(installation)).toEqual([[event]]);
		await installation.pass(...keep);
		expect(told(installation)).toHaveLength(1);
	});

	it('gets failures with their reason, and what needs action, once a day', async () => {
		const scene = await startScene();
		const unlucky = scene.analysis();
		scene.world.forceLinkOutcome(unlucky.files[0]?.id ?? '', 'FAILED', 'no right');
		const failed = scene.analysis({ status: 'FAILED' });
		const installation = scene.install();
		await installation.pass(...keep);
		const [events = []] = told(installation);
		expect(events.map(({ event, analysis_id: id }) => [event, id])).toEqual([
			['not_delivered', unlucky.id],
			['failed_analysis', failed.id],
			['attention', null],
			['attention', null],
		]);
		expect(events[0]).toMatchObject({ recipients: ['MGI'], reason: expect.stringContaining('no right') });
		await installation.pass(...keep);
		const again = told(installation)[1]?.map(({ event }) => event) ?? [];
		expect(again).not.toContain('not_delivered');
		expect(again).not.toContain('failed_analysis');
	});

	it('gets it from the next pass, with the same id, when it failed; that costs a warning', async () => {
		const scene = await startScene();
		scene.analysis();
		const installation = scene.install();
		const failing = ['--notify_command', 'cat > first.json; echo no mail today >&2; exit 3'];
		const first = await installation.pass(...failing);
		expect(first).toMatchObject({ status: 0 });
		expect(first.stderr).toContain('--notify_command failed: exit status 3: no mail today');
		const [event] = (JSON.parse(installation.read('first.json') ?? '') as { events: Event[] }).events;
		expect((await installation.pass(...failing)).stderr).toBe('');
		expect(await installation.pass(...keep)).toMatchObject({ status: 0, stderr: '' });
		expect(told(installation)).toEqual([[event]]);
	});

	it('gets it from the next pass when the pass was killed before it could', async () => {
		const scene = await startScene();
		const analysis = scene.analysis();
		const installation = scene.install();
		// killed while the program waits for the command
		const killed = await installation.pass('--notify_command', 'kill -9 $PPID');
		expect(killed.signal).toBe('SIGKILL');
		expect(installation.managedIds()).toEqual([analysis.id]);
		expect(await installation.pass(...keep)).toMatchObject({ status: 0 });
		expect(told(installation).flat()).toEqual([
			expect.objectContaining({ event: 'delivered', analysis_id: analysis.id }),
		]);
	});

	it('finds nothing of the host and of the key around it, and reads from stdin alone', async () => {
		const scene = await startScene();
		scene.analysis();
		const installation = scene.install();
		writeFileSync(join(installation.folder, 'env.sh'), '#!/bin/sh\nenv > env.txt\n');
		chmodSync(join(installation.folder, 'env.sh'), 0o755);
		await installation.pass('--notify_command', './env.sh');
		const names = (installation.read('env.txt') ?? '').split('\n').map((line) => line.split('=')[0] ?? '');
		expect(names.filter((name) => !['', 'PATH', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual([]);
		expect(names).toContain('PATH');
		expect(installation.read('env.txt')).not.toContain(scene.simulator.apiKey);
	});

	it('is told why a pass could not even begin', async () => {
		const scene = await startScene();
		const installation = scene.install();
		await installation.pass();
		const wrong = [...keep, '--api_key_file', 'none.txt'];
		expect(await installation.pass(...wrong)).toMatchObject({ status: 2 });
		await installation.pass(...wrong);
		expect(told(installation)).toEqual([
			[
				expect.objectContaining({
					event: 'attention',
					reason: expect.stringContaining('--api_key_file cannot be read'),
				}),
			],
		]);
	});

	it('is told of deletions, with what was each one’s, and of failed analyses without anybody', async () => {
		const { scene, installation } = await twoGroups();
		scene.world.setNow(new Date(Date.now() - 95 * dayMs));
		const analysis = scene.analysis({ files: fastqs('M-1', 'L-2', 'PhiX') });
		const failed = scene.analysis({ files: fastqs('M-3'), status: 'FAILED' });
		await installation.pass();
		scene.world.setNow(new Date());
		const { stdout } = await installation.pass();
		const deletions = told(installation)
			.flat()
			.filter(({ event }) => event === 'deleted');
		const deletion = deletions.find(({ analysis_id: id }) => id === analysis.id);
		expect(deletion).toMatchObject({ recipients: ['MGI', 'Lab'], place: 'ICA', files: 6 });
		expect(deletions.find(({ analysis_id: id }) => id === failed.id)).toMatchObject({
			recipients: [],
			files: 2,
		});
		expect(stdout).toMatch(
			/Deleting .*: 95\.0 days old, 6 files \(2 MGI's, 2 Lab's, delivered \d{4}-\d\d-\d\dT\d\d:\d\dZ\), 6\.3 MB, in /,
		);
		expect(stdout).toMatch(/Deleting .*: 95\.0 days old, 2 files, 2\.1 MB, in /);
		const own = expect.objectContaining({ id: deletion?.id, files: 2, bytes: 2_097_152 });
		const raised = scene.world.customEvents.slice(2);
		expect(raised.map(({ project }) => project.name).sort()).toEqual(['Lab project', 'MGI']);
		expect(raised.map(({ content }) => content)).toEqual([
			{ version: 1, events: [own] },
			{ version: 1, events: [own] },
		]);
	});
});

describe('the event in a recipient’s project', () => {
	it('is raised once in a pass for each that has something to be told, with its own entries alone', async () => {
		const { scene, installation } = await twoGroups();
		scene.analysis({ files: fastqs('M-1', 'L-2') });
		scene.analysis({ files: fastqs('M-3') });
		expect(await installation.pass()).toMatchObject({ status: 0, stderr: '' });
		const counts = scene.world.customEvents.map(({ project, code, content }) => [
			project.name,
			code,
			(content['events'] as Event[]).map(({ event, files }) => `${event} ${files}`),
		]);
		expect(counts.toSorted()).toEqual([
			['Lab project', 'fastqs', ['delivered 2']],
			['MGI', 'fastqs', ['delivered 2', 'delivered 2']],
		]);
		const forLab = JSON.stringify(scene.world.customEvents.find(({ project }) => project.name !== 'MGI'));
		expect(forLab).not.toContain('recipients');
		await installation.pass();
		expect(scene.world.customEvents).toHaveLength(2);
	});

	it('costs a warning when the project refuses it, and is sent by the next pass when ICA was not there', async () => {
		const { scene, installation } = await twoGroups();
		scene.analysis({ files: fastqs('M-1', 'L-2') });
		scene.simulator.addFault({
			operation: 'createCustomEvent',
			where: ({ path }) => path.includes(scene.destination.id),
			answer: { kind: 'status', status: 403 },
		});
		scene.simulator.addFault({
			operation: 'createCustomEvent',
			where: ({ path }) => !path.includes(scene.destination.id),
			answer: { kind: 'status', status: 500 },
		});
		const first = await installation.pass();
		expect(first).toMatchObject({ status: 0 });
		expect(first.stderr).toContain('Recipient MGI is not notified: ');
		expect(first.stderr).toContain('Recipient Lab is not notified yet: ');
		expect(scene.world.customEvents).toEqual([]);
		await installation.pass();
		expect(scene.world.customEvents.map(({ project }) => project.name)).toEqual(['Lab project']);
	});

	it('is not raised again when a row is deleted and all is there as it was', async () => {
		const { scene, installation } = await twoGroups();
		scene.analysis({ files: fastqs('M-1') });
		await installation.pass();
		writeFileSync(join(installation.folder, 'analyses_managed_table.txt'), '');
		writeFileSync(join(installation.folder, 'analyses_managed_table.txt.notifications'), '');
		expect((await installation.pass()).stdout).toContain('0 linked, 2 already linked');
		expect(scene.world.customEvents).toHaveLength(1);
	});

	it('has a code that people can subscribe to', async () => {
		const scene = await startScene();
		const outcome = await scene.install().pass('--notify_event_code', 'x'.repeat(21));
		expect(outcome).toMatchObject({ status: 2 });
		expect(outcome.stderr).toContain('at most 20 characters');
	});
});

describe('a pass that is killed at any change', () => {
	it('leaves to the next pass what people are to be told, each once, and with the same ids', async () => {
		const make = async () => {
			const made = await twoGroups();
			const { scene, installation } = made;
			const endDate = new Date(Date.now() - 95 * dayMs);
			const old = scene.analysis({ files: fastqs('M-0'), endDate, startDate: endDate });
			scene.manifest(old, endDate);
			const rows = `analysis_id_managed,run_id\n${old.id},${old.reference}\n`;
			writeFileSync(join(installation.folder, 'analyses_managed_table.txt'), rows);
			scene.analysis({ files: fastqs('M-1', 'L-2') });
			scene.analysis({ status: 'FAILED' });
			return made;
		};
		// what needs action is told by each pass that ends with it
		const idsTold = (installation: Installation): string[] =>
			told(installation)
				.flat()
				.filter(({ event }) => event !== 'attention')
				.map(({ id }) => id)
				.sort();
		const undisturbed = await make();
		await undisturbed.installation.pass();
		const ids = idsTold(undisturbed.installation);
		expect(ids.map((id) => id.split('-')[0])).toEqual([
			...['deleted', 'delivered', 'delivered', 'failed_analysis'],
		]);
		const changes = undisturbed.scene
			.operations()
			.flatMap((operation, index) =>
				lookingOperations.has(operation) ? [] : [{ operation, at: index + 1 }],
			);
		expect(changes.map(({ operation }) => operation)).toContain('deleteData');
		const limit = pLimit(3);
		const ends = changes.map(({ operation, at }) =>
			limit(async () => {
				const { scene, installation } = await make();
				const { child, ended } = installation.start();
				const gone = once(child, 'exit');
				scene.simulator.onEffect = async ({ number }) => {
					if (number === at) {
						child.kill('SIGKILL');
						await gone;
					}
				};
				await ended;
				scene.simulator.onEffect = undefined;
				await installation.pass();
				return { operation, ids: idsTold(installation) };
			}),
		);
		for (const { operation, ids: found } of await Promise.all(ends)) {
			expect({ operation, ids: found }).toEqual({ operation, ids });
		}
	}, 120_000);
});
