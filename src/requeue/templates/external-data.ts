const secretParameter = /sig|token|secret|password|credential|key/i;

/** Whether an address carries a password or a signature of its own, as presigned links do. */
export function hasCredentials(address: string): boolean {
	let url: URL;
	try {
		url = new URL(address);
	} catch {
		return false;
	}
	const signed = [...url.searchParams.keys()].some((name) => secretParameter.test(name));
	return signed || url.password !== '';
}
