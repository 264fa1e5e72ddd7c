import pLimit from 'p-limit';
import { findFastqs, findOutputs, isFastqOf, type Output } from '../analyses/outputs.ts';
import { plausibleTime } from '../common/dates.ts';
import { reasonOf, ServiceError } from '../common/errors.ts';
import type { IcaClient } from '../ica/client.ts';
import { findFiles } from '../ica/data.ts';
import type { Analysis, Data, Project } from '../ica/schemas.ts';
import { manifestFolder, manifestName } from './manifest.ts';
import { projectsOf, type Recipient } from './recipients.ts';

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
	/** It has FASTQs of recipients, and no manifest there that proves their delivery; which, where there are several. */
	| { readonly kind: 'missing'; readonly whom?: string }
	/** It cannot be looked up. */
	| { readonly kind: 'unknown'; readonly why: string };

export interface ProofRequest {
	readonly ica: IcaClient;
	readonly source: Project;
	readonly recipients: readonly Recipient[];
	readonly pipelinePattern: RegExp;
	/** Milliseconds since 1970, UTC. */
	readonly now: number;
}

const inspectionsAtOnce = 8;

/** Where an analysis's manifest is in a recipient's project. */
function manifestPath({ reference }: Pick<Analysis, 'reference'>): string {
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
	const { ica, recipients, now } = request;
	const owing = analyses.filter((analysis) => mayOwe(request, analysis));
	const manifests = await findManifests(
		ica,
		recipients.map((recipient) => ({ recipient, analyses: owing })),
	);
	const limit = pLimit(inspectionsAtOnce);
	const proofs = await Promise.all(
		owing.map((analysis) => {
			const proof = proofFor(analysis, recipients, manifests, now);
			// whoever has no manifest may have had no FASTQs
			return proof.kind === 'missing' || recipients.some(({ project }) => project === undefined)
				? limit(() => lookForFastqs(request, analysis, manifests))
				: Promise.resolve(proof);
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
 * Those of whom an analysis has a FASTQ.
 * @throws {ServiceError} when ICA's list of its files is not whole
 */
export async function owedTo(
	{ ica, recipients }: Pick<ProofRequest, 'ica' | 'recipients'>,
	outputs: readonly Output[],
): Promise<Recipient[]> {
	const fastqs = await findFastqs(ica, outputs);
	return recipients.filter(({ pattern }) => fastqs.some(({ name }) => isFastqOf(name, pattern)));
}

/** The manifests that are there, of each recipient by their paths. */
export type Manifests = ReadonlyMap<Recipient, ReadonlyMap<string, Data>>;

/**
 * Looks for manifests; those that are not whole are none, and recipients without a project are left out.
 * @throws {ServiceError}
 */
export async function findManifests(
	ica: IcaClient,
	wanted: readonly { readonly recipient: Recipient; readonly analyses: readonly Analysis[] }[],
): Promise<Manifests> {
	const found = await Promise.all(
		wanted.map(async ({ recipient, analyses }) => {
			const { project } = recipient;
			if (project === undefined) {
				return [];
			}
			const what = `look for manifests in ${project.name}`;
			const files = await findFiles(ica, project.id, analyses.map(manifestPath), what);
			const whole = files.filter(
				({ status, size }) => status !== 'PARTIAL' && status !== 'DELETING' && size > 0,
			);
			return [[recipient, new Map(whole.map((file) => [file.path, file]))] as const];
		}),
	);
	return new Map(found.flat());
}

/**
 * The manifests of one analysis.
 * @throws {ServiceError} also when a recipient's project cannot be looked into
 */
export async function manifestsOf(
	{ ica }: { readonly ica: IcaClient },
	analysis: Analysis,
	recipients: readonly Recipient[],
): Promise<ReadonlyMap<Recipient, Data>> {
	projectsOf(recipients);
	const manifests = await findManifests(
		ica,
		recipients.map((recipient) => ({ recipient, analyses: [analysis] })),
	);
	return new Map(
		recipients.flatMap((recipient) => {
			const manifest = manifests.get(recipient)?.get(manifestPath(analysis));
			return manifest === undefined ? [] : [[recipient, manifest] as const];
		}),
	);
}

/**
 * What the manifests prove of an analysis that owes something to recipients: all of them have to be there, and the latest
 * counts.
 * @param owed at least one
 * @param now milliseconds since 1970, UTC
 */
export function proofFor(
	analysis: Analysis,
	owed: readonly Recipient[],
	manifests: Manifests,
	now: number,
): Proof {
	const known = owed.filter(({ project }) => project !== undefined);
	const missing = known.filter((recipient) => !manifests.get(recipient)?.has(manifestPath(analysis)));
	if (missing.length > 0) {
		return owed.length === 1
			? { kind: 'missing' }
			: { kind: 'missing', whom: missing.map(({ name }) => name).join(', ') };
	}
	const unknown = owed.find(({ project }) => project === undefined);
	if (unknown !== undefined) {
		return { kind: 'unknown', why: `the project of ${unknown.name} cannot be looked into` };
	}
	const proofs = known.flatMap((recipient) => {
		const manifest = manifests.get(recipient)?.get(manifestPath(analysis));
		return manifest === undefined ? [] : [proofOf(manifest, now)];
	});
	const [first] = proofs.toSorted((one, other) => timeOf(other) - timeOf(one));
	return first ?? nothingOwed;
}

/** What is not known is graver than what is. */
function timeOf(proof: Proof): number {
	return proof.kind === 'delivered' ? proof.at : Number.POSITIVE_INFINITY;
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

async function lookForFastqs(
	request: ProofRequest,
	analysis: Analysis,
	manifests: Manifests,
): Promise<Proof> {
	const { ica, source, recipients, now } = request;
	try {
		const { outputs, gone } = await findOutputs(ica, source, analysis);
		const owing = new Set(await owedTo(request, outputs));
		const owed = recipients.filter(
			(recipient) => owing.has(recipient) || gone.some(({ name }) => isFastqOf(name, recipient.pattern)),
		);
		return owed.length === 0 ? nothingOwed : proofFor(analysis, owed, manifests, now);
	} catch (error) {
		if (error instanceof ServiceError) {
			return { kind: 'unknown', why: reasonOf(error) };
		}
		throw error;
	}
}
