import type { ExternalData, FieldValues, FormField } from '../ica/launch-schemas.ts';
import { hasCredentials } from './external-data.ts';

/** What was filled in, as a launch sends it (NextflowJsonAnalysisInput, CwlJsonAnalysisInput). */
export interface FormValues {
	readonly fields: readonly FieldValues[];
	readonly groups: readonly FormGroup[];
}

export interface FormGroup {
	readonly id: string;
	readonly values: readonly { readonly values: readonly FieldValues[] }[];
}

/** Parts of a form that only show something. */
const showing: ReadonlySet<string> = new Set(['section', 'text']);

/**
 * The form values of an analysis as another one is started with them.
 * @returns also the ids of the fields that are left out, since they hold secrets
 */
export function formValues(form: readonly FormField[]): { values: FormValues; secret: readonly string[] } {
	const fields: FieldValues[] = [];
	const groups: FormGroup[] = [];
	const secret: string[] = [];
	const keep = (field: FieldValues): FieldValues => {
		const { kept, left } = withoutCredentials(field);
		secret.push(...left);
		return kept;
	};
	for (const field of form) {
		if (field.id === undefined || showing.has(field.type ?? '')) {
			continue;
		}
		if (field.sensitive === true) {
			secret.push(field.id);
		} else if (Array.isArray(field.groupValues)) {
			const values = field.groupValues.map((row) => ({
				values: row.values.map((one) => keep(cleared(one))),
			}));
			groups.push({ id: field.id, values });
		} else {
			fields.push(keep(valuesOf(field, field.id)));
		}
	}
	return { values: { fields, groups }, secret };
}

/** A data field has data, any other one has values: ICA's answer can hold an empty list of what the field cannot have. */
function valuesOf({ type, values, dataValues }: FormField, id: string): FieldValues {
	if (type !== 'data' && (dataValues ?? []).length === 0) {
		return cleared({ id, values });
	}
	const own = (dataValues ?? []).flatMap(({ dataId, mountPath }) =>
		typeof dataId === 'string' && dataId !== '' ? [{ dataId, mountPath }] : [],
	);
	const external = (dataValues ?? []).flatMap(({ externalData, mountPath }): ExternalData[] =>
		externalData ? [{ ...externalData, mountPath }] : [],
	);
	return cleared({
		id,
		...(own.length > 0 || external.length === 0 ? { dataValues: own } : {}),
		...(external.length > 0 ? { externalDataValues: external } : {}),
	});
}

/** Without what is null: ICA's document allows that in some places only. */
function cleared({ id, values, dataValues, externalDataValues }: FieldValues): FieldValues {
	return {
		id,
		...(values ? { values } : {}),
		...(dataValues
			? {
					dataValues: dataValues.map(({ dataId, mountPath }) =>
						mountPath ? { dataId, mountPath } : { dataId },
					),
				}
			: {}),
		...(externalDataValues ? { externalDataValues: externalDataValues.map(clearedExternal) } : {}),
	};
}

function clearedExternal({ url, type, mountPath, s3Details, basespaceDetails }: ExternalData): ExternalData {
	return {
		url,
		type,
		...(mountPath ? { mountPath } : {}),
		...(s3Details ? { s3Details } : {}),
		...(basespaceDetails ? { basespaceDetails } : {}),
	};
}

function withoutCredentials(field: FieldValues): { kept: FieldValues; left: readonly string[] } {
	const { externalDataValues } = field;
	if (!externalDataValues?.some((data) => hasCredentials(data.url))) {
		return { kept: field, left: [] };
	}
	const bare = externalDataValues.filter((data) => !hasCredentials(data.url));
	return { kept: { ...field, externalDataValues: bare }, left: [field.id] };
}
