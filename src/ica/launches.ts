import type { z } from 'zod';
import { path } from '../http/path.ts';
import type { IcaClient } from './client.ts';
import {
	type AnalysisInput,
	type AnalysisRecord,
	activationCodeSchema,
	analysisInputsSchema,
	analysisRecordSchema,
	type Configuration,
	configurationsSchema,
	type FormField,
	formFieldsSchema,
	type Launched,
	launchedSchema,
	referenceDataIdsSchema,
	type Step,
	stepsSchema,
} from './launch-schemas.ts';
import type { Project } from './schemas.ts';

/** An analysis of a project. */
export interface AnalysisPlace {
	readonly project: Project;
	readonly analysisId: string;
}

/** Part of an analysis's record: what it is, for errors, and where it is found below the analysis. */
interface Part<Answer> {
	readonly what: string;
	readonly below: '' | '/inputs' | '/configurations' | '/inputFormValues' | '/steps';
	readonly version: 3 | 4;
	readonly answer: z.ZodType<Answer>;
}

async function getPart<Answer>(
	ica: IcaClient,
	{ project, analysisId }: AnalysisPlace,
	{ what, below, version, answer }: Part<Answer>,
): Promise<Answer> {
	return await ica.call({
		what: `get ${what} analysis ${analysisId} of ${project.name}`,
		method: 'GET',
		path: path`/api/projects/${project.id}/analyses/${analysisId}` + below,
		version,
		isReadOnly: true,
		answer,
	});
}

/** @throws {ServiceError} 'not found' where the project has no such analysis */
export async function getAnalysisRecord(ica: IcaClient, place: AnalysisPlace): Promise<AnalysisRecord> {
	return await getPart(ica, place, { what: 'the', below: '', version: 4, answer: analysisRecordSchema });
}

/** The files and folders that an analysis was given. */
export async function getInputs(ica: IcaClient, place: AnalysisPlace): Promise<AnalysisInput[]> {
	return await getPart(ica, place, {
		what: 'the inputs of',
		below: '/inputs',
		version: 3,
		answer: analysisInputsSchema,
	});
}

/** The parameters that an analysis was given. */
export async function getConfigurations(ica: IcaClient, place: AnalysisPlace): Promise<Configuration[]> {
	return await getPart(ica, place, {
		what: 'the configurations of',
		below: '/configurations',
		version: 3,
		answer: configurationsSchema,
	});
}

/** What was filled in for an analysis of a pipeline with a JSON form. */
export async function getFormFields(ica: IcaClient, place: AnalysisPlace): Promise<FormField[]> {
	return await getPart(ica, place, {
		what: 'the form values of',
		below: '/inputFormValues',
		version: 4,
		answer: formFieldsSchema,
	});
}

export async function getSteps(ica: IcaClient, place: AnalysisPlace): Promise<Step[]> {
	return await getPart(ica, place, {
		what: 'the steps of',
		below: '/steps',
		version: 3,
		answer: stepsSchema,
	});
}

/**
 * The activation code that ICA itself would choose for a Nextflow analysis.
 * @param analysisInput as a launch sends it
 * @throws {ServiceError} also where there is none
 */
export async function findActivationCode(
	ica: IcaClient,
	projectId: string,
	pipelineId: string,
	analysisInput: unknown,
): Promise<string> {
	const { id } = await ica.call({
		what: `find an activation code for pipeline ${pipelineId}`,
		method: 'POST',
		path: '/api/activationCodes:findBestMatchingForNextflow',
		body: { projectId, pipelineId, analysisInput },
		isReadOnly: true,
		answer: activationCodeSchema,
	});
	return id;
}

/** The ids of all reference data that a pipeline may be given. */
export async function getReferenceDataIds(
	ica: IcaClient,
	project: Project,
	pipelineId: string,
): Promise<ReadonlySet<string>> {
	return await ica.call({
		what: `get the reference sets of pipeline ${pipelineId}`,
		method: 'GET',
		path: path`/api/projects/${project.id}/pipelines/${pipelineId}/referenceSets`,
		isReadOnly: true,
		answer: referenceDataIdsSchema,
	});
}

/** How an analysis is started: the last part of the operation's path. */
export type LaunchAction = 'nextflow' | 'nextflowJson' | 'cwlWithStructuredInput' | 'cwlJson';

/** The path of a launch, below `/ica/rest`. */
export function launchPath(projectId: string, action: LaunchAction): string {
	return `${path`/api/projects/${projectId}/analysis`}:${action}`;
}

/**
 * Starts an analysis.
 * @param idempotencyKey makes a repeated request answer what the first one answered
 * @throws {ServiceError} 'forbidden' in an externally managed project
 */
export async function startAnalysis(
	ica: IcaClient,
	project: Project,
	{ action, body }: { readonly action: LaunchAction; readonly body: { readonly userReference: string } },
	idempotencyKey: string,
): Promise<Launched> {
	return await ica.call({
		what: `start analysis ${body.userReference} in ${project.name}`,
		method: 'POST',
		path: launchPath(project.id, action),
		version: 4,
		headers: { 'idempotency-key': idempotencyKey },
		body,
		isReadOnly: false,
		answer: launchedSchema,
	});
}
