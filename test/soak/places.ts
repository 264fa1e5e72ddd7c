/** Where everybody's data is. */
export const sharedFolders: readonly string[] = [
	'/',
	'/datasets/',
	'/ilmn-runs/',
	'/ilmn-analyses/',
	'/scratch/',
];
