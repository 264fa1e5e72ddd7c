import { isFastqOf } from '../analyses/outputs.ts';
import { ServiceError } from '../common/errors.ts';
import type { Data, Project } from '../ica/schemas.ts';
import type { RecipientShare } from '../state/notifications.ts';

/** A group that gets FASTQs. */
export interface Recipient {
	readonly name: string;
	/** Which FASTQ file names are its own. */
	readonly pattern: RegExp;
	/** Whether the pattern is the default one, of which it is known what nearly matches it. */
	readonly isDefaultPattern: boolean;
	/** Where its FASTQs are linked to, and its manifests uploaded; undefined when that cannot be found in this pass. */
	readonly project: Project | undefined;
	/** Why there is no project, one sentence. */
	readonly trouble: string;
	/** When what was delivered to it is archived, in days of 24 hours; `Infinity`: never. */
	readonly daysToArchive: number;
	readonly daysToDelete: number;
}

/** A FASTQ that several patterns match, so that it goes to nobody. */
export interface Ambiguous {
	readonly file: Data;
	readonly recipients: readonly Recipient[];
}

/** Whose the FASTQs of an analysis are. */
export interface Shares {
	/** What exactly one pattern matches; recipients without any are left out. */
	readonly files: ReadonlyMap<Recipient, readonly Data[]>;
	readonly ambiguous: readonly Ambiguous[];
	readonly nobodys: readonly Data[];
}

/** Sorts FASTQs by the recipients whose patterns match. */
export function shareOut(fastqs: readonly Data[], recipients: readonly Recipient[]): Shares {
	const own = recipients.map((): Data[] => []);
	const ambiguous: Ambiguous[] = [];
	const nobodys: Data[] = [];
	for (const file of fastqs) {
		const matching = recipients.filter(({ pattern }) => isFastqOf(file.name, pattern));
		const [recipient, ...others] = matching;
		if (recipient === undefined) {
			nobodys.push(file);
		} else if (others.length > 0) {
			ambiguous.push({ file, recipients: matching });
		} else {
			own[recipients.indexOf(recipient)]?.push(file);
		}
	}
	const files = recipients.flatMap((recipient, index) => {
		const some = own[index] ?? [];
		return some.length === 0 ? [] : [[recipient, some] as const];
	});
	return { files: new Map(files), ambiguous, nobodys };
}

/** How much of some files is each recipient's, in bytes. */
export function sharesOf(files: readonly Data[], recipients: readonly Recipient[]): RecipientShare[] {
	const { files: own } = shareOut([...new Map(files.map((file) => [file.id, file])).values()], recipients);
	return recipients.map((recipient) => {
		const some = own.get(recipient) ?? [];
		return {
			name: recipient.name,
			files: some.length,
			bytes: some.reduce((sum, { size }) => sum + size, 0),
		};
	});
}

/**
 * The projects of recipients.
 * @throws {ServiceError} when one cannot be found in this pass
 */
export function projectsOf(recipients: readonly Recipient[]): Project[] {
	return recipients.map(({ name, project, trouble }) => {
		if (project === undefined) {
			throw new ServiceError(
				'unavailable',
				`The project of recipient ${name} cannot be looked into. ${trouble}`,
			);
		}
		return project;
	});
}

/** The names of recipients, for a reader: "MGI's", "anybody's (MGI, Lab)". */
export function whose(recipients: readonly Recipient[]): string {
	const [only, ...others] = recipients;
	return only !== undefined && others.length === 0
		? `${only.name}'s`
		: `anybody's (${recipients.map(({ name }) => name).join(', ')})`;
}
