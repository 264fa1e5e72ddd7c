import { describe, expect, it } from 'vitest';
import { missingScopes } from '../../../src/retention/basespace/scopes.ts';

const all = ['BROWSE GLOBAL', 'READ GLOBAL', 'WRITE GLOBAL', 'MOVETOTRASH GLOBAL'];
const usual = { emptiesTrash: false, server: undefined };

describe('the scopes of a token', () => {
	it('are enough without the one for emptying the trash, unless the trash is to be emptied', () => {
		expect(missingScopes(new Set(all), usual).advice).toBeUndefined();
		expect(missingScopes(new Set(all), { ...usual, emptiesTrash: true }).advice).toContain(
			'lacks 1 scope: EMPTY TRASH (stops emptying the trash)',
		);
	});

	it('that are missing stop what they are for, and nothing else', () => {
		const { stopping, toLook } = missingScopes(new Set(['READ GLOBAL', 'WRITE GLOBAL']), usual);
		expect(toLook).toEqual(['BROWSE GLOBAL']);
		expect(stopping('archive')).toBeUndefined();
		expect(stopping('unarchive')).toBeUndefined();
		expect(stopping('delete')).toBe('MOVETOTRASH GLOBAL');
	});

	it('that the token has are asked for again, with those that it lacks', () => {
		const { advice } = missingScopes(new Set(['CREATE GLOBAL', ...all.slice(0, 3)]), usual);
		expect(advice).toMatch(
			/bs auth --scopes "CREATE GLOBAL,BROWSE GLOBAL,READ GLOBAL,WRITE GLOBAL,MOVETOTRASH GLOBAL" --force$/,
		);
	});
});
