/** Exit statuses. A pass that a signal stopped has the shell's own: 128 and the signal's number. */
export const exitStatus = {
	done: 0,
	/** The pass ran, and something in it needs action. */
	needsAction: 1,
	/** Wrong options, key, project or table: nothing was changed. */
	wrongSetup: 2,
	/** Another pass holds the lock. */
	locked: 75,
	SIGHUP: 129,
	SIGINT: 130,
	SIGTERM: 143,
} as const;

/** The exit status of a command that a signal stopped; undefined when something else did. */
export function stoppedBy(reason: unknown): number | undefined {
	switch (reason) {
		case 'SIGHUP':
		case 'SIGINT':
		case 'SIGTERM':
			return exitStatus[reason];
		default:
			return undefined;
	}
}
