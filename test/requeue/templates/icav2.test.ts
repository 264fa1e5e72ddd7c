import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	analysisInputsSchema,
	configurationsSchema,
	formFieldsSchema,
} from '../../../src/ica/launch-schemas.ts';
import { apiTemplate } from '../../../src/requeue/templates/api-template.ts';
import { commonBody, type LaunchBody, structuredInput } from '../../../src/requeue/templates/body.ts';
import { cliTemplate } from '../../../src/requeue/templates/cli-template.ts';
import { formValues } from '../../../src/requeue/templates/form.ts';
import type { LaunchTemplate } from '../../../src/requeue/templates/template.ts';
import { requeueReference } from '../../../src/requeue/user-reference.ts';
import { differences, isNamed, notesOf, readLaunch, runScript } from '../../helpers/icav2.ts';

const server = 'https://ica.illumina.com';
const key = 'the key';
const kinds = {
	nextflow: 'nextflow',
	cwlWithStructuredInput: 'cwl',
	nextflowJson: 'nextflowjson',
	cwlJson: 'cwljson',
};

// no argument of any command can hold a zero
const text = fc
	.oneof(
		fc.string({ unit: fc.constantFrom(...`ab ,:;'"\`$\\(){}[]|&*?~!#-.ä🧬`, '\n'), maxLength: 8 }),
		fc.constantFrom('', "'", "''", "'a','b'", 'a,b', 'fil.0a1b', 'x'),
	)
	.filter((value) => !value.includes('\0'));
const name = fc
	.stringMatching(/^q[a-z0-9_]{3,6}$/)
	.chain((start) => fc.constantFrom(start, start, start, `${start}:x`, `${start}.x`));
const dataId = fc.stringMatching(/^f(?:il|ol)\.[0-9a-f]{4}$/);
const mountPath = fc.option(fc.constantFrom('in/My Sheet.csv', '/a', 'a{b}', 'a,b'), { nil: undefined });
const data = fc.uniqueArray(fc.record({ dataId, mountPath }), {
	maxLength: 3,
	selector: (one) => one.dataId,
});
const external = fc.array(
	fc.constantFrom({ url: 'https://example.org/a b.csv', type: 'http', mountPath: 'b' }),
	{
		maxLength: 1,
	},
);
const tags = fc.record({
	technicalTags: fc.array(text, { maxLength: 2 }),
	userTags: fc.array(text, { maxLength: 2 }),
	referenceTags: fc.array(text, { maxLength: 2 }),
});

const ownNames = { selector: (one: { readonly id: string }) => one.id, maxLength: 4 };
const inputs = fc.uniqueArray(fc.record({ id: name, analysisData: data, externalData: external }), ownNames);
const configurations = fc.uniqueArray(
	fc.record({ id: name, multiValue: fc.boolean(), values: fc.array(text, { maxLength: 3 }) }),
	ownNames,
);
const field = fc.oneof(
	fc.record({ id: name, values: fc.array(text, { maxLength: 3 }) }),
	fc.record({
		id: name,
		type: fc.constant('data'),
		values: fc.array(dataId, { maxLength: 2 }),
		dataValues: data,
	}),
	fc.record({
		id: name,
		type: fc.constant('textbox'),
		values: fc.array(text, { maxLength: 2 }),
		hidden: fc.boolean(),
	}),
);
const inRow = fc.oneof(
	fc.record({ id: name, values: fc.array(text, { maxLength: 2 }) }),
	fc.record({ id: name, values: fc.uniqueArray(dataId, { maxLength: 2 }) }),
	fc.record({ id: name, dataValues: data, externalDataValues: external }),
);
const group = fc.record({
	id: name.filter((id) => !id.includes(':')),
	groupValues: fc.array(fc.record({ values: fc.uniqueArray(inRow, ownNames) }), { maxLength: 3 }),
});
const form = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: field }, group), ownNames);

/** All that is random of a launch, as ICA answers it. */
const originals = fc.record({ inputs, configurations, form, tags, userReference: text, storage: text });

function templateOf(
	original: typeof originals extends fc.Arbitrary<infer Original> ? Original : never,
	action: LaunchTemplate['action'],
): LaunchTemplate {
	const record = {
		id: 'a1',
		reference: 'x-BclConvert-a1',
		userReference: original.userReference,
		status: 'FAILED',
		pipeline: { id: '4f1b', code: 'BclConvert', language: 'NEXTFLOW' },
		storage: { id: 's1', name: original.storage },
		tags: original.tags,
	};
	const common = commonBody(record, requeueReference(record.userReference));
	const base = { record, project: { id: 'p1', name: 'MGI' }, action, secret: [] };
	if (action === 'nextflowJson' || action === 'cwlJson') {
		const { values, hidden } = formValues(formFieldsSchema.parse({ items: original.form }));
		return { ...base, body: { ...common, inputFormValues: values }, notes: hidden };
	}
	const coded = original.inputs.map(({ id, ...rest }) => ({ code: id, ...rest }));
	const named = original.configurations.map(({ id, ...rest }) => ({ name: id, ...rest }));
	const { input } = structuredInput(
		analysisInputsSchema.parse({ items: coded }),
		configurationsSchema.parse({ items: named }),
		new Set(),
	);
	return { ...base, body: { ...common, analysisInput: input }, notes: [] };
}

const none = { technicalTags: [], userTags: [], referenceTags: [] };
const noOriginal = {
	inputs: [],
	configurations: [],
	form: [],
	tags: none,
	userReference: 'x',
	storage: 'Small',
};

describe('icav2, by its documented syntax', () => {
	it.each(Object.entries(kinds) as [LaunchTemplate['action'], string][])(
		'starts with the script of %s what the API template starts, or the script names what differs',
		(action, kind) => {
			const run = runScript(key);
			fc.assert(
				fc.property(originals, (original) => {
					const template = templateOf(original, action);
					const { body } = JSON.parse(apiTemplate(template, server)) as { body: LaunchBody };
					const script = cliTemplate(template, server);
					const read = readLaunch(run(script));
					expect({ kind: read.kind, pipeline: read.pipeline, single: read.single }).toEqual({
						kind,
						pipeline: body.pipelineId,
						single: {
							'--user-reference': body.userReference,
							'--project-id': 'p1',
							'--storage-size': original.storage,
							'--x-api-key': key,
							...(kind === 'cwl' ? { '--type-input': 'STRUCTURED' } : {}),
						},
					});
					expect(read.tags).toEqual({
						'--user-tag': body.tags.userTags,
						'--technical-tag': body.tags.technicalTags,
						'--reference-tag': body.tags.referenceTags,
					});
					const notes = notesOf(script);
					expect(differences(read, body).filter((each) => !isNamed(notes, each))).toEqual([]);
					if (JSON.stringify(body).includes('example.org')) {
						expect(notes).toContain('only in the API template: https://example.org/a b.csv for ');
					}
				}),
				{ numRuns: 40 },
			);
		},
	);

	it('refuses the name of a group with a colon in it, which the script names', () => {
		const items = [{ id: 'a:b', groupValues: [{ values: [{ id: 'name', values: ['x'] }] }] }];
		const values = formValues(formFieldsSchema.parse({ items })).values;
		const template = templateOf(noOriginal, 'cwlJson');
		const script = cliTemplate({ ...template, body: { ...template.body, inputFormValues: values } }, server);
		expect(() => readLaunch(runScript(key)(script))).toThrow('names no field of a row');
		expect(script).toContain('# The name a:b has a separator of icav2 in it: better use the API template.');
	});

	it('needs no note for a launch of plain words', () => {
		const plain = fc.stringMatching(/^[a-z0-9 $"-]{1,8}$/);
		const value = fc.array(plain, { minLength: 1, maxLength: 3 });
		const id = fc.stringMatching(/^q[a-z0-9_]{3,6}$/);
		const plainForm = fc.uniqueArray(fc.record({ id, values: value }), ownNames);
		const run = runScript(key);
		fc.assert(
			fc.property(plainForm, fc.uniqueArray(id, { maxLength: 3 }), (fields, ids) => {
				const rows = {
					id: 'rows',
					groupValues: [{ values: fields }, { values: [{ id: 'r', values: ['fil.1'] }] }],
				};
				const parameters = fields.map((one) => ({ ...one, multiValue: true }));
				const given = ids.map((one) => ({
					id: one,
					analysisData: [{ dataId: 'fil.1', mountPath: 'in/My Sheet.csv' as const }],
					externalData: [],
				}));
				const original = {
					inputs: given,
					configurations: parameters,
					tags: none,
					userReference: 'x',
					storage: 'Small',
				};
				const whole = { ...original, form: fields.length === 0 ? fields : [...fields, rows] };
				for (const action of ['cwlWithStructuredInput', 'nextflowJson'] as const) {
					const template = templateOf(whole, action);
					const script = cliTemplate(template, server);
					expect(notesOf(script)).toBe('# Starts x-requeue, like x-BclConvert-a1.');
					expect(differences(readLaunch(run(script)), template.body)).toEqual([]);
				}
			}),
			{ numRuns: 20 },
		);
	});

	it.each([
		[['projectpipelines', 'start', 'cwl', 'p'], '--type-input STRUCTURED or JSON'],
		[['projectpipelines', 'start', 'nextflow', 'p', '--field', 'a:b'], 'unknown flag'],
		[['projectpipelines', 'start', 'nextflow', 'p', '--input'], 'without its value'],
		[['projectpipelines', 'start', 'cwljson', 'p', '--group', 'a.b:c'], 'names no field of a row'],
		[['projectpipelines', 'start', 'nextflow', 'p', '--parameters', 'x'], 'names nothing'],
	])('refuses %j', (args, why) => {
		expect(() => readLaunch(args)).toThrow(why);
	});
});
