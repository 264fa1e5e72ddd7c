import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LaunchBody } from '../../../src/requeue/templates/body.ts';
import { contractAvailable, contractProblems } from '../../contract/openapi.ts';
import { differences, isNamed, notesOf, readLaunch, runScript } from '../../helpers/icav2.ts';
import { addOriginal, type Kind, kinds } from '../../helpers/originals.ts';
import { type Scene, startScene } from '../../helpers/scene.ts';
import type { Analysis } from '../../simulator/model.ts';

const templateSchema = z.object({
	server: z.string(),
	path: z.string(),
	method: z.literal('POST'),
	headers: z.record(z.string(), z.string()),
	body: z.record(z.string(), z.unknown()),
});

function started(scene: Scene): Analysis | undefined {
	return [...scene.world.analyses.of(scene.destination).values()].at(-1);
}

/** The form without what only shows something, and with what nobody filled in as the document has it. */
function withoutHeadings(analysis: Analysis | undefined): unknown {
	const { form, steps: _steps, ...rest } = analysis?.launched ?? { form: [], steps: [] };
	const fields = form.map(({ type: _type, ...field }) => field).filter(({ id }) => id !== 'heading');
	return { ...rest, form: fields };
}

async function requeued(kind: Kind, ...flags: string[]) {
	const scene = await startScene();
	const original = addOriginal(scene, kind, scene.destination);
	const installation = scene.install();
	const outcome = await installation.requeue('--analysis_id', original.id, '--project_name', 'MGI', ...flags);
	expect(outcome).toMatchObject({ status: 0, stderr: '' });
	const folder = join(installation.folder, 'requeue_templates');
	const textOf = (ending: string): string =>
		readFileSync(join(folder, readdirSync(folder).find((one) => one.endsWith(ending)) ?? ''), 'utf8');
	return { scene, original, outcome, text: textOf('.api.json'), script: textOf('.cli.sh') };
}

describe('a template', () => {
	it.each(kinds)(
		'posted as it was written ($operation) starts an analysis like the original',
		async (kind) => {
			const { scene, original, text } = await requeued(kind);
			const template = templateSchema.parse(JSON.parse(text));
			expect(template.server).toBe(scene.simulator.url);
			expect(template.headers['X-API-Key']).toBe('$ICA_API_KEY');
			expect(text).not.toContain(scene.simulator.apiKey);

			const response = await fetch(template.server + template.path, {
				method: template.method,
				headers: { ...template.headers, 'X-API-Key': scene.simulator.apiKey },
				body: JSON.stringify(template.body),
			});

			expect(response.status).toBe(201);
			expect(withoutHeadings(started(scene))).toEqual(withoutHeadings(original));
			expect(started(scene)?.pipeline).toBe(original.pipeline);
			expect(started(scene)?.userReference).toBe(
				`${original.userReference.replaceAll(/[^\w -]/g, '_')}-requeue`,
			);
			const exchange = scene.simulator.exchanges.at(-1);
			expect(exchange?.operation).toBe(kind.operation);
			if (contractAvailable && exchange !== undefined) {
				expect(contractProblems(exchange)).toEqual([]);
			}
		},
	);

	it.each(kinds)('is what icav2 starts by its script, or names what differs ($operation)', async (kind) => {
		const { scene, original, text, script } = await requeued(kind);
		const body = JSON.parse(text).body as LaunchBody;
		const read = readLaunch(runScript('the key')(script));
		expect(read.single).toMatchObject({
			'--user-reference': body.userReference,
			'--project-id': scene.destination.id,
			'--storage-size': original.launched.storage,
			'--x-api-key': 'the key',
		});
		expect(read.pipeline).toBe(original.pipeline.id);
		expect(Object.values(read.tags)).toEqual([
			body.tags.userTags,
			body.tags.technicalTags,
			body.tags.referenceTags,
		]);
		const notes = notesOf(script);
		expect(notes).toContain(original.launched.activationCode ?? 'Starts');
		const differing = differences(read, body);
		expect(differing.filter((name) => !isNamed(notes, name))).toEqual([]);
		expect(differing.length).toBeLessThan(read.given.size);
	});

	it.each(kinds)('is what --launch starts ($operation)', async (kind) => {
		const { scene, original, outcome } = await requeued(kind, '--launch');
		expect(withoutHeadings(started(scene))).toEqual(withoutHeadings(original));
		const launch = scene.simulator.exchanges.at(-1);
		expect(launch?.operation).toBe(kind.operation);
		expect(launch?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
		expect(outcome.stdout).toContain(started(scene)?.id);
		expect(outcome.stdout).toContain('status REQUESTED');
	});
});
