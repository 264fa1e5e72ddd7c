/** The service says no: what becomes a problem document in an answer. */
export class Refusal extends Error {
	override readonly name = 'Refusal';
	readonly status: number;
	/** What was wrong with which part of the request. */
	readonly parameters: Readonly<Record<string, string>>;

	constructor(status: number, detail: string, parameters: Readonly<Record<string, string>> = {}) {
		super(detail);
		this.status = status;
		this.parameters = parameters;
	}
}

/** The request itself is wrong: 400. */
export function badRequest(name: string, detail: string): Refusal {
	return new Refusal(400, detail, { [name]: detail });
}

/** A service says no with a code of its own beside the status. */
export class CodedRefusal extends Error {
	override readonly name: string = 'CodedRefusal';
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		this.status = status;
		this.code = code;
	}
}
