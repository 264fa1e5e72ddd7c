import { findProject, roleOf } from '../analyses/projects.ts';
import { reasonOf, ServiceError, SetupError } from '../common/errors.ts';
import { sentence } from '../common/text.ts';
import type { Recipient } from '../delivery/recipients.ts';
import type { IcaClient } from '../ica/client.ts';
import type { Project } from '../ica/schemas.ts';
import type { Log } from '../log/log.ts';
import { type Options, passTable } from '../options/pass-options.ts';
import type { RecipientSpec } from '../options/recipients-file.ts';

interface Projects {
	readonly source: Project;
	readonly recipients: readonly Recipient[];
}

/**
 * Finds the projects that the options name. Of several recipients, one whose project is not found, or cannot be looked up
 * now, keeps no other from its deliveries.
 * @throws {SetupError} when there is no source project, or no recipient's, or two recipients have one project
 * @throws {ServiceError} when they cannot be looked up
 */
export async function findProjects(ica: IcaClient, options: Options): Promise<Projects> {
	const [source, found] = await Promise.all([
		findProject(ica, roleOf('source'), options.source),
		Promise.allSettled(options.recipients.map((spec) => findProjectOf(ica, spec, options))),
	]);
	const failures = found.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
	const grave = failures.find((error) => !(error instanceof SetupError || error instanceof ServiceError));
	if (grave !== undefined || failures.length === found.length) {
		throw grave ?? failures[0];
	}
	const recipients = options.recipients.map((spec, index): Recipient => {
		const each = found[index];
		return {
			...spec,
			isDefaultPattern: spec.pattern.source === passTable.mgi_pattern.default,
			project: each?.status === 'fulfilled' ? (each.value ?? source) : undefined,
			trouble: each?.status === 'rejected' ? sentence(reasonOf(each.reason)) : '',
		};
	});
	refuseSharedProject(recipients);
	return { source, recipients };
}

async function findProjectOf(
	ica: IcaClient,
	{ name, project }: RecipientSpec,
	{ recipientsFile }: Options,
): Promise<Project | undefined> {
	const role =
		recipientsFile === undefined
			? roleOf('destination')
			: { what: `project of recipient ${name}`, choice: `by its id in ${recipientsFile}` };
	return project === undefined ? undefined : await findProject(ica, role, project);
}

/** One by its name and one by its id: what one gets, the other would read. */
function refuseSharedProject(recipients: readonly Recipient[]): void {
	const byId = new Map<string, string>();
	for (const { name, project } of recipients) {
		const other = project && byId.get(project.id);
		if (other !== undefined) {
			throw new SetupError(
				`The recipients ${other} and ${name} have one project, ${project?.name}: each needs its own.`,
				['recipients_file'],
			);
		}
		if (project !== undefined) {
			byId.set(project.id, name);
		}
	}
}

/** Reports which projects a pass works on. */
export function reportProjects(log: Log, source: Project, recipients: readonly Recipient[]): void {
	const [only] = recipients;
	if (recipients.length === 1 && only?.project !== undefined) {
		const { project } = only;
		log.info(
			source.id === project.id
				? `Source and destination project ${source.name} (${source.id}): nothing needs linking, only manifests are put there.`
				: `Source project ${source.name} (${source.id}), destination project ${project.name} (${project.id}).`,
		);
	} else {
		const names = recipients.flatMap(({ name, project }) =>
			project === undefined ? [] : [`${name}: ${project.name} (${project.id})`],
		);
		log.info(`Source project ${source.name} (${source.id}), recipients ${names.join(', ')}.`);
	}
	for (const { name, trouble } of recipients.filter(({ project }) => project === undefined)) {
		log.error(`Nothing is delivered to ${name} in this pass, and no old data is touched. ${trouble}`);
	}
	if (
		source.dataSharingEnabled === false &&
		recipients.some(({ project }) => project !== undefined && project.id !== source.id)
	) {
		log.warn(
			`Data sharing is not enabled for ${source.name}: ICA will not link its data to another project.`,
		);
	}
}
