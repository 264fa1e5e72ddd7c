import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { IcaClient } from '../ica/client.ts';
import { launchPath, startAnalysis } from '../ica/launches.ts';
import type { Log } from '../log/log.ts';
import { noOutbox, type Outbox } from '../state/outbox.ts';
import type { FailureEffects } from './failure-report.ts';
import type { RequeueEffects } from './requeue.ts';
import type { TemplateStore } from './templates/template-store.ts';

interface Dependencies {
	readonly ica: IcaClient;
	readonly templates: TemplateStore;
	readonly log: Log;
}

interface FailureDependencies {
	readonly templates: TemplateStore;
	readonly outbox: Outbox;
}

/** The effects of a real pass on failed analyses. */
export function realFailureEffects({ templates, outbox }: FailureDependencies): FailureEffects {
	return {
		templates,
		outbox,
		async keepTemplates(files) {
			// what has files is not reported again
			outbox.flush();
			await templates.keep(files);
		},
	};
}

/** Effects that write nothing, and report what a real pass would write. */
export function dryRunFailureEffects({ templates, log }: Omit<Dependencies, 'ica'>): FailureEffects {
	return {
		templates,
		outbox: noOutbox,
		keepTemplates(files) {
			for (const { name } of files) {
				log.info(`Would write ${join(templates.folder, name)}.`);
			}
			return Promise.resolve();
		},
	};
}

/** Makes the effects of a requeue: real ones, or those of a dry run. */
export type MakeRequeueEffects = (dependencies: Dependencies) => RequeueEffects;

/** The effects of a real requeue. */
export function realRequeueEffects({ ica, templates, log }: Dependencies): RequeueEffects {
	return {
		async keep(files) {
			await templates.keep(files);
			for (const { name } of files) {
				log.info(`Written: ${join(templates.folder, name)}`);
			}
		},
		start: (template) => startAnalysis(ica, template.project, template, randomUUID()),
	};
}

/** Effects that change nothing and report what a real requeue would do. */
export function dryRunRequeueEffects({ templates, log }: Dependencies): RequeueEffects {
	return {
		keep(files) {
			for (const { name } of files) {
				log.info(`Would write ${join(templates.folder, name)}`);
			}
			return Promise.resolve();
		},
		start({ project, action, body }) {
			log.info(
				`Would send POST /ica/rest${launchPath(project.id, action)} with the body of the API template above, ` +
					`to start ${body.userReference} in ${project.name}.`,
			);
			return Promise.resolve(undefined);
		},
	};
}
