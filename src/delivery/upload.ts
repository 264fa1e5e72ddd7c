import { createHash } from 'node:crypto';
import type { Clock } from '../common/clock.ts';
import { ServiceError } from '../common/errors.ts';
import type { IcaClient } from '../ica/client.ts';
import { createFile, getCredentials } from '../ica/credentials.ts';
import { changeData, findFile } from '../ica/data.ts';
import type { Credentials, Data, Project } from '../ica/schemas.ts';
import type { Storage } from '../ica/transfer.ts';

/** A file to be put into a project. */
export interface Upload {
	readonly project: Project;
	/** Absolute, with its closing slash. */
	readonly folder: string;
	readonly name: string;
	readonly content: Buffer;
}

/** What putting a file into a project comes to, from what is there already. */
export type UploadAction =
	/** Nothing is there. */
	| 'create'
	/** It is there with this content. */
	| 'keep'
	/** It was created and never got its content. */
	| 'fill'
	/** It is there with other content. */
	| 'replace'
	/** It is there, and what is in it cannot be seen. */
	| 'renew';

interface Dependencies {
	readonly ica: IcaClient;
	readonly storage: Storage;
	readonly clock: Clock;
}

/** How long to wait, at most, for a file to be gone that ICA was asked to delete; with growing steps. */
const deletionWaitsMs = [500, 1000, 2000, 4000, 8000, 16_000];

/** What `uploadFile` would do. */
export async function plannedUpload(
	dependencies: Pick<Dependencies, 'ica' | 'storage'>,
	upload: Upload,
): Promise<UploadAction> {
	return await actionFor(dependencies, upload, await findExisting(dependencies.ica, upload));
}

/**
 * Puts a file into a project, so that in the end it is there once, with this content, whatever an earlier try left.
 * @returns what was done
 * @throws {ServiceError}
 */
export async function uploadFile(dependencies: Dependencies, upload: Upload): Promise<UploadAction> {
	const credentials = await createUnlessThere(dependencies.ica, upload);
	if (credentials !== undefined) {
		await dependencies.storage.upload(credentials, upload.content);
		return 'create';
	}
	const existing = await findExisting(dependencies.ica, upload);
	if (existing === undefined) {
		throw new ServiceError(
			'conflict',
			`ICA reports that ${upload.folder}${upload.name} exists in ${upload.project.name}, and does not list it as the project's own.`,
		);
	}
	const needed = await actionFor(dependencies, upload, existing);
	if (needed !== 'keep') {
		await overwrite(dependencies, upload, existing);
	}
	return needed;
}

function findExisting(ica: IcaClient, { project, folder, name }: Upload): Promise<Data | undefined> {
	return findFile(ica, project.id, `${folder}${name}`);
}

/**
 * Judges by size and MD5, which is the ETag of an object that was put in one piece without a key of its own; where that is
 * something else, by the content.
 */
async function actionFor(
	dependencies: Pick<Dependencies, 'ica' | 'storage'>,
	{ project, content }: Upload,
	existing: Data | undefined,
): Promise<UploadAction> {
	if (existing === undefined) {
		return 'create';
	}
	if (existing.status === 'PARTIAL') {
		return 'fill';
	}
	if (existing.status === 'DELETING' || existing.size !== content.length) {
		return 'replace';
	}
	const md5 = createHash('md5').update(content).digest('hex');
	if (existing.eTag?.replaceAll('"', '').toLowerCase() === md5) {
		return 'keep';
	}
	const stored = await contentOf(dependencies, project, existing);
	if (stored === undefined) {
		return 'renew';
	}
	return stored.equals(content) ? 'keep' : 'replace';
}

async function contentOf(
	{ ica, storage }: Pick<Dependencies, 'ica' | 'storage'>,
	project: Project,
	file: Data,
): Promise<Buffer | undefined> {
	try {
		return await storage.download(await getCredentials(ica, project.id, file, 'read'), file.size);
	} catch (error) {
		if (error instanceof ServiceError) {
			return undefined;
		}
		throw error;
	}
}

async function createUnlessThere(ica: IcaClient, upload: Upload): Promise<Credentials | undefined> {
	try {
		return await createFile(ica, upload.project.id, upload);
	} catch (error) {
		if (error instanceof ServiceError && error.failure === 'conflict') {
			return undefined;
		}
		throw error;
	}
}

async function overwrite(dependencies: Dependencies, upload: Upload, existing: Data): Promise<void> {
	const credentials =
		(await credentialsUnlessRefused(dependencies.ica, upload.project, existing)) ??
		(await createAnew(dependencies, upload, existing));
	await dependencies.storage.upload(credentials, upload.content);
}

async function credentialsUnlessRefused(
	ica: IcaClient,
	project: Project,
	existing: Data,
): Promise<Credentials | undefined> {
	try {
		return await getCredentials(ica, project.id, existing, 'write');
	} catch (error) {
		if (error instanceof ServiceError && error.isRefusal) {
			return undefined;
		}
		throw error;
	}
}

/** Deletes that one file, which ICA does in its own time, and creates it again. */
async function createAnew(
	{ ica, clock }: Dependencies,
	upload: Upload,
	existing: Data,
): Promise<Credentials> {
	await deleteUnlessGone(ica, upload.project, existing);
	for (const wait of deletionWaitsMs) {
		const credentials = await createUnlessThere(ica, upload);
		if (credentials !== undefined) {
			return credentials;
		}
		await clock.sleep(wait);
	}
	throw new ServiceError(
		'conflict',
		`ICA has not deleted the old ${existing.path} yet; the next pass tries again.`,
	);
}

/** A file that is gone, or on its way, is as good as deleted. */
async function deleteUnlessGone(ica: IcaClient, project: Project, file: Data): Promise<void> {
	if (file.status === 'DELETING') {
		return;
	}
	try {
		await changeData(ica, project.id, file, 'delete');
	} catch (error) {
		if (!(error instanceof ServiceError && (error.failure === 'not found' || error.failure === 'conflict'))) {
			throw error;
		}
	}
}
