import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
	FileError,
	LockedError,
	OutageError,
	reportBug,
	ServiceError,
	type ServiceFailure,
	SetupError,
	StoppedError,
} from '../../src/common/errors.ts';

function reported(error: unknown): string[] {
	const lines: string[] = [];
	reportBug(error, { error: (message) => lines.push(message) });
	return lines;
}

function thrownBy(act: () => unknown): unknown {
	try {
		return act();
	} catch (error) {
		return error;
	}
}

describe('a bug in the program', () => {
	it.each([
		new TypeError('x is not a function'),
		new Error('never said by anybody'),
		Object.assign(new TypeError('wrong argument'), { code: 'ERR_INVALID_ARG_TYPE' }),
		// one that Node throws itself, with a code
		thrownBy(() => readFileSync(undefined as never)),
		// a path that no call ever got
		thrownBy(() => readFileSync('a\0b')),
	])('is reported with its stack: %s', (error) => {
		expect(reported(error)).toEqual([
			expect.stringMatching(/^This is an error in the program itself, please report it: .*\n\s+at /),
		]);
	});

	it.each([
		new SetupError('s'),
		new LockedError('l', { isOld: false }),
		new StoppedError(),
		new ServiceError('refused', 'r'),
		new OutageError('o'),
		new FileError('f'),
		thrownBy(() => readFileSync('/nowhere')),
		thrownBy(() => readFileSync('/')),
		'a text',
	])('is not what has to be expected: %s', (error) => {
		expect(reported(error)).toEqual([]);
	});
});

describe('an error of a service', () => {
	it.each<[ServiceFailure, string]>([
		['unreachable', 'isTransient mayBeDone'],
		['unavailable', 'isTransient mayBeDone'],
		['unexpected answer', 'mayBeDone'],
		['unauthorized', ''],
		['forbidden', 'isRefusal isLasting'],
		['not found', 'isRefusal isLasting'],
		['refused', 'isRefusal isLasting'],
		['conflict', 'isRefusal'],
	])('%s: %s', (failure, expected) => {
		const error = new ServiceError(failure, 'why');
		const kinds = (['isTransient', 'isRefusal', 'isLasting', 'mayBeDone'] as const).filter(
			(kind) => error[kind],
		);
		expect(kinds.sort()).toEqual(
			expected
				.split(' ')
				.filter((word) => word !== '')
				.sort(),
		);
	});
});
