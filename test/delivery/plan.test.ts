import { describe, expect, it } from 'vitest';
import type { Output } from '../../src/analyses/outputs.ts';
import { type DeliveryPlan, nearMisses, type PlanningRules, planDelivery } from '../../src/delivery/plan.ts';
import type { Data } from '../../src/ica/schemas.ts';
import { fileData } from '../helpers/file-data.ts';
import { mgi, recipient } from '../helpers/recipients.ts';

describe('the plan of a delivery', () => {
	const folder = fileData('/x/', { isFolder: true, name: 'x' });

	function file(name: string, status = 'AVAILABLE'): Data {
		return fileData(`/x/${name}`, { status });
	}

	function plan(
		fastqs: readonly Data[],
		{ item = folder, ...changes }: { item?: Data } & Partial<Output> & Partial<PlanningRules> = {},
	): DeliveryPlan {
		const output = {
			projectId: 'owner',
			item,
			files: fastqs,
			filesBelow: [],
			unlistedFolders: [],
			...changes,
		};
		const rules = {
			recipients: [mgi],
			endedLongAgo: true,
			endedAnHourAgo: true,
			isTimeCertain: true,
			...changes,
		};
		return planDelivery({ outputs: [output], gone: [] }, fastqs, rules);
	}

	it("takes MGI's FASTQs and counts all", () => {
		const files = [file('M-1.fastq.gz'), file('X.fastq.gz'), file('M_2.fastq.ora', 'ARCHIVED')];
		expect(plan(files)).toEqual({
			kind: 'deliver',
			shares: [{ recipient: mgi, files: [files[0], files[2]], lost: [], wait: undefined }],
			fastqs: 3,
			ambiguous: [],
			nobodys: [files[1]],
		});
	});

	it("waits for MGI's FASTQs that are being written or deleted, not for those of others", () => {
		expect(plan([file('M-1.fastq.gz', 'PARTIAL')])).toEqual({
			kind: 'wait',
			why: '1 MGI FASTQ still being written (M-1.fastq.gz)',
		});
		expect(plan([file('M-1.fastq.gz', 'DELETING')])).toMatchObject({ kind: 'wait' });
		expect(plan([file('M-1.fastq.gz'), file('X.fastq.gz', 'PARTIAL')])).toMatchObject({ kind: 'deliver' });
	});

	it('waits for an output folder that is still being written, whatever is in it yet', () => {
		const item = { ...folder, status: 'PARTIAL' };
		expect(plan([file('M-1.fastq.gz')], { item })).toMatchObject({ kind: 'wait' });
		expect(plan([], { item })).toEqual({ kind: 'wait', why: '1 output still being written (x)' });
	});

	it('has nothing to deliver without MGI FASTQs, and names the samples of those there are', () => {
		const others = ['R1', 'R2'].flatMap((read) =>
			['CGW-2', 'CGW-1'].map((sample) => file(`${sample}_S1_L001_${read}_001.fastq.gz`)),
		);
		expect(plan([...others, file('odd.fastq.gz')])).toEqual({
			kind: 'nothing',
			why: "none of its 5 FASTQs is MGI's; samples: CGW-1, CGW-2, odd.fastq.gz",
		});
	});

	it('believes that there are no FASTQs at all only when the analysis ended long ago', () => {
		expect(plan([])).toEqual({ kind: 'nothing', why: 'it has no FASTQs at all' });
		expect(plan([], { endedLongAgo: false })).toMatchObject({ kind: 'wait' });
	});

	it('decides nothing final by a clock that is wrong', () => {
		for (const fastqs of [[], [file('X.fastq.gz')]]) {
			expect(plan(fastqs, { isTimeCertain: false })).toMatchObject({
				kind: 'wait',
				why: expect.stringContaining('nothing final is decided'),
			});
		}
		expect(
			planDelivery({ outputs: [], gone: [] }, [], {
				recipients: [mgi],
				endedLongAgo: true,
				endedAnHourAgo: true,
				isTimeCertain: false,
			}).kind,
		).toBe('wait');
		expect(plan([file('M-1.fastq.gz')], { isTimeCertain: false })).toMatchObject({ kind: 'deliver' });
	});

	it('says of reads that are all Undetermined that no sample has any', () => {
		const files = [file('Undetermined_S0_L001_R1_001.fastq.gz')];
		expect(plan([], { files })).toEqual({
			kind: 'nothing',
			why: 'all its reads are Undetermined (1 FASTQ): no sample has any',
		});
	});

	it("misses MGI's FASTQs that the analysis has put out and that are gone", () => {
		const filesBelow = ['M-1.fastq.gz', 'M-2.fastq.gz', 'X.fastq.gz'].map((name) => ({
			dataId: `fil.${name}`,
			name,
		}));
		expect(plan([file('M-1.fastq.gz')], { filesBelow })).toMatchObject({
			kind: 'deliver',
			shares: [{ lost: ['M-2.fastq.gz'] }],
		});
		expect(plan([file('X.fastq.gz')], { filesBelow })).toEqual({
			kind: 'deleted',
			why: '2 of its MGI FASTQs (M-1.fastq.gz, M-2.fastq.gz) have been deleted',
			losers: [mgi],
		});
	});

	describe('of several recipients', () => {
		const lab = recipient('Lab', /^L-/);
		const other = recipient('Other', /^M-9/);

		it('gives each what its pattern alone matches, and to nobody what two match', () => {
			const files = ['M-1.fastq.gz', 'L-1.fastq.gz', 'M-9.fastq.gz', 'PhiX.fastq.gz'].map((name) =>
				file(name),
			);
			expect(plan(files, { recipients: [mgi, lab, other] })).toMatchObject({
				kind: 'deliver',
				shares: [
					{ recipient: mgi, files: [files[0]] },
					{ recipient: lab, files: [files[1]] },
				],
				ambiguous: [{ file: files[2], recipients: [mgi, other] }],
				nobodys: [files[3]],
			});
			expect(plan(files.slice(2), { recipients: [mgi, other] })).toMatchObject({
				kind: 'deliver',
				shares: [],
				ambiguous: [{ file: files[2] }],
			});
		});

		it('lets one wait while its files are being written, and not the others; and all when all have to', () => {
			const files = [file('M-1.fastq.gz', 'PARTIAL'), file('L-1.fastq.gz')];
			expect(plan(files, { recipients: [mgi, lab] })).toMatchObject({
				kind: 'deliver',
				shares: [
					{ recipient: mgi, wait: '1 MGI FASTQ still being written (M-1.fastq.gz)' },
					{ recipient: lab, wait: undefined },
				],
			});
			expect(plan(files.slice(0, 1), { recipients: [mgi, lab] })).toMatchObject({ kind: 'wait' });
		});

		it('names them all where nothing is for any of them, and whose files were deleted', () => {
			expect(plan([file('X.fastq.gz')], { recipients: [mgi, lab] })).toMatchObject({
				why: "none of its 1 FASTQ is anybody's (MGI, Lab); samples: X.fastq.gz",
			});
			const filesBelow = ['M-1.fastq.gz', 'L-1.fastq.gz'].map((name) => ({ dataId: `fil.${name}`, name }));
			expect(plan([file('M-1.fastq.gz')], { recipients: [mgi, lab], filesBelow })).toMatchObject({
				kind: 'deliver',
				shares: [
					{ recipient: mgi, lost: [] },
					{ recipient: lab, files: [], lost: ['L-1.fastq.gz'] },
				],
			});
			expect(plan([], { recipients: [mgi, lab], filesBelow })).toMatchObject({
				kind: 'deleted',
				losers: [mgi, lab],
			});
		});
	});
});

describe('names that nearly match', () => {
	const names = (...of: string[]): string[] =>
		nearMisses(
			of.map((name) => fileData(`/x/${name}.fastq.gz`)),
			mgi,
		).map(({ name }) => name);

	it('are those in another letter case, and with the default pattern what begins with an M', () => {
		expect(names('m-1', 'M1-2', 'MGI-7', 'M-1', 'PhiX')).toEqual([
			'm-1.fastq.gz',
			'M1-2.fastq.gz',
			'MGI-7.fastq.gz',
		]);
	});

	it('of another pattern are only those in another letter case', () => {
		const files = ['cgw-1', 'CGX', 'Mouse'].map((name) => fileData(`/x/${name}.fastq.gz`));
		expect(nearMisses(files, recipient('CGW', /^CGW-/)).map(({ name }) => name)).toEqual(['cgw-1.fastq.gz']);
	});
});
