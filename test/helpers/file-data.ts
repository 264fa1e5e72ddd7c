import type { Data } from '../../src/ica/schemas.ts';

/** An available file of 1 byte, as ICA lists it. */
export function fileData(path: string, changes: Partial<Data> = {}): Data {
	const name = path.slice(path.lastIndexOf('/') + 1);
	return {
		id: `fil.${name}`,
		name,
		path,
		status: 'AVAILABLE',
		isFolder: false,
		isIndexed: true,
		owningProjectId: 'owner',
		timeCreated: '2026-05-20T12:00:00Z',
		timeModified: '2026-05-20T12:00:00Z',
		size: 1,
		eTag: undefined,
		...changes,
	};
}
