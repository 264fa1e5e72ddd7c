import { fieldsOf, optionalText, requiredText } from './body.ts';
import { formIn, storageIn, structuredIn, tagsIn, userReferenceIn } from './launch-body.ts';
import { type LaunchRecord, noLaunch, type Pipeline } from './launch-record.ts';
import { refuseWrites } from './lifecycle.ts';
import type { Analysis, Project } from './model.ts';
import { type Call, type Operation, parameter } from './operation.ts';
import type { JsonObject } from './parties.ts';
import { badRequest, Refusal } from './refusal.ts';
import { renderAnalysis } from './render-analysis.ts';
import {
	renderActivationCode,
	renderConfigurations,
	renderForm,
	renderInputs,
	renderReferenceSets,
	renderSteps,
} from './render-launch.ts';

function analysisOf(call: Call): Analysis {
	const project = call.world.project(parameter(call, 'projectId'));
	return call.world.analyses.get(project, parameter(call, 'analysisId'));
}

interface LaunchKind {
	readonly id: string;
	readonly action: string;
	readonly language: Pipeline['language'];
	readonly form: Pipeline['inputFormType'];
	readonly versions: readonly (3 | 4)[];
}

const kinds: readonly LaunchKind[] = [
	{ id: 'createNextflowAnalysis', action: 'nextflow', language: 'NEXTFLOW', form: 'XML', versions: [4, 3] },
	{
		id: 'createNextflowJsonAnalysis',
		action: 'nextflowJson',
		language: 'NEXTFLOW',
		form: 'JSON',
		versions: [4],
	},
	{
		id: 'createCwlAnalysisWithStructuredInput',
		action: 'cwlWithStructuredInput',
		language: 'CWL',
		form: 'XML',
		versions: [4],
	},
	{ id: 'createCwlJsonAnalysis', action: 'cwlJson', language: 'CWL', form: 'JSON', versions: [4] },
];

/** Data that a project does not list cannot be an input there. */
function checkData(call: Call, project: Project, { inputs, form }: LaunchRecord): void {
	const fields = form.flatMap((field) => [field, ...(field.rows ?? []).flat()]);
	const data = [
		...inputs.flatMap((input) => input.data),
		...fields.flatMap((field) => field.dataValues ?? []),
	];
	for (const { dataId } of data) {
		call.world.data.entryOf(project, dataId);
	}
}

function launch(call: Call, kind: LaunchKind): JsonObject {
	const { world } = call;
	const fields = fieldsOf(call.body);
	const userReference = userReferenceIn(fields);
	const project = world.project(parameter(call, 'projectId'));
	refuseWrites(project);
	const pipeline = world.pipelines.get(requiredText(fields, 'pipelineId'));
	if (pipeline.language !== kind.language || pipeline.inputFormType !== kind.form) {
		throw badRequest('pipelineId', `Pipeline ${pipeline.code} is not started by analysis:${kind.action}.`);
	}
	const record: LaunchRecord = {
		...noLaunch,
		tags: tagsIn(fields),
		storage: storageIn(fields),
		activationCode: optionalText(fields, 'activationCodeDetailId'),
		...(kind.form === 'JSON' ? { form: formIn(fields) } : structuredIn(fields)),
	};
	checkData(call, project, record);
	const analysis = world.addAnalysis(project, {
		run: userReference,
		userReference,
		reference: `${userReference.replaceAll('/', '_')}-${pipeline.code.replaceAll(' ', '_')}-${world.ids.uuid()}`,
		pipelineCode: pipeline.code,
		status: 'REQUESTED',
		timeCreated: world.now(),
		startDate: null,
		outputFolder: null,
		launched: record,
	});
	return renderAnalysis(analysis, world.analyses.statusOf(analysis), call.version);
}

function launching(kind: LaunchKind): Operation {
	return {
		id: kind.id,
		method: 'POST',
		path: `/api/projects/{projectId}/analysis:${kind.action}`,
		status: 201,
		answers: kind.versions,
		takes: kind.versions,
		bodyRequired: true,
		idempotent: true,
		run: (call) => launch(call, kind),
	};
}

function looking(
	id: string,
	below: string,
	version: 3 | 4,
	render: (call: Call, analysis: Analysis) => JsonObject,
): Operation {
	return {
		id,
		method: 'GET',
		path: `/api/projects/{projectId}/analyses/{analysisId}/${below}`,
		status: 200,
		answers: [version],
		run: (call) => render(call, analysisOf(call)),
	};
}

function getForm(_call: Call, analysis: Analysis): JsonObject {
	if (analysis.pipeline.inputFormType !== 'JSON') {
		throw new Refusal(400, `Analysis ${analysis.id} was not started with a JSON form.`);
	}
	return renderForm(analysis.launched);
}

function findActivationCode(call: Call): JsonObject {
	const fields = fieldsOf(call.body);
	call.world.project(requiredText(fields, 'projectId'));
	structuredIn(fields);
	const { activationCode, code } = call.world.pipelines.get(requiredText(fields, 'pipelineId'));
	if (activationCode === undefined) {
		throw new Refusal(404, `No activation code matches pipeline ${code}.`);
	}
	return renderActivationCode(activationCode);
}

/** What analyses were started with, and starting new ones. */
export const launchOperations: readonly Operation[] = [
	...kinds.map(launching),
	looking('getAnalysisInputs', 'inputs', 3, ({ world }, { launched }) =>
		renderInputs(launched, (dataId) => world.data.get(dataId)),
	),
	looking('getAnalysisConfigurations', 'configurations', 3, (_call, { launched }) =>
		renderConfigurations(launched),
	),
	looking('getProjectAnalysisInputFormValues', 'inputFormValues', 4, getForm),
	looking('getAnalysisSteps', 'steps', 3, (_call, analysis) => renderSteps(analysis, analysis.launched)),
	{
		id: 'getProjectPipelineReferenceSets',
		method: 'GET',
		path: '/api/projects/{projectId}/pipelines/{pipelineId}/referenceSets',
		status: 200,
		answers: [3],
		run(call) {
			call.world.project(parameter(call, 'projectId'));
			return renderReferenceSets(call.world.pipelines.get(parameter(call, 'pipelineId')));
		},
	},
	{
		id: 'findBestMatchingActivationCodesForNextflow',
		method: 'POST',
		path: '/api/activationCodes:findBestMatchingForNextflow',
		status: 200,
		answers: [3],
		takes: [3],
		bodyRequired: true,
		run: findActivationCode,
	},
];
