import { CodedRefusal } from '../refusal.ts';

/** BaseSpace refuses, in its own words. */
export class BaseSpaceRefusal extends CodedRefusal {
	override readonly name = 'BaseSpaceRefusal';
}
