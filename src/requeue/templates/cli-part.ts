import type { ExternalData } from '../../ica/launch-schemas.ts';

/** Some of a launch in the words of the icav2 command. */
export interface CliPart {
	readonly options: readonly (readonly [option: string, value: string])[];
	/** What the command cannot express, or expresses in a way that icav2 could misread: whole sentences. */
	readonly notes?: readonly string[];
	/** The names of what is left empty on purpose, which the command cannot express. */
	readonly empty?: readonly string[];
}

/** Data as a launch is given it. */
interface Mounted {
	readonly dataId: string;
	readonly mountPath?: string | null | undefined;
}

const separators = /[{},]/;

/** Data in one word, with the path at which the pipeline finds it. */
export function dataWord({ dataId, mountPath }: Mounted): string {
	return dataId + (mountPath ? `{:${mountPath}}` : '');
}

/** What icav2 could misread of the mount paths of an input or field. */
export function mountNotes(name: string, data: readonly Mounted[]): string[] {
	return data
		.filter(({ mountPath }) => separators.test(mountPath ?? ''))
		.map(({ mountPath }) => `icav2 allows no braces and commas in a mount path: ${mountPath} of ${name}.`);
}

/** What icav2 could misread of a name, which a separator ends. */
export function nameNotes(name: string, separator: RegExp): string[] {
	return separator.test(name)
		? [`The name ${name} has a separator of icav2 in it: better use the API template.`]
		: [];
}

/** A value that icav2 could take for several. */
export function misreadable(name: string, what: string): string {
	return `A value of ${name} has ${what} in it, by which icav2 could take it for several: better use the API template.`;
}

/** Data from elsewhere, for which icav2 has no option. */
export function externalNotes(name: string, data: readonly Pick<ExternalData, 'url'>[]): string[] {
	return data.map(({ url }) => `Not in this command, only in the API template: ${url} for ${name}.`);
}
