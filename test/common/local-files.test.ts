import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRegularFile, realPathOf } from '../../src/common/local-files.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** A file of the kernel, which says that it is a page long, and is not. */
const shorterThanItSays = '/sys/kernel/uevent_seqnum';

describe('reading a file', () => {
	it('gives all of a regular file, also through a link', () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'file'), 'content');
		symlinkSync('file', join(folder, 'link'));
		expect(readRegularFile(join(folder, 'link'), 7).toString()).toBe('content');
		expect(() => readRegularFile(join(folder, 'file'), 6)).toThrow('it has 7 bytes, and 6 bytes is the most');
	});

	it('refuses whatever is no regular file, without waiting for a writer', () => {
		const folder = temporaryFolder();
		const pipe = join(folder, 'pipe');
		execFileSync('mkfifo', [pipe]);
		expect(() => readRegularFile(pipe, 9)).toThrow('it is a pipe, where a file is expected');
		expect(() => readRegularFile('/dev/zero', 9)).toThrow('it is a device');
		expect(() => readRegularFile(folder, 9)).toThrow('it is a folder');
		expect(() => readRegularFile(join(folder, 'none'), 9)).toThrow('ENOENT');
	});

	it.skipIf(!existsSync(shorterThanItSays))(
		'notices that there was less than the file said (skipped without /sys)',
		() => {
			expect(() => readRegularFile(shorterThanItSays, 9999)).toThrow(
				'it was cut short while it was being read',
			);
		},
	);
});

describe('the real path', () => {
	it('goes through links, to what is not there yet, and comes to an end', () => {
		const folder = realPathOf(temporaryFolder());
		mkdirSync(join(folder, 'real'));
		symlinkSync('real', join(folder, 'alias'));
		symlinkSync('../alias/file', join(folder, 'real', 'link'));
		symlinkSync('loop', join(folder, 'loop'));
		expect(realPathOf(join(folder, 'alias', 'link'))).toBe(join(folder, 'real', 'file'));
		expect(realPathOf(join(folder, 'missing', 'x'))).toBe(join(folder, 'missing', 'x'));
		expect(realPathOf(join(folder, 'loop'))).toBe(join(folder, 'loop'));
	});
});
