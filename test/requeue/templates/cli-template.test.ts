import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaunchBody } from '../../../src/requeue/templates/body.ts';
import { cliTemplate } from '../../../src/requeue/templates/cli-template.ts';
import type { LaunchTemplate } from '../../../src/requeue/templates/template.ts';
import { runScript } from '../../helpers/icav2.ts';

const key = 'the key; "$0" \'itself\'';
const server = 'https://ica.illumina.com';
const common = {
	userReference: 'x-requeue',
	pipelineId: '4f1b',
	tags: { technicalTags: [], userTags: [], referenceTags: [] },
};

function templateOf(body: Partial<LaunchBody>, changes: Partial<LaunchTemplate> = {}): LaunchTemplate {
	return {
		record: {
			id: 'a1',
			reference: 'x-BclConvert-a1',
			userReference: 'x',
			status: 'FAILED',
			pipeline: { id: '4f1b', code: 'BclConvert', language: 'NEXTFLOW' },
			storage: { id: 's1', name: 'Small' },
			tags: common.tags,
		},
		project: { id: 'p1', name: 'MGI' },
		action: body.inputFormValues === undefined ? 'nextflow' : 'nextflowJson',
		body: { ...common, ...body },
		notes: [],
		secret: [],
		...changes,
	};
}

/** The values of an option, in their order. */
function valuesOf(args: readonly string[], option: string): string[] {
	return args.flatMap((arg, index) => (args[index - 1] === option ? [arg] : []));
}

// no argument of any command can hold a zero, and a shell's own language is what must not be obeyed
const value = fc
	.oneof(
		fc.string({ unit: 'grapheme', maxLength: 40 }),
		fc.string({ unit: fc.constantFrom(...` \t\n'"\`$\\(){}[]<>|&;*?~!#=%-${'äΩ🧬'}`), maxLength: 20 }),
		fc.constantFrom('', '$HOME', '$(touch x)', '`id`', "'", "''", '\\', '-n', '--input', '~', '# no', 'a\nb'),
	)
	.filter((text) => !text.includes('\0'));
const code = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,15}$/);

describe('the CLI template', () => {
	it('is one command that passes every value unharmed through sh', () => {
		const run = runScript(key);
		const one = fc.record({ code, value });
		const many = fc.record({ code, multiValue: fc.array(value, { minLength: 1, maxLength: 4 }) });
		const parameters = fc.array(fc.oneof(one, many), { maxLength: 5 });
		const tags = fc.record({
			technicalTags: fc.array(value, { maxLength: 2 }),
			userTags: fc.array(value, { maxLength: 2 }),
			referenceTags: fc.array(value, { maxLength: 2 }),
		});
		fc.assert(
			fc.property(parameters, tags, value, (given, givenTags, storage) => {
				const template = templateOf({ analysisInput: { inputs: [], parameters: given }, tags: givenTags });
				const record = { ...template.record, storage: { id: 's', name: storage } };
				const args = run(cliTemplate({ ...template, record }, server));
				expect(args.slice(0, 4)).toEqual(['projectpipelines', 'start', 'nextflow', '4f1b']);
				expect(valuesOf(args, '--parameters').slice(0, given.length)).toEqual(
					given.map((each) =>
						'value' in each
							? `${each.code}:${each.value}`
							: `${each.code}:${each.multiValue.map((part) => `'${part}'`).join(',')}`,
					),
				);
				for (const [option, texts] of [
					['--technical-tag', givenTags.technicalTags],
					['--user-tag', givenTags.userTags],
					['--reference-tag', givenTags.referenceTags],
					['--storage-size', [storage]],
					['--x-api-key', [key]],
				] as const) {
					expect(valuesOf(args, option)).toEqual(expect.arrayContaining([...texts]));
				}
				// nothing beside: each option has one value
				const options = given.length + Object.values(givenTags).flat().length + 4;
				expect(args).toHaveLength(4 + 2 * options);
			}),
			{ numRuns: 150 },
		);
	});

	it('passes the fields and groups of a form unharmed, too', () => {
		const run = runScript(key);
		const field = fc.record({ id: code, values: fc.array(value, { minLength: 1, maxLength: 3 }) });
		fc.assert(
			fc.property(fc.array(field, { maxLength: 4 }), fc.array(field, { maxLength: 2 }), (fields, row) => {
				const groups = [{ id: 'g', values: [{ values: row }, { values: row }] }];
				const args = run(cliTemplate(templateOf({ inputFormValues: { fields, groups } }), server));
				expect(args.slice(0, 4)).toEqual(['projectpipelines', 'start', 'nextflowjson', '4f1b']);
				const inForm = fields.map(({ id, values }) => ['--field', `${id}:${values.join(',')}`]);
				const inGroups = [1, 2].flatMap((index) =>
					row.map(({ id, values }) => ['--group', `g.index${index}.${id}:${values.join(',')}`]),
				);
				expect(args.slice(10, -2)).toEqual([...inForm, ...inGroups].flat());
			}),
			{ numRuns: 60 },
		);
	});

	it('names inputs with their mounts, reference data, project, server and key', () => {
		const script = cliTemplate(
			templateOf({
				activationCodeDetailId: 'act1',
				analysisInput: {
					inputs: [
						{ parameterCode: 'run', dataIds: ['fol.1'] },
						{
							parameterCode: 'sheets',
							dataIds: ['fil.1', 'fil.2'],
							mounts: [{ dataId: 'fil.1', mountPath: 'in/a b.csv' }],
						},
						{ parameterCode: 'none', dataIds: [] },
					],
					parameters: [{ code: 'empty', value: '' }],
					referenceDataParameters: [{ parameterCode: 'genome', referenceDataId: 'ref1' }],
				},
			}),
			'https://ica.example.org',
		);
		expect(script.split('\n')).toEqual([
			'#!/bin/sh',
			'# Starts x-requeue, like x-BclConvert-a1.',
			'# icav2 has no option for activation code act1; ICA chooses one itself.',
			'icav2 projectpipelines start nextflow 4f1b \\',
			'  --user-reference x-requeue \\',
			'  --project-id p1 \\',
			'  --storage-size Small \\',
			'  --input run:fol.1 \\',
			"  --input 'sheets:fil.1{:in/a b.csv},fil.2' \\",
			'  --parameters empty: \\',
			'  --data-parameters genome:ref1 \\',
			'  --server-url ica.example.org \\',
			'  --x-api-key "$ICA_API_KEY"',
			'',
		]);
	});

	it('says what the command cannot carry, in comments that stay comments', () => {
		const run = runScript(key);
		const template = templateOf(
			{
				analysisInput: {
					inputs: [
						{
							parameterCode: 'x',
							dataIds: ['fil.1'],
							mounts: [{ dataId: 'fil.1', mountPath: 'a{b}' }],
							externalData: [{ url: 'https://example.org/x', type: 'http' }],
						},
					],
					parameters: [
						{ code: 'quoted', multiValue: ["it's", 'b'] },
						{ code: 'zero', value: 'a\0b' },
					],
				},
			},
			{ notes: ['A note\nicav2 of two lines'] },
		);
		const script = cliTemplate(template, server);
		const comments = script.split('\n').filter((line) => line.startsWith('# '));
		expect(comments.join('\n')).toContain('# A note icav2 of two lines');
		for (const what of ['A value of quoted', 'a{b}', 'https://example.org/x for x', 'zero character']) {
			expect(comments.filter((line) => line.includes(what))).toHaveLength(1);
		}
		const args = run(script);
		expect(args.filter((arg) => arg === 'projectpipelines')).toHaveLength(1);
		expect(valuesOf(args, '--parameters')).toEqual(["quoted:'it's','b'", 'zero:ab']);
	});

	it('gives no option to what is left empty, which icav2 cannot say, and names it', () => {
		const parameters = [{ code: 'many', multiValue: [] }];
		const script = cliTemplate(templateOf({ analysisInput: { inputs: [], parameters } }), server);
		expect(script).not.toContain('--parameters');
		expect(script).toContain('(ICA may put in a default of the pipeline): many.\n');
		const fields = [{ id: 'words', values: [] }, { id: 'data', dataValues: [] }, { id: 'unsaid' }];
		const groups = [{ id: 'g', values: [{ values: [{ id: 'name', values: [] }] }] }];
		const ofForm = cliTemplate(templateOf({ inputFormValues: { fields, groups } }), server);
		expect(ofForm).not.toMatch(/--field|--group/);
		expect(ofForm).toContain('): words, g.index1.name, row 1 of g.\n');
	});

	it('says of a CWL pipeline with inputs and parameters that they are structured', () => {
		const template = templateOf({ analysisInput: { inputs: [], parameters: [] } });
		expect(cliTemplate({ ...template, action: 'cwlWithStructuredInput' }, server)).toContain(
			'icav2 projectpipelines start cwl 4f1b \\\n  --user-reference x-requeue \\\n  --project-id p1 \\\n  --storage-size Small \\\n  --type-input STRUCTURED \\\n',
		);
		expect(cliTemplate(template, server)).not.toContain('--type-input');
	});
});
