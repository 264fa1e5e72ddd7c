import { onTestFinished } from 'vitest';
import type { Project } from './model.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import type { World } from './world.ts';

/** A simulator with one project, for one test. */
export async function furnished(
	name: string,
): Promise<{ readonly simulator: Simulator; readonly world: World; readonly project: Project }> {
	const simulator = await startSimulator();
	onTestFinished(() => simulator.close());
	const { world } = simulator;
	return { simulator, world, project: world.addProject(name) };
}
