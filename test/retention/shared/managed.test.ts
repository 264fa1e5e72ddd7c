import { describe, expect, it } from 'vitest';
import { analysisSchema, dataSchema } from '../../../src/ica/schemas.ts';
import { assign } from '../../../src/retention/shared/managed.ts';
import { bsshOutput, bsshScene } from '../../helpers/basespace-scene.ts';
import { passInProcess } from '../../helpers/in-process.ts';
import { fastqs } from '../../helpers/scene.ts';

/** The output folders that ICA was asked to delete. */
function deletionsAsked({ simulator }: Awaited<ReturnType<typeof bsshScene>>): string[] {
	return simulator.exchanges
		.filter(({ operation }) => operation === 'deleteData')
		.map(({ path }) => path.split('/').at(-1)?.split(':')[0] ?? '');
}

describe('an old analysis without a bsshoutput.json', () => {
	it.each([true, false])(
		'is aged in ICA, and its neighbour with one is not, externally managed: %s',
		async (externallyManaged) => {
			const scene = await bsshScene({ externallyManaged });
			scene.basespace.addProject('Core');
			scene.named(95, ['Core']);
			const plain = scene.named(95, [], { files: fastqs('M-2') });
			await scene.pass();
			expect(deletionsAsked(scene)).toEqual([plain.outputFolder?.id]);
		},
	);

	it('is aged in ICA without a token, however many others come before it; those are named in one line', async () => {
		const scene = await bsshScene();
		for (let n = 0; n < 5; n++) {
			scene.named(100 + n, ['Core']);
		}
		const plain = scene.named(95, [], { files: fastqs('M-2') });
		const { lines, needsAction } = await passInProcess(scene, scene.folder);
		expect(deletionsAsked(scene)).toEqual([plain.outputFolder?.id]);
		expect(needsAction).toEqual([]);
		expect(lines.filter((line) => line.includes('--basespace_access_token_file'))).toEqual([
			expect.stringMatching(
				/^info: 5 old analyses of bssh_core left alone, since BaseSpace manages that data/,
			),
		]);
	});
});

describe('a bsshoutput.json', () => {
	it('that ICA made a day after the last analysis that is due ended keeps its analysis from ICA', async () => {
		const scene = await bsshScene({ externallyManaged: false });
		const project = scene.basespace.addProject('Core');
		scene.basespace.addDataset(project, { name: 'old', dateCreated: scene.ago(94) });
		scene.named(95, ['Core'], { dataTimeCreated: scene.ago(93.5) });
		await scene.pass();
		expect([deletionsAsked(scene), scene.done()]).toEqual([[], ['delete old']]);
	});

	it('in a folder that is named by no analysis keeps what holds it from being deleted in ICA', async () => {
		const scene = await bsshScene({ externallyManaged: false });
		const startDate = scene.ago(95);
		const folder = scene.world.addFolder(scene.source, '/elsewhere/', { timeCreated: startDate });
		scene.world.addFile(scene.source, '/elsewhere/bsshoutput.json', {
			content: bsshOutput(['Core']),
			timeCreated: startDate,
		});
		const strange = scene.named(95, [], { files: fastqs('M-2'), otherOutputs: [folder] });
		const plain = scene.named(95, [], { files: fastqs('M-3') });
		const { lines } = await scene.pass();
		expect(deletionsAsked(scene)).toEqual([plain.outputFolder?.id]);
		expect(lines.join('\n')).toMatch(
			new RegExp(`Holding ${strange.reference}.*BaseSpace manages it, by its /elsewhere/bsshoutput.json`),
		);
	});

	it("in another analysis's output is that of its own analysis, whose datasets it keeps", async () => {
		const scene = await bsshScene({ externallyManaged: false });
		const project = scene.basespace.addProject('Core');
		scene.basespace.addDataset(project, { dateCreated: scene.ago(93) });
		const outer = scene.named(94, [], { files: fastqs('M-2') });
		const reference = 'inner_91da19_17d664-BclConvert v4_2_7-1';
		const outputFolder = `${outer.outputFolder?.path}${reference}/`;
		scene.named(93, ['Core'], { reference, outputFolder }, 'handled');
		scene.named(200, ['Core']);
		const { lines } = await scene.pass();
		expect([deletionsAsked(scene), scene.done()]).toEqual([[], []]);
		expect(lines.join('\n')).toMatch(/Holding dataset .*could be of inner_91da19/);
		expect(lines.join('\n')).toContain(`Holding ${outer.reference}`);
	});

	it('that another project owns and has linked there names no project, and leaves its analysis to nobody', async () => {
		const scene = await bsshScene({ externallyManaged: false });
		const project = scene.basespace.addProject('Core');
		scene.basespace.addDataset(project, { dateCreated: scene.ago(95) });
		const analysis = scene.named(95, [], { files: fastqs('M-2') });
		const path = `${analysis.outputFolder?.path}bsshoutput.json`;
		const foreign = scene.world.addFile(scene.destination, path, { content: bsshOutput(['Core']) });
		scene.world.link(foreign, scene.source);
		const { lines } = await scene.pass();
		expect([deletionsAsked(scene), scene.done()]).toEqual([[], []]);
		expect(lines.join('\n')).toContain(
			'1 old analysis of bssh_core left alone, since a bsshoutput.json of another project lies in the output',
		);
	});

	it('is looked for whenever something is due, with one request for a thousand, and never otherwise', async () => {
		const scene = await bsshScene();
		const named = (): number =>
			scene.simulator.exchanges.filter(({ query }) => query.get('filename') === 'bsshoutput.json').length;
		scene.named(20, ['Core']);
		await scene.pass();
		expect(named()).toBe(0);
		scene.named(95, [], { deleted: true, files: [] });
		await scene.pass();
		expect(named()).toBe(1);
	});
});

describe('whose a bsshoutput.json is', () => {
	const analyses = ['Run 1_ab_cd-x', 'run 2_ab_cd-x'].map((reference, index) =>
		analysisSchema.parse({
			id: `${index}`,
			reference,
			status: 'SUCCEEDED',
			timeCreated: '2026-01-01T00:00:00Z',
			pipeline: { code: 'x' },
		}),
	);
	const [one, two] = analyses;

	it.each([
		['/ilmn-analyses/Run 1_ab_cd-x/bsshoutput.json', [one]],
		['/ilmn-analyses/RUN 1_ab_cd-x/deep/down/bsshoutput.json', [one]],
		['/run 2_ab_cd-x/bsshoutput.json', [two]],
		['/somewhere/else/run 2_ab_cd-x/bsshoutput.json', [two]],
		['/both/run 2_ab_cd-x/Run 1_ab_cd-x/bsshoutput.json', [one]],
		['/ilmn-analyses/Run 1_ab_cd-x/run 2_ab_cd-x/bsshoutput.json', [two]],
		['/ilmn-analyses/bsshoutput.json', []],
		['/bsshoutput.json', []],
	])('is told by the folders on its way: %s', (path, expected) => {
		const file = dataSchema.parse({
			data: {
				id: 'fil.1',
				details: {
					name: 'bsshoutput.json',
					path,
					status: 'AVAILABLE',
					dataType: 'FILE',
					owningProjectId: 'p',
				},
			},
		});
		expect(new Set(assign([file], analyses, { id: 'p' }).files.keys())).toEqual(new Set(expected));
		expect(new Set(assign([file], analyses, { id: 'q' }).inDoubt)).toEqual(new Set(expected));
		expect(() => assign([{ ...file, path: '' }], analyses, { id: 'p' })).toThrow('ICA gives no path');
	});
});
