import type { FieldValues, FormField } from '../../ica/launch-schemas.ts';
import { cleared, valuesOf, withData, withoutCredentials } from './form-field.ts';

/** What was filled in, as a launch sends it (NextflowJsonAnalysisInput, CwlJsonAnalysisInput). */
export interface FormValues {
	readonly fields: readonly FieldValues[];
	readonly groups: readonly FormGroup[];
}

export interface FormGroup {
	readonly id: string;
	readonly values: readonly { readonly values: readonly FieldValues[] }[];
}

/** A form as another analysis is started with it. */
export interface FilledForm {
	readonly values: FormValues;
	/** The ids of the fields that are left out, since they hold secrets. */
	readonly secret: readonly string[];
	/** The ids of the fields that are left out with what is in them, since the form offers them to nobody. */
	readonly hidden: readonly string[];
}

/** Parts of a form that only show something. */
const showing: ReadonlySet<string> = new Set(['section', 'text']);

/** The form values of an analysis as another one is started with them. */
export function formValues(form: readonly FormField[]): FilledForm {
	const fields: FieldValues[] = [];
	const groups: FormGroup[] = [];
	const secret: string[] = [];
	const hidden: string[] = [];
	const keep = (field: FieldValues): FieldValues => {
		const { kept, left } = withoutCredentials(field);
		secret.push(...left);
		return kept;
	};
	for (const { field, id } of inputFields(form)) {
		const { groupValues } = field;
		if (isHidden(field)) {
			hidden.push(...(isFilled(field) ? [id] : []));
		} else if (field.sensitive === true) {
			secret.push(id);
		} else if (Array.isArray(groupValues)) {
			const rows = groupValues.map((row) => rowOf(field, row.values));
			hidden.push(...rows.flatMap((row) => row.hidden.map((one) => `${id}.${one}`)));
			groups.push({ id, values: rows.map((row) => ({ values: row.kept.map(keep) })) });
		} else {
			fields.push(keep(valuesOf(field, id)));
		}
	}
	return { values: { fields, groups }, secret, hidden: [...new Set(hidden)] };
}

function inputFields(form: readonly FormField[]): { field: FormField; id: string }[] {
	return form.flatMap((field) =>
		field.id === undefined || showing.has(field.type ?? '') ? [] : [{ field, id: field.id }],
	);
}

/** Public clients leave these out of a launch, too. */
function isHidden({ hidden, disabled }: Pick<FormField, 'hidden' | 'disabled'>): boolean {
	return hidden === true || disabled === true;
}

function isFilled({ values, dataValues, groupValues, sensitive }: FormField): boolean {
	return sensitive === true || [values, dataValues, groupValues].some((list) => (list ?? []).length > 0);
}

/** A row of a group, by what the form has of its fields. */
function rowOf(
	{ fields }: FormField,
	row: readonly FieldValues[],
): { kept: FieldValues[]; hidden: readonly string[] } {
	const kept: FieldValues[] = [];
	const hidden: string[] = [];
	for (const one of row) {
		const shown = fields.find(({ id }) => id === one.id);
		if (shown !== undefined && isHidden(shown)) {
			hidden.push(one.id);
		} else if (!showing.has(shown?.type ?? '')) {
			kept.push(cleared(withData(one, shown?.type)));
		}
	}
	return { kept, hidden };
}
