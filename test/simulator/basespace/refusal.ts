/** BaseSpace says no, in its own words. */
export class BaseSpaceRefusal extends Error {
	override readonly name = 'BaseSpaceRefusal';
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		this.status = status;
		this.code = code;
	}
}
