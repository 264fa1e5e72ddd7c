import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOut, sharesOf } from '../../src/delivery/recipients.ts';
import { fileData } from '../helpers/file-data.ts';
import { mgi, recipient } from '../helpers/recipients.ts';

const lab = recipient('Lab', /^L-/);
const greedy = recipient('Greedy', /^[LT]/);

function fastq(sample: string, index: number): ReturnType<typeof fileData> {
	return fileData(`/output/${sample}_S${index}_L001_R1_001.fastq.gz`);
}

describe('sharing out FASTQs', () => {
	it('gives each to the only one whose pattern matches, or to nobody', () => {
		const samples = fc.array(fc.constantFrom('M-1', 'L-2', 'T3', 'PhiX'));
		fc.assert(
			fc.property(samples, (some) => {
				const all = some.map(fastq);
				const { files, ambiguous, nobodys } = shareOut(all, [mgi, lab, greedy]);
				const of = (beginning: RegExp) => all.filter(({ name }) => beginning.test(name));
				const expected = [
					[mgi, of(/^M-/)],
					[greedy, of(/^T/)],
				] as const;
				expect([...files]).toEqual(expected.filter(([, own]) => own.length > 0));
				expect(ambiguous.map(({ file }) => file)).toEqual(of(/^L/));
				expect(ambiguous.every(({ recipients: both }) => both.length === 2)).toBe(true);
				expect(nobodys).toEqual(of(/^P/));
			}),
		);
	});

	it('takes no longer for each of many than for each of few', () => {
		const all = Array.from({ length: 60_000 }, (_, index) => fastq(`M-${index}`, index));
		const begun = performance.now();
		expect(shareOut(all, [mgi, lab, greedy]).files.get(mgi)).toHaveLength(60_000);
		expect(performance.now() - begun).toBeLessThan(2000);
	});

	it('counts what is whose, of a file that is listed twice once', () => {
		const [one, other] = [fastq('M-1', 1), fastq('L-2', 2)];
		expect(sharesOf([one, other, one], [mgi, lab])).toEqual([
			{ name: 'MGI', files: 1, bytes: 1 },
			{ name: 'Lab', files: 1, bytes: 1 },
		]);
	});
});
