import { z } from 'zod';

/*
 * What this program reads of ICA's record of how an analysis was started, as the OpenAPI document describes it. What is
 * null or missing there becomes an empty list, or undefined, here.
 */

const id = z.string().min(1);
const texts = z
	.array(z.string().nullable())
	.nullish()
	.transform((list) => (list ?? []).map((text) => text ?? ''));

function listOf<Item>(item: z.ZodType<Item>) {
	return z.object({ items: z.array(item) }).transform(({ items }) => items);
}

function listOrNone<Item>(item: z.ZodType<Item>) {
	return z
		.array(item)
		.nullish()
		.transform((list) => list ?? []);
}

const tagsSchema = z
	.object({ technicalTags: texts, userTags: texts, referenceTags: texts })
	.nullish()
	.transform((tags) => tags ?? { technicalTags: [], userTags: [], referenceTags: [] });
export type Tags = z.infer<typeof tagsSchema>;

/** An analysis with what is needed to start another one like it (AnalysisV4). */
export const analysisRecordSchema = z
	.object({
		id,
		reference: id,
		userReference: z.string(),
		status: z.string(),
		pipeline: z.object({
			id,
			code: z.string(),
			language: z.string(),
			inputFormType: z.string().nullish(),
		}),
		analysisStorage: z.object({ id, name: z.string() }).nullish(),
		tags: tagsSchema,
	})
	.transform(({ analysisStorage, ...rest }) => ({
		...rest,
		storage: analysisStorage ?? undefined,
	}));
export type AnalysisRecord = z.infer<typeof analysisRecordSchema>;

const externalDetails = {
	s3Details: z.object({ storageCredentialsId: z.string().nullish() }).nullish(),
	basespaceDetails: z
		.object({
			workgroupId: z.string().nullish(),
			extensions: z.string().nullish(),
			pathPrefix: z.string().nullish(),
		})
		.nullish(),
};

/** AnalysisInputList */
export const analysisInputsSchema = listOf(
	z.object({
		code: z.string(),
		analysisData: listOrNone(z.object({ dataId: id, mountPath: z.string().nullish() })),
		externalData: listOrNone(
			z.object({ url: z.string(), type: z.string(), mountPath: z.string().nullish() }),
		),
	}),
);
export type AnalysisInput = z.infer<typeof analysisInputsSchema>[number];

/** ExecutionConfigurationList */
export const configurationsSchema = listOf(
	z.object({ name: z.string(), multiValue: z.boolean(), values: texts }),
);
export type Configuration = z.infer<typeof configurationsSchema>[number];

const externalDataSchema = z.object({
	url: z.string(),
	type: z.string(),
	mountPath: z.string().nullish(),
	...externalDetails,
});
export type ExternalData = z.infer<typeof externalDataSchema>;

/** InputFormFieldValues: the same in ICA's answers and in what a launch sends. */
const fieldValuesSchema = z.object({
	id,
	values: z.array(z.string().nullable()).nullish(),
	dataValues: z.array(z.object({ dataId: id, mountPath: z.string().nullish() })).nullish(),
	externalDataValues: z.array(externalDataSchema).nullish(),
});
export type FieldValues = z.infer<typeof fieldValuesSchema>;

const appearance = {
	type: z.string().nullish(),
	hidden: z.boolean().nullish(),
	disabled: z.boolean().nullish(),
};

/** InputFormFieldList */
export const formFieldsSchema = listOf(
	z.object({
		id: z.string().optional(),
		values: z.array(z.string().nullable()).nullish(),
		dataValues: z
			.array(
				z.object({
					dataId: z.string().nullish(),
					mountPath: z.string().nullish(),
					externalData: z.object({ url: z.string(), type: z.string(), ...externalDetails }).nullish(),
				}),
			)
			.nullish(),
		groupValues: z.array(z.object({ values: listOrNone(fieldValuesSchema) })).nullish(),
		/** What the rows of a group can hold. */
		fields: listOrNone(z.object({ id: z.string().optional(), ...appearance })),
		...appearance,
		sensitive: z.boolean().nullish(),
	}),
);
export type FormField = z.infer<typeof formFieldsSchema>[number];

/** AnalysisStepList */
export const stepsSchema = listOf(
	z.object({
		name: z.string(),
		status: z.string(),
		technical: z.boolean(),
		exitCode: z.number().nullish(),
	}),
);
export type Step = z.infer<typeof stepsSchema>[number];

/** ActivationCodeDetail */
export const activationCodeSchema = z.object({ id });

/** ReferenceSetList, as the ids of all reference data in it. */
export const referenceDataIdsSchema = listOf(
	z.object({ referenceDataList: listOf(z.object({ id })) }),
).transform((sets) => new Set(sets.flatMap((set) => set.referenceDataList.map((data) => data.id))));

/** What a launch answers (AnalysisV4). */
export const launchedSchema = z.object({ id, reference: id, status: z.string() });
export type Launched = z.infer<typeof launchedSchema>;
