/** A path whose inserted values are encoded: path`/api/projects/${id}`. */
export function path(literals: TemplateStringsArray, ...values: readonly string[]): string {
	return String.raw({ raw: literals }, ...values.map((value) => encodeURIComponent(value)));
}
