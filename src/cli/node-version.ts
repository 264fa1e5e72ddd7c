/** The oldest Node that runs the program, as package.json names it to npm. */
export const oldestNode = '20.19';

/**
 * Why this Node cannot run the program: one sentence for a reader, or undefined.
 * @param version as `process.versions.node` has it: "18.19.0"
 * @param path where this Node is
 */
export function reasonNotToRun(version: string, path: string): string | undefined {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split('.').map(Number);
	return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
		? undefined
		: `umich-orchestrator needs Node ${oldestNode} or later, and ${path} is Node ${version}: ` +
				'see https://nodejs.org/en/download for a newer one, or use the Docker image.';
}
