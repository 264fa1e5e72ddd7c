import { describe, expect, it } from 'vitest';
import { analysisInputsSchema, formFieldsSchema } from '../../../src/ica/launch-schemas.ts';
import { structuredInput } from '../../../src/requeue/templates/body.ts';
import { hasCredentials } from '../../../src/requeue/templates/external-data.ts';
import { formValues } from '../../../src/requeue/templates/form.ts';

describe('the body of a launch', () => {
	it('keeps a parameter that was left empty, and one of many values that has none', () => {
		const { input } = structuredInput(
			[],
			[
				{ name: 'one', multiValue: false, values: [] },
				{ name: 'many', multiValue: true, values: [] },
			],
			new Set(),
		);
		expect(input.parameters).toEqual([
			{ code: 'one', value: '' },
			{ code: 'many', multiValue: [] },
		]);
	});

	it('reads what ICA leaves out or gives as null', () => {
		const inputs = analysisInputsSchema.parse({
			items: [{ code: 'a' }, { code: 'b', analysisData: null, externalData: null }],
		});
		expect(structuredInput(inputs, [], new Set()).input.inputs).toEqual([
			{ parameterCode: 'a', dataIds: [] },
			{ parameterCode: 'b', dataIds: [] },
		]);
		const form = formFieldsSchema.parse({ items: [{ id: 'a' }, { id: 'b', values: null }, {}] });
		expect(formValues(form)).toEqual({
			values: { fields: [{ id: 'a' }, { id: 'b' }], groups: [] },
			secret: [],
			hidden: [],
		});
	});

	it('gives a data field data only, and any other one values only', () => {
		const form = formFieldsSchema.parse({
			items: [
				{ id: 'a', type: 'data', values: [], dataValues: [{ dataId: 'fil.1' }] },
				{ id: 'b', type: 'data', values: [], dataValues: [] },
				{ id: 'c', type: 'textbox', values: ['x'], dataValues: [] },
				{ id: 'd', type: 'text', values: ['only shown'] },
			],
		});
		expect(formValues(form).values.fields).toEqual([
			{ id: 'a', dataValues: [{ dataId: 'fil.1' }] },
			{ id: 'b', dataValues: [] },
			{ id: 'c', values: ['x'] },
		]);
	});

	it('gives the ids of data as data, also where ICA answers them among the values, and within the rows of a group', () => {
		const form = formFieldsSchema.parse({
			items: [
				{
					id: 'a',
					type: 'data',
					values: ['fil.0a1b', 'fol.0a1b'],
					dataValues: [{ dataId: 'fil.0a1b', mountPath: 'x' }],
				},
				{ id: 'b', values: ['fil.0a1b'] },
				{ id: 'c', type: 'textbox', values: ['fil.0a1b'] },
				{ id: 'd', values: ['fil.0a1b', 'and more'] },
				{
					id: 'g',
					fields: [
						{ id: 'reads', type: 'data' },
						{ id: 'note', type: 'textbox' },
					],
					groupValues: [
						{
							values: [
								{ id: 'reads', values: ['fil.0a1b'] },
								{ id: 'note', values: ['fil.0a1b'] },
							],
						},
						{
							values: [
								{ id: 'reads', values: [], dataValues: [] },
								{ id: 'other', values: ['fol.0a1b'] },
							],
						},
					],
				},
			],
		});
		const { fields, groups } = formValues(form).values;
		expect(fields).toEqual([
			{ id: 'a', dataValues: [{ dataId: 'fil.0a1b', mountPath: 'x' }, { dataId: 'fol.0a1b' }] },
			{ id: 'b', dataValues: [{ dataId: 'fil.0a1b' }] },
			{ id: 'c', values: ['fil.0a1b'] },
			{ id: 'd', values: ['fil.0a1b', 'and more'] },
		]);
		expect(groups[0]?.values).toEqual([
			{
				values: [
					{ id: 'reads', dataValues: [{ dataId: 'fil.0a1b' }] },
					{ id: 'note', values: ['fil.0a1b'] },
				],
			},
			{
				values: [
					{ id: 'reads', dataValues: [] },
					{ id: 'other', dataValues: [{ dataId: 'fol.0a1b' }] },
				],
			},
		]);
	});

	it('leaves out what the form hides or disables, and names what was in it', () => {
		const form = formFieldsSchema.parse({
			items: [
				{ id: 'shown', values: ['a'], hidden: false, disabled: false },
				{ id: 'hidden', values: ['b'], hidden: true },
				{ id: 'disabled', type: 'data', dataValues: [{ dataId: 'fil.1' }], disabled: true },
				{ id: 'nothing in it', values: [], hidden: true },
				{
					id: 'g',
					fields: [{ id: 'in it', hidden: true }, { id: 'heading', type: 'section' }, { id: 'name' }],
					groupValues: ['x', 'y'].map((value) => ({
						values: ['in it', 'heading', 'name'].map((id) => ({ id, values: [value] })),
					})),
				},
			],
		});
		const { values, hidden, secret } = formValues(form);
		expect(values.fields).toEqual([{ id: 'shown', values: ['a'] }]);
		expect(values.groups[0]?.values).toEqual(
			['x', 'y'].map((value) => ({ values: [{ id: 'name', values: [value] }] })),
		);
		expect(hidden).toEqual(['hidden', 'disabled', 'g.in it']);
		expect(secret).toEqual([]);
	});

	it('leaves out what is sensitive, and addresses with credentials in them, and says where', () => {
		const signed = { url: 'https://x.org/a?X-Amz-Signature=0', type: 'http' };
		const plain = { url: 'https://x.org/a?version=2', type: 'http' };
		const form = formFieldsSchema.parse({
			items: [
				{ id: 'token', sensitive: true, values: ['secret'] },
				{ id: 'data', dataValues: [{ externalData: signed }, { externalData: plain }] },
				{ id: 'g', groupValues: [{ values: [{ id: 'inner', externalDataValues: [signed] }] }] },
			],
		});
		const { values, secret } = formValues(form);
		expect(secret).toEqual(['token', 'data', 'inner']);
		expect(JSON.stringify(values)).not.toMatch(/secret|Signature/);
		expect(values.fields).toEqual([{ id: 'data', externalDataValues: [plain] }]);

		const { input, secret: codes } = structuredInput(
			[{ code: 'c', analysisData: [], externalData: [{ ...signed }, { ...plain, mountPath: 'a' }] }],
			[],
			new Set(),
		);
		expect(codes).toEqual(['c']);
		expect(input.inputs[0]?.externalData).toEqual([{ ...plain, mountPath: 'a' }]);
	});

	it.each([
		['https://user:word@x.org/a', true],
		['https://x.org/a?sv=1&sig=abc', true],
		['https://x.org/a?access_token=abc', true],
		['https://x.org/a?b=c', false],
		['s3://bucket/key', false],
		['no address', false],
	])('knows whether %s holds credentials: %s', (address, expected) => {
		expect(hasCredentials(address)).toBe(expected);
	});
});
