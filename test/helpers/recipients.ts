import type { Recipient } from '../../src/delivery/recipients.ts';

/** MGI as a recipient, with a project of its own. */
export const mgi: Recipient = recipient('MGI', /^M[-_]/);

/** A recipient with a project of its own. */
export function recipient(name: string, pattern: RegExp): Recipient {
	return {
		name,
		pattern,
		isDefaultPattern: pattern.source === '^M[-_]',
		project: { id: `project of ${name}`, name: `${name} project` },
		trouble: '',
		daysToArchive: 60,
		daysToDelete: 90,
	};
}
