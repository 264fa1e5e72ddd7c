/** A source of chance, such as the soak's dice. */
export interface Chance {
	/** A whole number, both ends included. */
	from(least: number, most: number): number;
	happens(probability: number): boolean;
	oneOf<Thing>(things: readonly [Thing, ...Thing[]]): Thing;
}

const digits = '0123456789abcdef';
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

function many(length: number, draw: () => string): string {
	return Array.from({ length }, draw).join('');
}

function hex(chance: Chance, length: number): string {
	return many(length, () => digits.charAt(chance.from(0, 15)));
}

function upper(chance: Chance, length: number): string {
	return many(length, () => letters.charAt(chance.from(0, letters.length - 1)));
}

function padded(number: number, length: number): string {
	return String(number).padStart(length, '0');
}

/** An instrument's name of a run, with a year of two digits or of four: 250710_A01052_0268_BHFK3GDSXF. */
export function instrumentRun(chance: Chance): string {
	const day = `${padded(chance.from(1, 12), 2)}${padded(chance.from(1, 28), 2)}`;
	const flowCell = `${chance.oneOf(['A', 'B'])}${chance.from(10, 99)}${upper(chance, 7)}`;
	const number = padded(chance.from(1, 9999), 4);
	return chance.happens(0.5)
		? `20${chance.from(23, 26)}${day}_LH00${chance.from(100, 999)}_${number}_${flowCell}`
		: `${chance.from(23, 26)}${day}_A0${chance.from(1000, 1999)}_${number}_${flowCell}`;
}

/** A run's name as somebody wrote it into the sample sheet, at times with spaces. */
function sampleSheetRun(chance: Chance): string {
	const number = chance.from(1, 999);
	const day = `${padded(chance.from(1, 28), 2)}${chance.oneOf(['Jan', 'Jul', 'Oct'])}${chance.from(23, 26)}`;
	return chance.oneOf([
		`NovaSeqX-Demo${number}`,
		`Tsqn${chance.from(23, 26)}${padded(number, 4)}-${upper(chance, 4)}_${day}`,
		`Pool ${number} re-run`,
		`AGC ${upper(chance, 3)} ${day}`,
		`${upper(chance, 2)}-${number}`,
	]);
}

/**
 * Names of different runs, some the beginning of others.
 * @param chance draws them
 * @param count how many
 */
export function runNames(chance: Chance, count: number): string[] {
	const names = new Set<string>();
	while (names.size < count) {
		const [first, ...rest] = [...names];
		const other = first === undefined ? undefined : chance.oneOf([first, ...rest]);
		if (other !== undefined && chance.happens(0.3)) {
			names.add(`${other}${chance.oneOf(['_2', '-lane2', ' b', 'x', '_L001'])}`);
		} else {
			names.add(chance.happens(0.5) ? instrumentRun(chance) : sampleSheetRun(chance));
		}
	}
	return [...names];
}

/** The code of a BCLConvert pipeline, however it is written. */
export function bclConvertCode(chance: Chance): string {
	return chance.oneOf([
		'BclConvert v4_2_7',
		'BclConvert v4_1_23_patch1',
		'BclConvert_v4_1_5',
		'BCL Convert 4.2.7',
		'bcl convert (custom), v3',
	]);
}

/** The code of a pipeline that is none of BCLConvert's, though some look like it. */
export function otherPipelineCode(chance: Chance): string {
	return chance.oneOf([
		'DRAGEN Germline 4.3.6',
		'bclconvert-interop-qc__1_3_1-patch',
		'Bcl2fastq',
		'Bcl2fastq 2.20',
	]);
}

/** An analysis's id: a UUID in lower case, in upper case or mixed, or, as the document does not have it, no UUID at all. */
export function analysisId(chance: Chance, kind: 'lower' | 'upper' | 'mixed' | 'no UUID'): string {
	const group = (length: number): string => hex(chance, length);
	const uuid = `${group(8)}-${group(4)}-4${group(3)}-${chance.oneOf(['8', '9', 'a', 'b'])}${group(3)}-${group(12)}`;
	switch (kind) {
		case 'lower':
			return uuid;
		case 'upper':
			return uuid.toUpperCase();
		case 'mixed':
			return `${uuid.slice(0, 8).toUpperCase()}${uuid.slice(8)}`;
		default:
			return `ana.${group(32)}`;
	}
}

/** What a reference is made of. */
export interface ReferenceParts {
	/** The sample sheet's name of the run. */
	readonly runName: string;
	readonly pipelineCode: string;
	/** The analysis's id. */
	readonly id: string;
}

/** A reference as ICA makes one: NovaSeqX-Demo_3664cd_3a7062-BclConvert v4_2_7-0ff58e03-…; the digits are drawn. */
export function realReference(chance: Chance, { runName, pipelineCode, id }: ReferenceParts): string {
	return `${runName}_${hex(chance, 6)}_${hex(chance, 6)}-${pipelineCode}-${id}`;
}
