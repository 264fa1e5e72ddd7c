import { count, shellWord } from '../../common/text.ts';
import type { DataChange } from '../../ica/data.ts';

/** What the program does in BaseSpace, beside looking. */
type BaseSpaceAct = DataChange | 'empty the trash';

const toLook = ['BROWSE GLOBAL', 'READ GLOBAL'];
const toAct: Readonly<Record<BaseSpaceAct, string>> = {
	archive: 'WRITE GLOBAL',
	unarchive: 'WRITE GLOBAL',
	delete: 'MOVETOTRASH GLOBAL',
	'empty the trash': 'EMPTY TRASH',
};

/** What a token lacks. */
export interface MissingScopes {
	/** Without these nothing can be looked up; empty when it can. */
	readonly toLook: readonly string[];
	/** The scope that stands in the way of an act; undefined when none does. */
	stopping(act: BaseSpaceAct): string | undefined;
	/** Names every missing scope, with what it stops and the command that grants it; undefined when none is missing. */
	readonly advice: string | undefined;
}

/**
 * Compares what a token allows with what a pass needs.
 * @param scopes in capitals
 * @param server the address of the API, where it is not the one that the BaseSpace CLI takes when none is named
 */
export function missingScopes(
	scopes: ReadonlySet<string>,
	{ emptiesTrash, server }: { readonly emptiesTrash: boolean; readonly server: string | undefined },
): MissingScopes {
	const stopped: readonly (readonly [string, string])[] = [
		...toLook.map((scope) => [scope, 'finding anything'] as const),
		[toAct.archive, 'archiving and unarchiving'],
		[toAct.delete, 'deleting'],
		...(emptiesTrash ? [[toAct['empty the trash'], 'emptying the trash'] as const] : []),
	];
	const missing = stopped.filter(([scope]) => !scopes.has(scope));
	const lacks = missing.map(([scope, what]) => `${scope} (stops ${what})`);
	const wanted = [...new Set([...scopes, ...stopped.map(([scope]) => scope)])].join(',');
	const where = server === undefined ? '' : ` --api-server ${shellWord(server)}`;
	return {
		toLook: toLook.filter((scope) => !scopes.has(scope)),
		stopping: (act) => (scopes.has(toAct[act]) ? undefined : toAct[act]),
		advice:
			missing.length === 0
				? undefined
				: `The BaseSpace token lacks ${count(missing.length, 'scope')}: ${lacks.join(', ')}. ` +
					`This command of the BaseSpace CLI makes a token that has what is needed: bs auth --scopes "${wanted}" --force${where}`,
	};
}
