import { describe, expect, it } from 'vitest';
import { planDelivery } from '../src/delivery.ts';
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
	function file(name: string, status = 'AVAILABLE'): Data {
		return fileData(`/x/${name}`, { status });
	}

	it("takes MGI's FASTQs and counts all", () => {
		const files = [file('M-1.fastq.gz'), file('X.fastq.gz'), file('M_2.fastq.ora', 'ARCHIVED')];
		expect(planDelivery(files, pattern)).toEqual({ kind: 'deliver', files: [files[0], files[2]], fastqs: 3 });
	});

	it("waits for MGI's FASTQs that are being written or deleted, not for those of others", () => {
		expect(planDelivery([file('M-1.fastq.gz', 'PARTIAL')], pattern)).toEqual({
			kind: 'wait',
			why: '1 MGI FASTQ still being written (M-1.fastq.gz)',
		});
		expect(planDelivery([file('M-1.fastq.gz', 'DELETING')], pattern)).toMatchObject({ kind: 'wait' });
		expect(planDelivery([file('M-1.fastq.gz'), file('X.fastq.gz', 'PARTIAL')], pattern)).toMatchObject({
			kind: 'deliver',
		});
	});

	it('has nothing to deliver without MGI FASTQs, and names those there are', () => {
		const many = Array.from({ length: 12 }, (_, n) => file(`X${String(n).padStart(2, '0')}.fastq.gz`));
		expect(planDelivery([], pattern)).toEqual({ kind: 'nothing', why: 'it has no FASTQs at all' });
		expect(planDelivery(many, pattern)).toMatchObject({
			kind: 'nothing',
			why: expect.stringMatching(
				/^none of its 12 FASTQs is MGI's \(X00\.fastq\.gz, .*X04\.fastq\.gz and 7 more\)$/,
			),
		});
	});
});
