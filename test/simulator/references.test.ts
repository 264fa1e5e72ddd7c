import { expect, it } from 'vitest';
import { Dice } from '../soak/dice.ts';
import {
	analysisId,
	bclConvertCode,
	instrumentRun,
	otherPipelineCode,
	realReference,
	runNames,
} from './references.ts';

const seeds = Array.from({ length: 50 }, (_, seed) => seed);

function reference(seed: number): string {
	const dice = new Dice(seed);
	const [runName = ''] = runNames(dice, 1);
	return realReference(dice, {
		runName,
		pipelineCode: bclConvertCode(dice),
		id: analysisId(dice, 'lower'),
	});
}

it('draws references of the real shape, the same ones with the same dice', () => {
	const references = seeds.map(reference);
	for (const one of references) {
		expect(one).toMatch(
			/^.+_[0-9a-f]{6}_[0-9a-f]{6}-bcl.?convert.+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
		);
	}
	expect(references).toEqual(seeds.map(reference));
	expect(new Set(references).size).toBe(seeds.length);
	expect(references.filter((one) => one.includes(' ')).length).toBeGreaterThan(5);
});

it('draws different run names, of instruments and of sample sheets, some of which begin others', () => {
	const names = runNames(new Dice(1), 60);
	expect(new Set(names).size).toBe(60);
	const isInstruments = (name: string): boolean => /^\d{6,8}_[A-Z]+\d+_\d{4}_[AB]\d{2}[A-Z]{7}$/.test(name);
	expect(isInstruments(instrumentRun(new Dice(2)))).toBe(true);
	expect(names.some(isInstruments)).toBe(true);
	expect(names.some((name) => name.includes(' '))).toBe(true);
	const beginners = names.filter((name) => names.some((other) => other !== name && other.startsWith(name)));
	expect(beginners.length).toBeGreaterThan(5);
});

it('draws ids in upper case, mixed, and such as are no UUIDs', () => {
	const dice = new Dice(3);
	const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
	expect(analysisId(dice, 'lower')).toMatch(uuid);
	const upper = analysisId(dice, 'upper');
	expect(upper.toLowerCase()).toMatch(uuid);
	expect(upper).toBe(upper.toUpperCase());
	expect(analysisId(dice, 'mixed')).toMatch(/^[0-9A-F]{8}-/);
	expect(analysisId(dice, 'mixed').toLowerCase()).toMatch(uuid);
	expect(analysisId(dice, 'no UUID')).toMatch(/^ana\.[0-9a-f]{32}$/);
});

it('draws pipelines that only look like BCLConvert, too', () => {
	const codes = new Set(seeds.map((seed) => otherPipelineCode(new Dice(seed))));
	expect(codes).toContain('bclconvert-interop-qc__1_3_1-patch');
	expect(codes).toContain('Bcl2fastq');
});
