import { count, firstFew, sentence } from '../../common/text.ts';
import { nameOf } from '../../ica/schemas.ts';
import type { Log } from '../../log/log.ts';
import { itemsFor } from '../shared/changes.ts';
import type { BaseSpacePlan } from './plan.ts';
import type { NamedProjects } from './projects.ts';
import { describeLookedInto, describePostponed } from './report.ts';

/**
 * Reports which projects could not be read out of ICA.
 * @returns what of it needs action
 */
export function reportUnread(log: Log, { away, unreadable }: NamedProjects): string[] {
	if (away.length > 0) {
		log.info(
			`Which BaseSpace projects ${count(away.length, 'analysis', 'analyses')} named cannot be read now; their data is aged where another analysis names the same projects: ${firstFew(away, 3)}.`,
		);
	}
	for (const why of unreadable) {
		log.warn(`The BaseSpace projects of an analysis cannot be read: ${sentence(why)}`);
	}
	return unreadable.length === 0
		? []
		: [`the BaseSpace projects of ${count(unreadable.length, 'analysis', 'analyses')} could not be read`];
}

/** Reports what was looked into, and what is not done now. */
export function reportPlan(log: Log, plan: BaseSpacePlan): void {
	if (plan.leftAlone.length > 0) {
		log.info(`BaseSpace projects left alone: ${firstFew(plan.leftAlone)}.`);
	}
	for (const why of plan.unreadable) {
		log.error(`An entry of BaseSpace cannot be read, and is passed over: ${why}.`);
	}
	if (plan.projects.length > 0) {
		log.info(describeLookedInto(plan));
	}
	for (const line of describePostponed(itemsFor(plan.items, 'wait'))) {
		log.info(`Waiting with ${line}`);
	}
	if (plan.stuck.length > 0) {
		const names = firstFew(plan.stuck.map(nameOf), 3);
		log.warn(
			`Old data in BaseSpace waits for analyses that have been under way for more than a week: ${names}. Abort what is stuck.`,
		);
	}
	const held = itemsFor(plan.items, 'hold');
	for (const line of describePostponed(held.filter(({ decision }) => !decision.needsAction))) {
		log.info(`Holding ${line}`);
	}
	for (const line of describePostponed(held.filter(({ decision }) => decision.needsAction))) {
		log.warn(`Holding ${line}`);
	}
}
