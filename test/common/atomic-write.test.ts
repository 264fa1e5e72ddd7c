import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeLeftovers, replaceFile } from '../../src/common/atomic-write.ts';
import { tsx } from '../helpers/installation.ts';
import { startScene } from '../helpers/scene.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const module = new URL('../../src/common/atomic-write.ts', import.meta.url).href;
const leftover = '.umich-orchestrator-01234567-89ab-4cde-8f01-23456789abcd.tmp';
const hoursAgo = new Date(Date.now() - 2 * 3_600_000);

/** A file that was last written two hours ago. */
function oldFile(path: string): string {
	writeFileSync(path, 'half');
	utimesSync(path, hoursAgo, hoursAgo);
	return path;
}

describe('replacing a file', () => {
	it('puts another file in its place, and leaves nothing beside it', () => {
		const file = join(temporaryFolder(), 'file.txt');
		replaceFile(file, 'one');
		const { ino } = statSync(file);
		replaceFile(file, Buffer.from('two'));
		expect(readFileSync(file, 'utf8')).toBe('two');
		expect(statSync(file).ino).not.toBe(ino);
		expect(readdirSync(dirname(file))).toEqual(['file.txt']);
	});

	it('keeps the mode of the file that is there, unless it is told another', () => {
		const file = join(temporaryFolder(), 'file.txt');
		replaceFile(file, 'one', 0o700);
		expect(statSync(file).mode & 0o777).toBe(0o700);
		chmodSync(file, 0o640);
		replaceFile(file, 'two');
		expect(statSync(file).mode & 0o777).toBe(0o640);
		replaceFile(file, 'three', 0o600);
		expect(statSync(file).mode & 0o777).toBe(0o600);
	});

	it('follows a link, also to a file that is not there yet', () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, 'real'));
		symlinkSync('real/file.txt', join(folder, 'link'));
		for (const content of ['one', 'two']) {
			replaceFile(join(folder, 'link'), content);
			expect(readFileSync(join(folder, 'real', 'file.txt'), 'utf8')).toBe(content);
			expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
		}
	});

	it('leaves all as it was when it cannot be done', () => {
		const file = join(temporaryFolder(), 'file.txt');
		mkdirSync(join(file, 'in the way'), { recursive: true });
		expect(() => replaceFile(file, 'one')).toThrow('EISDIR');
		expect(() => replaceFile(join(file, 'missing', 'x'), 'one')).toThrow('ENOENT');
		expect(readdirSync(dirname(file))).toEqual(['file.txt']);
		expect(readdirSync(file)).toEqual(['in the way']);
	});

	it('manages the longest name that a file can have', () => {
		const file = join(temporaryFolder(), 'n'.repeat(255));
		replaceFile(file, 'one');
		expect(readFileSync(file, 'utf8')).toBe('one');
	});

	it('leaves the old file or the new one, whole, to a process that is killed', async () => {
		const file = join(temporaryFolder(), 'file.txt');
		const program = `import { replaceFile } from ${JSON.stringify(module)};
			for (let n = 0; ; n++) { replaceFile(${JSON.stringify(file)}, String(n % 10).repeat(1_000_000));
				if (n === 3) console.log('begun'); }`;
		const writer = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', program]);
		await once(writer.stdout, 'data');
		writer.kill('SIGKILL');
		await once(writer, 'exit');
		expect(readFileSync(file, 'utf8')).toMatch(/^(\d)\1{999999}$/);
	});
});

describe('what a killed write left', () => {
	it('is removed when it is old enough, from beside the file itself', () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, 'real'));
		writeFileSync(join(folder, 'real', 'file.txt'), '');
		symlinkSync('real/file.txt', join(folder, 'link'));
		const path = oldFile(join(folder, 'real', leftover));
		const again = (): string[] =>
			removeLeftovers([join(folder, 'link'), join(folder, 'nowhere', 'x')], Date.now());
		expect(again()).toEqual([path]);
		expect(again()).toEqual([]);
		expect(readdirSync(join(folder, 'real'))).toEqual(['file.txt']);
	});

	it('stays when it may still be written, and so does whatever only looks like it', () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, leftover), 'half');
		for (const name of [
			'file.txt.1234567890',
			'file.txt.1735689600',
			'file.txt.20250101',
			'orchestrator.log.1',
			'table.2024',
			leftover.replace('.umich', 'umich'),
			`${leftover}.gz`,
			'.umich-orchestrator-notes.tmp',
		]) {
			oldFile(join(folder, name));
		}
		mkdirSync(join(folder, leftover.replace('01234567', '11111111')));
		utimesSync(join(folder, leftover.replace('01234567', '11111111')), hoursAgo, hoursAgo);
		const before = readdirSync(folder);
		expect(removeLeftovers([join(folder, 'file.txt')], Date.now())).toEqual([]);
		expect(readdirSync(folder)).toEqual(before);
	});

	it('is removed by the next pass from every folder that a pass writes to, not by a dry run', async () => {
		const scene = await startScene();
		const installation = scene.install();
		const places = ['', 'fastq_manifests', 'requeue_templates', 'state'].map((name) =>
			join(installation.folder, name),
		);
		for (const place of places) {
			mkdirSync(place, { recursive: true });
			oldFile(join(place, leftover));
		}
		const left = (): string[] => installation.files().filter((name) => name.endsWith('.tmp'));
		const options = ['--summary_file', 'state/summary.json'];
		await installation.pass(...options, '--dry_run');
		expect(left()).toHaveLength(4);
		expect(await installation.pass(...options)).toMatchObject({ status: 0, stderr: '' });
		expect(left()).toEqual([]);
	});
});
