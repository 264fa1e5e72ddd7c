/** A project as the command line names it. */
export type ProjectSelector =
	| { readonly by: 'name'; readonly name: string }
	| { readonly by: 'id'; readonly id: string };

/** The options that name a project begin so: `--source_project`, and `--project` for the one to launch in. */
export function projectFlag(role: string): string {
	return role === 'launch' ? '--project' : `--${role}_project`;
}
