import { uuidOf } from './ids.ts';

/** A value of the service's JSON. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** An object of the service's JSON; what is undefined is left out. */
export interface JsonObject {
	[name: string]: Json;
}

const built = '2021-03-01T09:00:00Z';
const userId = uuidOf('user');
const tenantId = uuidOf('tenant');

/** What version 3 puts into everything that somebody owns. */
export const owned: JsonObject = {
	timeCreated: built,
	timeModified: built,
	ownerId: userId,
	tenantId,
	tenantName: 'michigan-medicine',
};

/** The same in version 4. */
export const ownedV4: JsonObject = {
	timeCreated: built,
	timeModified: built,
	owner: { id: userId },
	tenant: { id: tenantId, name: 'michigan-medicine' },
};

const country: JsonObject = {
	id: uuidOf('country'),
	...owned,
	code: 'US',
	name: 'United States of America',
	region: 'Americas',
};

/** The region in which all projects live. */
export const region: JsonObject = {
	id: uuidOf('region'),
	...owned,
	code: 'US',
	country,
	cityName: 'North Virginia',
};

/** The user as a job shows its owner. */
export const user: JsonObject = {
	id: userId,
	...owned,
	username: 'agc-automation@umich.edu',
	email: 'agc-automation@umich.edu',
	firstname: 'Sequencing',
	lastname: 'Core',
	active: true,
	tenantAdministrator: false,
	emailVerified: true,
	twoFactorAuthentication: false,
};
