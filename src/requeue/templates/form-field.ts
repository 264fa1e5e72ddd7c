import type { ExternalData, FieldValues, FormField } from '../../ica/launch-schemas.ts';
import { hasCredentials } from './external-data.ts';

const idOfData = /^(?:fil|fol)\.[0-9a-z]+$/i;

/** What was filled into a field at the top of a form. */
export function valuesOf({ type, values, dataValues }: FormField, id: string): FieldValues {
	const own = (dataValues ?? []).flatMap((one) =>
		typeof one.dataId === 'string' && one.dataId !== ''
			? [{ dataId: one.dataId, mountPath: one.mountPath }]
			: [],
	);
	const external = (dataValues ?? []).flatMap(({ externalData, mountPath }): ExternalData[] =>
		externalData ? [{ ...externalData, mountPath }] : [],
	);
	return cleared(withData({ id, values, dataValues: own, externalDataValues: external }, type));
}

/**
 * A data field has data, any other one has values. ICA's answer can hold an empty list of what the field cannot have, and
 * the ids of data among the values, where a launch must not have them (InputFormFieldValues).
 */
export function withData(field: FieldValues, type: string | null | undefined): FieldValues {
	const { id } = field;
	const values = field.values ?? [];
	const external = field.externalDataValues ?? [];
	const own = field.dataValues ?? [];
	const looksLikeData = !type && values.length > 0 && values.every((value) => idOfData.test(value ?? ''));
	if (type !== 'data' && !looksLikeData && own.length + external.length === 0) {
		return { id, values: field.values };
	}
	const known = new Set(own.map((one) => one.dataId));
	const moved = values.flatMap((value) =>
		value !== null && idOfData.test(value) && !known.has(value) ? [{ dataId: value }] : [],
	);
	const others = values.filter((value) => value && !idOfData.test(value));
	const data = [...own, ...moved];
	return {
		id,
		...(others.length > 0 ? { values: others } : {}),
		...(data.length > 0 || external.length === 0 ? { dataValues: data } : {}),
		...(external.length > 0 ? { externalDataValues: external } : {}),
	};
}

/** Without what is null: ICA's document allows that in some places only. */
export function cleared({ id, values, dataValues, externalDataValues }: FieldValues): FieldValues {
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

/** @returns the field without addresses that carry a password or signature; its id when there were such */
export function withoutCredentials(field: FieldValues): { kept: FieldValues; left: readonly string[] } {
	const { externalDataValues } = field;
	if (!externalDataValues?.some((data) => hasCredentials(data.url))) {
		return { kept: field, left: [] };
	}
	const bare = externalDataValues.filter((data) => !hasCredentials(data.url));
	return { kept: { ...field, externalDataValues: bare }, left: [field.id] };
}
