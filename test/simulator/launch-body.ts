import { type Fields, fieldsOf, optionalList, optionalText, requiredText } from './body.ts';
import type {
	ConfigurationRecord,
	FieldRecord,
	FormFieldRecord,
	InputRecord,
	LaunchRecord,
	TagsRecord,
} from './launch-record.ts';
import { storageIdOf, storageSizes } from './pipelines.ts';
import { badRequest } from './refusal.ts';

const userReferencePattern = /^[a-zA-Z0-9 _-]*(\/[a-zA-Z0-9 _-]+)*$/;

function listIn(fields: Fields, name: string): Fields[] {
	return (optionalList(fields, name) ?? []).map((value) => fieldsOf(value, name));
}

function textsIn(fields: Fields, name: string): string[] {
	return (optionalList(fields, name) ?? []).map((value) => {
		if (value !== null && typeof value !== 'string') {
			throw badRequest(name, `${name} must be a list of strings.`);
		}
		return value ?? '';
	});
}

/** A user reference by the document's rules, or a 400. */
export function userReferenceIn(fields: Fields): string {
	const text = requiredText(fields, 'userReference');
	if (text.length > 255 || !userReferencePattern.test(text)) {
		throw badRequest('userReference', 'userReference does not match its pattern.');
	}
	return text;
}

export function tagsIn(fields: Fields): TagsRecord {
	const tags = fieldsOf(fields['tags'] ?? {}, 'tags');
	return {
		technicalTags: textsIn(tags, 'technicalTags'),
		userTags: textsIn(tags, 'userTags'),
		referenceTags: textsIn(tags, 'referenceTags'),
	};
}

/** The name of the storage size that the body chooses by its id; the pipeline's own, Small, when it chooses none. */
export function storageIn(fields: Fields): string {
	const id = optionalText(fields, 'analysisStorageId');
	const name = Object.keys(storageSizes).find((size) => storageIdOf(size) === id);
	if (id !== undefined && name === undefined) {
		throw badRequest('analysisStorageId', `There is no analysis storage ${id}.`);
	}
	return name ?? 'Small';
}

function mountsIn(fields: Fields): Map<string, string> {
	return new Map(
		listIn(fields, 'mounts').map((mount) => [
			requiredText(mount, 'dataId'),
			requiredText(mount, 'mountPath'),
		]),
	);
}

function inputIn(fields: Fields): InputRecord {
	const mounts = mountsIn(fields);
	const external = listIn(fields, 'externalData').map((one) => ({
		url: requiredText(one, 'url'),
		type: requiredText(one, 'type'),
		mountPath: optionalText(one, 'mountPath') ?? requiredText(one, 'url').split('/').at(-1) ?? '',
	}));
	return {
		code: requiredText(fields, 'parameterCode'),
		data: textsIn(fields, 'dataIds').map((dataId) => {
			const mountPath = mounts.get(dataId);
			return mountPath === undefined ? { dataId } : { dataId, mountPath };
		}),
		...(external.length > 0 && { external }),
	};
}

function parameterIn(fields: Fields): ConfigurationRecord {
	const name = requiredText(fields, 'code');
	const value = optionalText(fields, 'value');
	const many = optionalList(fields, 'multiValue');
	if ((value === undefined) === (many === undefined)) {
		throw badRequest(name, 'Only one of value and multiValue must be provided.');
	}
	return value === undefined
		? { name, multiValue: true, values: textsIn(fields, 'multiValue') }
		: { name, multiValue: false, values: [value] };
}

/** Inputs and parameters of a pipeline with an XML form. */
export function structuredIn(fields: Fields): Pick<LaunchRecord, 'inputs' | 'configurations'> {
	const input = fieldsOf(fields['analysisInput'], 'analysisInput');
	if (!Array.isArray(input['inputs'])) {
		throw badRequest('inputs', 'inputs must not be missing.');
	}
	const references = listIn(input, 'referenceDataParameters').map((one) => ({
		name: requiredText(one, 'parameterCode'),
		multiValue: false,
		values: [requiredText(one, 'referenceDataId')],
	}));
	return {
		inputs: listIn(input, 'inputs').map(inputIn),
		configurations: [...listIn(input, 'parameters').map(parameterIn), ...references],
	};
}

function fieldIn(fields: Fields): FieldRecord {
	const external = listIn(fields, 'externalDataValues').map((one) => {
		const mountPath = optionalText(one, 'mountPath');
		return {
			url: requiredText(one, 'url'),
			type: requiredText(one, 'type'),
			...(mountPath !== undefined && { mountPath }),
		};
	});
	const data = listIn(fields, 'dataValues').map((one) => {
		const mountPath = optionalText(one, 'mountPath');
		return { dataId: requiredText(one, 'dataId'), ...(mountPath !== undefined && { mountPath }) };
	});
	return {
		id: requiredText(fields, 'id'),
		...(optionalList(fields, 'values') && { values: textsIn(fields, 'values') }),
		...(optionalList(fields, 'dataValues') && { dataValues: data }),
		...(external.length > 0 && { externalDataValues: external }),
	};
}

/** The values of a pipeline's JSON form. */
export function formIn(fields: Fields): FormFieldRecord[] {
	const form = fieldsOf(fields['inputFormValues'], 'inputFormValues');
	const groups = listIn(form, 'groups').map((group) => ({
		id: requiredText(group, 'id'),
		rows: listIn(group, 'values').map((row) => listIn(row, 'values').map(fieldIn)),
	}));
	return [...listIn(form, 'fields').map(fieldIn), ...groups];
}
