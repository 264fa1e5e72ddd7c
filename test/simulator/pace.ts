/** How long the service takes for what it does later, in milliseconds. */
export interface Pace {
	/** From a linking job's creation to its end. */
	readonly linkJobMillis: number;
	/** How long data is ARCHIVING before it is ARCHIVED. */
	readonly archiveMillis: number;
	/** How long data is UNARCHIVING before it is AVAILABLE. */
	readonly unarchiveMillis: number;
	/** How long data is DELETING before it is gone. */
	readonly deleteMillis: number;
	/** How long a file stays PARTIAL after its bytes are there. */
	readonly ingestMillis: number;
	/** How long temporary credentials hold. */
	readonly credentialsMillis: number;
}
