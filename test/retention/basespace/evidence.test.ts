import { describe, expect, it } from 'vitest';
import { couldBeOf, handlesOf, isClearlyOf, tracesOf } from '../../../src/retention/basespace/evidence.ts';

interface Origin {
	readonly reference?: string;
	readonly userReference?: string;
	readonly tags?: readonly string[];
}

function tracesFrom({ reference = 'x', userReference, tags = [] }: Origin): ReturnType<typeof tracesOf> {
	return tracesOf({ reference, userReference, tags: { technicalTags: [...tags] } });
}

const lane = {
	id: '9000001',
	v1Id: '31415926',
	name: '250710_A01052_0268_BHFK3GDSXF',
	experimentName: 'Tsqn250707-RNA_10Jul25',
};

describe('an analysis could be of a run, and is clearly of it,', () => {
	it.each<[string, Origin]>([
		['by its name', { reference: '250710_A01052_0268_BHFK3GDSXF_91da19_17d664-BclConvert v4_2_7-0f' }],
		['by its experiment name', { reference: 'Tsqn250707-RNA_10Jul25_91da19_17d664-BclConvert_v4-0f' }],
		['in any letter case', { reference: 'TSQN250707-rna_10jul25-x' }],
		['by the user reference', { userReference: '250710_A01052_0268_BHFK3GDSXF' }],
		['by a tag that is its name', { tags: ['first', '250710_A01052_0268_BHFK3GDSXF'] }],
		['by a tag that is its id', { tags: ['9000001'] }],
		['by a tag that is its id in version 1 of the API', { tags: ['31415926'] }],
	])('%s', (_, origin) => {
		expect(couldBeOf(tracesFrom(origin), handlesOf(lane))).toBe(true);
		expect(isClearlyOf(tracesFrom(origin), handlesOf(lane))).toBe(true);
	});
});

describe('an analysis could be of a run, and of another one as well,', () => {
	it.each<[string, Origin]>([
		['by a name with other separators', { reference: 'Tsqn250707 RNA 10Jul25_91da19' }],
		['by a tag that holds its name', { tags: ['run-name:250710_A01052_0268_BHFK3GDSXF'] }],
		['by a tag that holds its id', { tags: ['/runs/9000001'] }],
	])('%s', (_, origin) => {
		expect(couldBeOf(tracesFrom(origin), handlesOf(lane))).toBe(true);
		expect(isClearlyOf(tracesFrom(origin), handlesOf(lane))).toBe(false);
	});

	it('by a name that is too short to tell anything', () => {
		const short = handlesOf({ id: '1', name: 'R1' });
		expect(couldBeOf(tracesFrom({ reference: 'r1_91da19_17d664-x' }), short)).toBe(true);
		expect(isClearlyOf(tracesFrom({ reference: 'r1_91da19_17d664-x' }), short)).toBe(false);
	});
});

describe('an analysis is not of a run', () => {
	it.each<[string, Origin]>([
		['whose name only begins like its own', { reference: '250710_A01052_0268_BHFK3GDSXF2_91da19' }],
		['whose name stands later in the reference', { reference: 'again_250710_A01052_0268_BHFK3GDSXF' }],
		['whose id is a part of a number in a tag', { tags: ['run 90000012'] }],
		['of which nothing in it tells', { reference: 'other_91da19_17d664-x', tags: ['autolaunch'] }],
	])('%s', (_, origin) => {
		expect(couldBeOf(tracesFrom(origin), handlesOf(lane))).toBe(false);
	});

	it.each(['', ' ', '-', '2'])('that is called "%s", for the sake of that alone', (experimentName) => {
		const run = handlesOf({ id: '7', name: 'other', experimentName });
		const traces = tracesFrom({ reference: '250710_A01052_0268_BHFK3GDSXF_91da19', tags: ['', '-'] });
		expect([couldBeOf(traces, run), isClearlyOf(traces, run)]).toEqual([false, false]);
	});
});
