import type { AnalysisRecord } from '../../ica/launch-schemas.ts';
import type { LaunchAction } from '../../ica/launches.ts';
import type { Project } from '../../ica/schemas.ts';
import type { LaunchBody } from './body.ts';

/** All that is needed to start an analysis like a previous one. */
export interface LaunchTemplate {
	/** The previous analysis. */
	readonly record: AnalysisRecord;
	/** Where the new one is to run. */
	readonly project: Project;
	readonly action: LaunchAction;
	readonly body: LaunchBody;
	/** What could not be taken over, for a reader: whole sentences. */
	readonly notes: readonly string[];
	/** What holds secrets, which no template may carry: a person has to fill it in. */
	readonly secret: readonly string[];
}
