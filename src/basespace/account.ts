import type { BaseSpaceClient } from './client.ts';
import { type BaseSpaceList, listAll } from './paging.ts';
import { type BaseSpaceProject, baseSpaceProjectSchema, tokenSchema, userSchema } from './schemas.ts';

/**
 * What the token allows, in capitals: "READ GLOBAL".
 * @throws {ServiceError} 'unauthorized' when BaseSpace does not accept the token
 */
export async function getScopes(client: BaseSpaceClient): Promise<ReadonlySet<string>> {
	const scopes = await client.ask(
		{ what: 'look up what the BaseSpace token allows', method: 'GET', path: '/v1pre3/oauthv2/token/current' },
		tokenSchema,
	);
	return new Set(scopes.map((scope) => scope.trim().toUpperCase()));
}

/** The id of the user whose token it is. */
export async function getUserId(client: BaseSpaceClient): Promise<string> {
	return await client.ask(
		{ what: 'look up the user of the BaseSpace token', method: 'GET', path: '/v1pre3/users/current' },
		userSchema,
	);
}

/** All projects that the user can see, those of others that are shared with him included. */
export async function listProjects(client: BaseSpaceClient): Promise<BaseSpaceList<BaseSpaceProject>> {
	return await listAll(
		client,
		{ what: 'list the BaseSpace projects', method: 'GET', path: '/v1pre3/users/current/projects' },
		baseSpaceProjectSchema,
	);
}
