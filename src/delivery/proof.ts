import pLimit from 'p-limit';
import { findFastqs, findOutputs, isMgiFastq, type Output } from '../analyses/outputs.ts';
import { plausibleTime } from '../common/dates.ts';
import { reasonOf, ServiceError } from '../common/errors.ts';
import type { IcaClient } from '../ica/client.ts';
import { findFiles } from '../ica/data.ts';
import type { Analysis, Data, Project } from '../ica/schemas.ts';
import { manifestFolder, manifestName } from './manifest.ts';

/*
 * What proves a delivery is the manifest at the recipient, which is put there when everything is linked. A row
 * of the managed table means "handled", and nothing else: a person can have written it.
 */

/** Whether what an analysis owed to somebody was delivered, by what is there to be seen. */
export type Proof =
	/** The manifest is there; `at`: when it was made, in milliseconds since 1970. */
	| { readonly kind: 'delivered'; readonly at: number }
	/** It never had anything for anybody: it counts as delivered long ago. */
	| { readonly kind: 'nothing owed' }
	/** It has FASTQs of the recipient, and no manifest there that proves their delivery. */
	| { readonly kind: 'missing' }
	/** It cannot be looked up. */
	| { readonly kind: 'unknown'; readonly why: string };

export interface ProofRequest {
	readonly ica: IcaClient;
	readonly source: Project;
	readonly destination: Project;
	readonly pipelinePattern: RegExp;
	readonly mgiPattern: RegExp;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

const inspectionsAtOnce = 8;

/** Where an analysis's manifest is in the destination project. */
export function manifestPath({ reference }: Pick<Analysis, 'reference'>): string {
	return `${manifestFolder}${manifestName(reference)}`;
}

/**
 * Looks up what proves that analyses were delivered: the manifests first, and, where there is none, whether anything was to
 * be delivered at all.
 * @returns by the id of the analysis
 * @throws {ServiceError} when the manifests cannot be looked up
 */
export async function findProofs(
	request: ProofRequest,
	analyses: readonly Analysis[],
): Promise<ReadonlyMap<string, Proof>> {
	const owing = analyses.filter((analysis) => mayOwe(request, analysis));
	const manifests = await findManifests(request, owing);
	const limit = pLimit(inspectionsAtOnce);
	const proofs = await Promise.all(
		owing.map((analysis) => {
			const manifest = manifests.get(manifestPath(analysis));
			return manifest === undefined
				? limit(() => lookForFastqs(request, analysis))
				: Promise.resolve(proofOf(manifest, request.now));
		}),
	);
	const found = new Map(owing.map((analysis, index) => [analysis.id, proofs[index] ?? nothingOwed]));
	return new Map(analyses.map(({ id }) => [id, found.get(id) ?? nothingOwed]));
}

const nothingOwed: Proof = { kind: 'nothing owed' };

/** Whether an analysis can have had anything for a recipient. */
export function mayOwe(
	{ pipelinePattern }: Pick<ProofRequest, 'pipelinePattern'>,
	{ status, pipelineCode }: Pick<Analysis, 'status' | 'pipelineCode'>,
): boolean {
	return status === 'SUCCEEDED' && pipelinePattern.test(pipelineCode);
}

/**
 * Whether an analysis has a FASTQ of the recipient.
 * @throws {ServiceError} when ICA's list of its files is not whole
 */
export async function owesDelivery(
	{ ica, mgiPattern }: Pick<ProofRequest, 'ica' | 'mgiPattern'>,
	outputs: readonly Output[],
): Promise<boolean> {
	return (await findFastqs(ica, outputs)).some(({ name }) => isMgiFastq(name, mgiPattern));
}

/** The manifests that are there, by their paths; those that are not whole are none. */
export async function findManifests(
	{ ica, destination }: Pick<ProofRequest, 'ica' | 'destination'>,
	analyses: readonly Analysis[],
): Promise<ReadonlyMap<string, Data>> {
	const what = `look for manifests in ${destination.name}`;
	const files = await findFiles(ica, destination.id, analyses.map(manifestPath), what);
	const whole = files.filter(({ status, size }) => status !== 'PARTIAL' && status !== 'DELETING' && size > 0);
	return new Map(whole.map((file) => [file.path, file]));
}

/** What a manifest proves. One that was written anew, for a later delivery, is as old as its content. */
export function proofOf({ path, timeCreated, timeModified = timeCreated }: Data, now: number): Proof {
	const created = plausibleTime(timeCreated, now);
	const modified = plausibleTime(timeModified, now);
	return created === undefined || modified === undefined
		? {
				kind: 'unknown',
				why: `ICA gives ${timeCreated ?? 'no time'} and ${timeModified ?? 'no time'} as the times at which ${path} was made and written`,
			}
		: { kind: 'delivered', at: Math.max(created, modified) };
}

async function lookForFastqs(request: ProofRequest, analysis: Analysis): Promise<Proof> {
	const { ica, source, mgiPattern } = request;
	try {
		const { outputs, gone } = await findOutputs(ica, source, analysis);
		const isLost = gone.some(({ name }) => isMgiFastq(name, mgiPattern));
		return isLost || (await owesDelivery(request, outputs)) ? { kind: 'missing' } : nothingOwed;
	} catch (error) {
		if (error instanceof ServiceError) {
			return { kind: 'unknown', why: reasonOf(error) };
		}
		throw error;
	}
}
