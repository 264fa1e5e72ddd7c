import { uuidOf } from './ids.ts';
import type { Pipeline } from './launch-record.ts';
import { Refusal } from './refusal.ts';

/** The names of the storage sizes, with what they hold. */
export const storageSizes: Readonly<Record<string, string>> = {
	Small: '1.2 TB',
	Medium: '2.4 TB',
	Large: '7.2 TB',
};

/** The id of a storage size. */
export function storageIdOf(name: string): string {
	return uuidOf(name === 'Small' ? 'analysis storage' : `analysis storage ${name}`);
}

/** All pipelines, which every project may use. Any code is a pipeline's; only what is unusual has to be said. */
export class PipelineStore {
	readonly #byId = new Map<string, Pipeline>();

	/** Says what is unusual about the pipeline with this code. */
	set(code: string, options: Partial<Omit<Pipeline, 'id' | 'code'>>): Pipeline {
		const pipeline = { ...usual(code), ...options };
		this.#byId.set(pipeline.id, pipeline);
		return pipeline;
	}

	/** The pipeline with this code. */
	of(code: string): Pipeline {
		return this.#byId.get(idOf(code)) ?? this.set(code, {});
	}

	/** The pipeline with this id, or a 404. */
	get(id: string): Pipeline {
		const pipeline = this.#byId.get(id);
		if (pipeline === undefined) {
			throw new Refusal(404, `Pipeline with id ${id} was not found.`, { pipelineId: id });
		}
		return pipeline;
	}
}

function idOf(code: string): string {
	return uuidOf(`pipeline ${code}`);
}

function usual(code: string): Pipeline {
	return {
		id: idOf(code),
		code,
		language: 'NEXTFLOW',
		inputFormType: 'JSON',
		referenceData: [],
		activationCode: undefined,
	};
}
