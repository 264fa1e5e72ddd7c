import { ServiceError } from '../common/errors.ts';
import { isId } from '../common/ids.ts';
import { firstFew } from '../common/text.ts';
import type { IcaClient } from '../ica/client.ts';
import type { AnalysisRecord } from '../ica/launch-schemas.ts';
import {
	findActivationCode,
	getAnalysisRecord,
	getConfigurations,
	getFormFields,
	getInputs,
	getReferenceDataIds,
	type LaunchAction,
} from '../ica/launches.ts';
import type { Project } from '../ica/schemas.ts';
import { commonBody, type StructuredInput, structuredInput } from './templates/body.ts';
import { formValues } from './templates/form.ts';
import type { LaunchTemplate } from './templates/template.ts';
import { requeueReference, templateReference } from './user-reference.ts';

export interface TemplateRequest {
	readonly source: Project;
	readonly analysisId: string;
	/** The project in which the new analysis is to run. */
	readonly target: Project;
	/** A requeue has its ending in its user reference. */
	readonly purpose: 'requeue' | 'new work';
}

const actions: Readonly<Record<string, Readonly<Record<'form' | 'structured', LaunchAction>>>> = {
	NEXTFLOW: { form: 'nextflowJson', structured: 'nextflow' },
	CWL: { form: 'cwlJson', structured: 'cwlWithStructuredInput' },
};

/**
 * Makes a template from ICA's own record of an analysis.
 * @throws {ServiceError} where ICA does not show the record, or the pipeline is of no known language
 */
export async function makeTemplate(ica: IcaClient, request: TemplateRequest): Promise<LaunchTemplate> {
	const { source: project, analysisId, target, purpose } = request;
	const place = { project, analysisId };
	const record = await getAnalysisRecord(ica, place);
	const { pipeline } = record;
	const language = actions[pipeline.language];
	if (language === undefined) {
		throw new ServiceError(
			'unexpected answer',
			`ICA gives its pipeline's language as ${pipeline.language}, expected ${Object.keys(actions).join(' or ')}.`,
		);
	}
	const name = purpose === 'requeue' ? requeueReference : templateReference;
	const common = commonBody(record, name(record.userReference));
	if (pipeline.inputFormType === 'JSON') {
		const { values, secret, hidden } = formValues(await getFormFields(ica, place));
		const body = { ...common, inputFormValues: values };
		return {
			record,
			project: target,
			action: language.form,
			body,
			notes: [...notesOnProject(target), ...notesOnSecrets(secret), ...notesOnHidden(hidden)],
			secret,
		};
	}
	const { input, secret, notes } = await inputOf(ica, request, record);
	// an analysis's record does not have its code, and only this operation takes one
	const activation =
		language.structured === 'nextflow'
			? await activationCode(ica, target, pipeline.id, input)
			: { chosen: {}, notes: [] };
	return {
		record,
		project: target,
		action: language.structured,
		body: { ...common, ...activation.chosen, analysisInput: input },
		notes: [...notesOnProject(target), ...notesOnSecrets(secret), ...notes, ...activation.notes],
		secret,
	};
}

async function inputOf(
	ica: IcaClient,
	{ source: project, analysisId }: TemplateRequest,
	{ pipeline }: AnalysisRecord,
): Promise<{ input: StructuredInput; secret: readonly string[]; notes: readonly string[] }> {
	const place = { project, analysisId };
	const [inputs, configurations] = await Promise.all([getInputs(ica, place), getConfigurations(ica, place)]);
	// ICA has reference data for CWL pipelines only, and names it by its id
	const mayReferToData =
		pipeline.language === 'CWL' && configurations.some(({ values }) => values.some(isId));
	const found = mayReferToData
		? await orWhyNot(() => getReferenceDataIds(ica, project, pipeline.id))
		: new Set<string>();
	const known = typeof found === 'string' ? new Set<string>() : found;
	const notes =
		typeof found === 'string' ? [`Whether a parameter chooses reference data is not known. ${found}`] : [];
	return { ...structuredInput(inputs, configurations, known), notes };
}

/** The code that ICA would choose; where there is none to be had, the choice is left to ICA. */
async function activationCode(
	ica: IcaClient,
	project: Project,
	pipelineId: string,
	input: StructuredInput,
): Promise<{ chosen: { readonly activationCodeDetailId?: string }; notes: readonly string[] }> {
	try {
		const code = await findActivationCode(ica, project.id, pipelineId, input);
		return { chosen: { activationCodeDetailId: code }, notes: [] };
	} catch (error) {
		if (error instanceof ServiceError) {
			return { chosen: {}, notes: [`No activation code is named, so ICA chooses one. ${error.message}`] };
		}
		throw error;
	}
}

async function orWhyNot<Result>(work: () => Promise<Result>): Promise<Result | string> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof ServiceError) {
			return error.message;
		}
		throw error;
	}
}

/** A hint, not a rule: ICA itself decides when it is asked to start something. */
export function notesOnProject({ name, application }: Project): string[] {
	return application?.type === 'EXTERNAL'
		? [
				`${name} belongs to ${application.name}, and externally managed projects refuse launches: ` +
					'umich-orchestrator requeue with --project_name makes templates for another project.',
			]
		: [];
}

function notesOnSecrets(secret: readonly string[]): string[] {
	return secret.length === 0
		? []
		: [`Left out, since a template holds no secrets: fill in ${firstFew([...new Set(secret)])} yourself.`];
}

function notesOnHidden(hidden: readonly string[]): string[] {
	return hidden.length === 0 ? [] : [`Left out, since the form hides or disables them: ${firstFew(hidden)}.`];
}
