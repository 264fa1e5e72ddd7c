/** The form of the ids that ICA gives projects, analyses and pipelines, as part of a regular expression. */
export const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const wholeUuid = new RegExp(`^${uuid}$`, 'i');

/** Whether a text is an id, as ICA's projects, analyses and pipelines have them. */
export function isId(text: string): boolean {
	return wholeUuid.test(text);
}

/** The ids of analyses. */
export interface AnalysisIds {
	/** Whether an analysis is among them, in whatever letter case its id is written. */
	has(id: string): boolean;
}
