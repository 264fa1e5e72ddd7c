import type { LaunchRecord, Pipeline } from '../simulator/launch-record.ts';
import type { Analysis, AnalysisSpec, Project } from '../simulator/model.ts';
import type { Scene } from './scene.ts';

/** A kind of pipeline, with all that an analysis of it can be started with. */
export interface Kind {
	readonly operation: string;
	readonly code: string;
	readonly pipeline: Partial<Pipeline>;
	/** @param ids of three files */
	readonly launched: (ids: readonly [string, string, string]) => Partial<LaunchRecord>;
}

const referenceData = '7b0c9d7e-7e0c-4b57-9f25-0d9be3f6a111';
const activationCode = '103094c1-7c2c-4a20-8dc5-4c3d9d1c2b22';
const awkward = ['plain', '', "it's $HOME", '"two words"', 'μέλι 🍯', '`id`; \\', '*?[a]'] as const;
const tags = {
	technicalTags: ['/ilmn-runs/x', 'it "is"'],
	userTags: ["core's", '$PATH'],
	referenceTags: ['hg38'],
};

const structured: Kind['launched'] = ([run, sheet, other]) => ({
	inputs: [
		{ code: 'run_folder', data: [{ dataId: run }] },
		{ code: 'sheets', data: [{ dataId: sheet, mountPath: 'in/My Sheet.csv' }, { dataId: other }] },
		{ code: 'optional_input', data: [] },
		{
			code: 'elsewhere',
			data: [],
			external: [{ url: 'https://example.org/a b.csv', type: 'http', mountPath: 'b.csv' }],
		},
	],
	configurations: [
		...awkward.map((value, index) => ({ name: `single_${index}`, multiValue: false, values: [value] })),
		{ name: 'many', multiValue: true, values: [...awkward] },
		{ name: 'none', multiValue: true, values: [] },
	],
	tags,
	storage: 'Large',
});

const form: Kind['launched'] = ([run, sheet, other]) => ({
	form: [
		{ id: 'heading', type: 'section' },
		{ id: 'words', values: [...awkward] },
		{ id: 'empty', values: [] },
		{ id: 'run_folder', type: 'data', dataValues: [{ dataId: run }] },
		{ id: 'sheets', type: 'data', dataValues: [{ dataId: sheet, mountPath: 'in/x.csv' }, { dataId: other }] },
		{
			id: 'elsewhere',
			type: 'data',
			externalDataValues: [{ url: 's3://bucket/key', type: 's3', mountPath: 'k' }],
		},
		{
			id: 'samples',
			rows: [
				[
					{ id: 'name', values: ["it's"] },
					{ id: 'reads', dataValues: [{ dataId: other }] },
				],
				[{ id: 'name', values: [] }],
			],
		},
	],
	tags,
	storage: 'Medium',
});

/** One of each kind of pipeline that can be started in its own way. */
export const kinds: readonly Kind[] = [
	{
		operation: 'createNextflowAnalysis',
		code: 'BclConvert v4 nextflow',
		pipeline: { language: 'NEXTFLOW', inputFormType: 'XML', activationCode },
		launched: (ids) => ({ ...structured(ids), activationCode }),
	},
	{
		operation: 'createCwlAnalysisWithStructuredInput',
		code: 'BclConvert v4 cwl',
		pipeline: { language: 'CWL', inputFormType: 'XML', referenceData: [referenceData] },
		launched(ids) {
			const { configurations = [], ...rest } = structured(ids);
			const chosen = { name: 'genome', multiValue: false, values: [referenceData] };
			return { ...rest, configurations: [...configurations, chosen] };
		},
	},
	{
		operation: 'createNextflowJsonAnalysis',
		code: 'BclConvert v4 nextflow JSON',
		pipeline: { language: 'NEXTFLOW', inputFormType: 'JSON' },
		launched: form,
	},
	{
		operation: 'createCwlJsonAnalysis',
		code: 'BclConvert v4 cwl JSON',
		pipeline: { language: 'CWL', inputFormType: 'JSON' },
		launched: form,
	},
];

/** Adds an analysis of the source project that was started with all that its kind allows; its inputs are linked to a project. */
export function addOriginal(
	scene: Scene,
	kind: Kind,
	linkedTo: Project,
	spec?: Partial<AnalysisSpec>,
): Analysis {
	const { world, source } = scene;
	world.pipelines.set(kind.code, kind.pipeline);
	const folder = `/inputs ${world.ids.hex(8)}`;
	const file = (name: string): string => {
		const item = world.addFile(source, `${folder}/${name}`);
		world.link(item, linkedTo);
		return item.id;
	};
	const ids = [file('run'), file('sheet.csv'), file('other.csv')] as const;
	return scene.analysis({
		status: 'FAILED',
		...spec,
		pipelineCode: kind.code,
		launched: { ...kind.launched(ids), ...spec?.launched },
	});
}
