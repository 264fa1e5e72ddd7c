import { describe, expect, it } from 'vitest';
import { isFastq, isFastqOf } from '../../src/analyses/outputs.ts';

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
		expect(isFastqOf(name, pattern)).toBe(isMgi);
	});

	it('never takes Undetermined reads, whatever the pattern', () => {
		expect(isFastqOf('Undetermined_S0_L001_R1_001.fastq.gz', /.*/)).toBe(false);
		expect(isFastq('Undetermined_S0_L001_R1_001.fastq.ora')).toBe(false);
	});
});
