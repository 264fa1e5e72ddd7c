import { describe, expect, it } from 'vitest';
import { type DeliveryPlan, planDelivery } from '../src/delivery.ts';
import type { Data } from '../src/ica/schemas.ts';
import { isFastq, isMgiFastq } from '../src/outputs.ts';
import { fileData } from './file-data.ts';

const pattern = /^M[-_]/;

describe("MGI's naming rule", () => {
	it.each([
		['M-123-345_S1_L001_R1_001.fastq.gz', true],
		['M_123_4325_S2_L002_R2_001.fastq.gz', true],
		['M-1_S1_L001_R1_001.fastq.ora', true],
		['Mouse7_S1_L001_R1_001.fastq.gz', false],
		['PhiX_S1_L001_R1_001.fastq.gz', false],
		['m-1-2_S1_L001_R1_001.fastq.gz', false],
		['Undetermined_S0_L001_R1_001.fastq.gz', false],
		['12M-3_S1_L001_R1_001.fastq.gz', false],
		['M-1-2_S1_L001_R1_001.fastq.gz.md5', false],
		['M-1-2_fastq.gz', false],
		['M-1-2.bam', false],
		['', false],
	])('%s: %s', (name, isMgi) => {
		expect(isMgiFastq(name, pattern)).toBe(isMgi);
	});

	it('never takes Undetermined reads, whatever the pattern', () => {
		expect(isMgiFastq('Undetermined_S0_L001_R1_001.fastq.gz', /.*/)).toBe(false);
		expect(isFastq('Undetermined_S0_L001_R1_001.fastq.ora')).toBe(false);
	});
});

describe('the plan of a delivery', () => {
	const folder = fileData('/x/', { isFolder: true, name: 'x' });

	function file(name: string, status = 'AVAILABLE'): Data {
		return fileData(`/x/${name}`, { status });
	}

	function plan(fastqs: readonly Data[], { item = folder, endedLongAgo = true } = {}): DeliveryPlan {
		return planDelivery([{ item }], fastqs, { mgiPattern: pattern, endedLongAgo });
	}

	it("takes MGI's FASTQs and counts all", () => {
		const files = [file('M-1.fastq.gz'), file('X.fastq.gz'), file('M_2.fastq.ora', 'ARCHIVED')];
		expect(plan(files)).toEqual({ kind: 'deliver', files: [files[0], files[2]], fastqs: 3 });
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
});
