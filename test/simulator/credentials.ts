import type { DataStore } from './data.ts';
import type { Ids } from './ids.ts';
import type { DataItem, Encryption, Project } from './model.ts';
import type { Pace } from './pace.ts';
import { Refusal } from './refusal.ts';
import type { Timeline } from './timeline.ts';

/** Temporary credentials as they were issued. */
export interface Credentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	readonly region: string;
	readonly bucket: string;
	/** The key, or what every key begins with when the data is a folder. */
	readonly prefix: string;
	readonly readOnly: boolean;
	readonly expires: Date;
	readonly encryption: Encryption | undefined;
	/** Whether the RCLONE config names the endpoint. */
	readonly endpointInConfig: boolean;
}

/** The key of a data item's object in its project's bucket. */
function keyOf(item: DataItem): string {
	return `${item.project.id}${item.path}`;
}

interface Place extends Pick<Pace, 'credentialsMillis'> {
	readonly timeline: Timeline;
	readonly ids: Ids;
}

/** Issues temporary credentials and knows the ones it issued. */
export class CredentialDesk {
	readonly #place: Place;
	readonly #data: DataStore;
	readonly #issued = new Map<string, Credentials>();
	readonly #refused = new Set<string>();

	constructor(place: Place, data: DataStore) {
		this.#place = place;
		this.#data = data;
	}

	/** From now on no credentials are given for this data; or, with false, they are again. */
	refuse(dataId: string, refused: boolean): void {
		if (refused) {
			this.#refused.add(dataId);
		} else {
			this.#refused.delete(dataId);
		}
	}

	/** New credentials for data that this project lists; writing ones only to its owner. */
	issue(project: Project, item: DataItem, readOnly: boolean): Credentials {
		if (this.#refused.has(item.id)) {
			throw new Refusal(403, `Not allowed to create temporary credentials for data ${item.id}.`);
		}
		if (!readOnly && (item.project !== project || project.externallyManaged)) {
			throw new Refusal(403, `Data ${item.id} cannot be written through project ${project.name}.`);
		}
		const { storage, bucket } = item.project;
		const credentials: Credentials = {
			accessKeyId: `ASIA${this.#place.ids.secret(16).toUpperCase()}`,
			secretAccessKey: this.#place.ids.secret(40),
			sessionToken: `IQoJb3JpZ2luX2VjE${this.#place.ids.secret(240)}`,
			region: storage.region ?? 'us-east-1',
			bucket,
			prefix: keyOf(item),
			readOnly,
			expires: new Date(this.#place.timeline.now().getTime() + this.#place.credentialsMillis),
			encryption: storage.encryption,
			endpointInConfig: storage.endpointInConfig ?? false,
		};
		this.#issued.set(credentials.accessKeyId, credentials);
		return credentials;
	}

	/** The credentials with this access key. */
	get(accessKeyId: string): Credentials | undefined {
		return this.#issued.get(accessKeyId);
	}

	/** Secret keys and session tokens issued so far. */
	secrets(): string[] {
		return [...this.#issued.values()].flatMap((credentials) => [
			credentials.secretAccessKey,
			credentials.sessionToken,
		]);
	}

	/** The file whose object has this key. */
	fileAt(projects: Iterable<Project>, bucket: string, key: string): DataItem | undefined {
		for (const project of projects) {
			if (project.bucket === bucket && key.startsWith(`${project.id}/`)) {
				const entry = this.#data.listingOf(project).exactlyAt(key.slice(project.id.length));
				return entry?.item.project === project ? entry.item : undefined;
			}
		}
		return;
	}
}
