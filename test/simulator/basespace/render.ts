import type { JsonObject } from '../parties.ts';
import type { BaseSpaceProject, Item, User } from './model.ts';

/** A time as BaseSpace writes it, with seven decimals of a second. */
function timeOf(date: Date): string {
	return date.toISOString().replace('Z', '0000Z');
}

export function renderUser({ id, name }: User): JsonObject {
	return { Id: id, Href: `v1pre3/users/${id}`, Name: name };
}

export function renderProject({ id, name, owner }: BaseSpaceProject): JsonObject {
	return { Id: id, Name: name, Href: `v1pre3/projects/${id}`, UserOwnedBy: renderUser(owner) };
}

function common(item: Item): JsonObject {
	return {
		Id: item.id,
		Name: item.name,
		DateCreated: item.dateWritten ?? timeOf(item.dateCreated),
		DateModified: timeOf(item.dateCreated),
		IsArchived: item.isArchived,
		IsDeleted: item.state !== 'there',
		TotalSize: item.bytes,
		...(!item.untold.includes('owner') && { UserOwnedBy: renderUser(item.owner) }),
	};
}

export function renderDataset(item: Item): JsonObject {
	return {
		...common(item),
		IsFileDataDeleted: false,
		...projectOf(item),
		AppSession: { Name: `FASTQ Generation ${item.name}`, ExecutionStatus: item.status },
	};
}

function projectOf({ projects: [project], untold }: Item): JsonObject {
	if (project === undefined || untold.includes('project')) {
		return {};
	}
	return {
		Project: {
			Id: project.id,
			Name: project.name,
			Href: `v2/projects/${project.id}`,
			...(!untold.includes('owner') && { UserOwnedBy: renderUser(project.owner) }),
		},
	};
}

export function renderRun(item: Item): JsonObject {
	return {
		...common(item),
		ExperimentName: item.experimentName ?? null,
		...(item.v1Id !== undefined && { V1Pre3Id: item.v1Id }),
		Status: item.status,
	};
}

/** Something in the trash; a text is the name of something that is neither dataset nor run. */
export function renderTrash(entry: Item | string): JsonObject {
	if (typeof entry === 'string') {
		return { Id: `tr.${entry}`, Name: entry, Type: 'project', Project: { Id: '77', Name: entry } };
	}
	const inside = { Id: entry.id, Name: entry.name };
	return {
		Id: `tr.${entry.id}`,
		Name: entry.name,
		Type: entry.kind,
		...(entry.kind === 'run' ? { Run: inside } : { Dataset: inside }),
	};
}
