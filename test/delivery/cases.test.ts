import { describe, expect, it } from 'vitest';
import { agedScene, day, hour } from '../helpers/aged-scene.ts';
import { passInProcess } from '../helpers/in-process.ts';
import { fastqs, type Scene, startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

function linked({ world, destination, source }: Scene): string[] {
	return world
		.dataOf(destination)
		.filter(({ project }) => project === source)
		.map(({ path }) => path)
		.sort();
}

describe('a delivery', () => {
	it('decides nothing final by a clock that is a day ahead, and does by one that is right', async () => {
		const scene = await agedScene();
		const fresh = scene.aged(1 / 1440, { files: [] }, false);
		const others = scene.aged(1 / 1440, { files: fastqs('CGW-1') }, false);
		scene.simulator.dateSkewMillis = -26 * hour;
		const { lines, needsAction } = await scene.pass();
		expect(lines.join('\n')).toContain(
			`info: Waiting for a later pass with ${fresh.reference}: it has no FASTQs`,
		);
		expect(lines.join('\n')).toContain('nothing final is decided while the time is not certain');
		expect(lines.filter((line) => line.startsWith('info: Nothing to deliver'))).toEqual([]);
		expect(needsAction).toEqual(['old data could not be archived or deleted']);
		scene.simulator.dateSkewMillis = 0;
		expect((await scene.pass()).lines.join('\n')).toContain(`Nothing to deliver from ${others.reference}`);
		scene.world.advance(25 * hour);
		expect((await scene.pass()).lines.join('\n')).toContain(
			`Nothing to deliver from ${fresh.reference}: it has no FASTQs at all.`,
		);
	});

	it('goes by the clock of ICA when this machine is half an hour ahead', async () => {
		const scene = await agedScene();
		scene.aged(23.7 / 24, { files: [] }, false);
		scene.simulator.dateSkewMillis = -hour / 2;
		expect((await scene.pass()).lines.join('\n')).toContain('no FASTQs are in its output yet');
	});

	it('of an analysis with dates that cannot be, which has nothing for MGI, is over', async () => {
		const scene = await agedScene();
		scene.world.childrenListed = false;
		const strange = scene.aged(0.01, { files: fastqs('CGW-1'), startDate: new Date(0) }, false);
		const { lines } = await scene.pass();
		expect(lines.join('\n')).toContain(
			`Nothing to deliver from ${strange.reference}: none of its 2 FASTQs is MGI's`,
		);
	});

	it('is not kept by a FASTQ that its lab has moved, and takes along one of MGI that was', async () => {
		const scene = await startScene();
		const analysis = scene.analysis({ files: fastqs('M-1', 'CGW-7') });
		for (const file of analysis.files.filter(({ name }) => name.includes('_R2_'))) {
			scene.world.move(file, `/moved/${file.name}`);
		}
		const { needsAction } = await passInProcess(scene, temporaryFolder());
		expect(needsAction).toEqual([]);
		expect(linked(scene)).toEqual(
			analysis.files
				.filter(({ name }) => name.startsWith('M-'))
				.map(({ path }) => path)
				.sort(),
		);
	});

	it('says that files are in the archive, which can be linked and not be read', async () => {
		const scene = await startScene();
		const [first = '', second = ''] = fastqs('M-1');
		scene.analysis({ files: [first, { path: second, status: 'ARCHIVED' }] });
		const { lines } = await passInProcess(scene, temporaryFolder());
		expect(lines.join('\n')).toContain(
			'; 1 file is archived, and cannot be read before somebody unarchives it; manifest created.',
		);
	});

	it('says of MGI FASTQs that were deleted by themselves that they were', async () => {
		const scene = await startScene();
		const [some, all] = [scene.analysis(), scene.analysis()];
		for (const file of [some.files[0], ...all.files]) {
			if (file?.name.startsWith('M-') === true) {
				scene.world.remove(file);
			}
		}
		const { lines, needsAction } = await passInProcess(scene, temporaryFolder());
		expect(lines.join('\n')).toContain(
			`warn: ${some.reference}: 1 of its MGI FASTQs (${some.files[0]?.name}) were deleted before they could be delivered.`,
		);
		expect(lines.join('\n')).toContain(`warn: ${all.reference} was never delivered: 2 of its MGI FASTQs`);
		expect(needsAction).toEqual([
			`1 analysis never delivered, and the data deleted: ${all.reference}`,
			`1 analysis delivered without files that were deleted before: ${some.reference}`,
		]);
	});

	it('is no loss when its output was deleted after an earlier delivery of which the manifest is there', async () => {
		const scene = await startScene();
		const gone = scene.analysis({ deleted: true });
		scene.manifest(gone, new Date(Date.now() - 40 * day));
		const { lines, needsAction } = await passInProcess(scene, temporaryFolder());
		expect(needsAction).toEqual([]);
		expect(lines.join('\n')).toContain('its output has been deleted; its manifest is of an earlier delivery');
	});

	it.each([
		['an item failed', 'FAILED'],
		['an item is partly done', 'PARTIALLY_LINKED'],
	] as const)('is none when its job ends SUCCEEDED and %s', async (_, status) => {
		const scene = await startScene();
		const analysis = scene.analysis();
		scene.world.forceLinkJobEnd('SUCCEEDED');
		scene.world.forceLinkOutcome(analysis.files[0]?.id ?? '', status as 'FAILED', 'not today');
		const folder = temporaryFolder();
		const { needsAction, lines } = await passInProcess(scene, folder);
		expect(needsAction).toEqual([`1 analysis could not be delivered: ${analysis.reference}`]);
		expect(lines.join('\n')).toContain('not today');
		expect(scene.world.findByPath(scene.destination, '/fastq_manifests/')).toBeUndefined();
	});

	it('is none when its job ends SUCCEEDED and says nothing of an item', async () => {
		const scene = await startScene();
		const analysis = scene.analysis();
		scene.simulator.addFault({
			operation: 'getProjectDataLinkingBatchItems',
			answer: {
				kind: 'rewrite',
				change: (body) => ({ ...(body as object), items: (body as { items: unknown[] }).items.slice(1) }),
			},
		});
		const { needsAction, lines } = await passInProcess(scene, temporaryFolder());
		expect(needsAction).toEqual([`1 analysis could not be delivered: ${analysis.reference}`]);
		expect(lines.join('\n')).toContain('the job reports nothing of them');
	});

	it.each([
		[
			'an output folder that ICA has not indexed',
			'FOLDER',
			{ folderDetails: { nonIndexed: true } },
			/is not indexed/,
		],
		[
			'an output folder without a path',
			'FOLDER',
			{ details: { path: null } },
			/gives no path for its output folder/,
		],
		['a FASTQ without a path', 'FILE', { details: { path: null } }, /gives no path for M-/],
	] as const)('refuses %s, which is not an empty one', async (_, type, change, message) => {
		const scene = await startScene();
		const analysis = scene.analysis();
		scene.simulator.addFault({
			operation: 'getProjectDataList',
			times: 99,
			answer: { kind: 'rewrite', change: (body) => changed(body, type, change) },
		});
		const { needsAction, lines } = await passInProcess(scene, temporaryFolder());
		expect(needsAction).toEqual([`1 analysis could not be delivered: ${analysis.reference}`]);
		expect(lines.join('\n')).toMatch(message);
		expect(linked(scene)).toEqual([]);
	});

	it('that is looked at twice is told in the same order', async () => {
		const scene = await startScene();
		for (let n = 0; n < 30; n++) {
			scene.analysis({ files: fastqs(n % 3 === 0 ? 'CGW-1' : 'M-1') });
		}
		scene.simulator.onRequest = async () => {
			await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
		};
		const folder = temporaryFolder();
		const [first, second] = [
			await passInProcess(scene, folder, { dry_run: true }),
			await passInProcess(scene, folder, { dry_run: true }),
		];
		expect(second.lines).toEqual(first.lines);
		expect(first.lines.filter((line) => line.includes('Would deliver'))).toHaveLength(20);
	});
});

interface Listed {
	readonly items: readonly {
		readonly data: { readonly details: { readonly dataType: string; readonly name: string } };
	}[];
}

/** A list of data in which all items of a type are changed; of files, MGI's. */
function changed(
	body: unknown,
	type: 'FILE' | 'FOLDER',
	change: { details?: object; folderDetails?: object },
): unknown {
	const { items, ...rest } = body as Listed;
	return {
		...rest,
		items: items.map((item) => {
			const { data } = item;
			const { dataType, name } = data.details;
			return dataType === type && (type === 'FOLDER' || name.startsWith('M-'))
				? { ...item, data: { ...data, ...change, details: { ...data.details, ...change.details } } }
				: item;
		}),
	};
}
