import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RawPassOptions, readPassOptions } from '../../src/options/pass-options.ts';
import { type RecipientSpec, readRecipientsFile } from '../../src/options/recipients-file.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const thresholds = { daysToArchive: 60, daysToDelete: 90 };
const id = 'c78835ab-a488-4b97-848d-e606b0f31772';

function written(content: string | Buffer): string {
	const path = join(temporaryFolder(), 'recipients.csv');
	writeFileSync(path, content);
	return path;
}

function read(content: string | Buffer): RecipientSpec[] {
	return readRecipientsFile(written(content), thresholds);
}

const table = `project,name,pattern,days_to_delete
MGI,MGI,^M[-_],
"Lab, the",Lab-2.x,"^L(a|b)",never
${id},Third,^T,200
`;

const recipients = [
	{ name: 'MGI', pattern: /^M[-_]/, project: { by: 'name', name: 'MGI' }, ...thresholds },
	{
		name: 'Lab-2.x',
		pattern: /^L(a|b)/,
		project: { by: 'name', name: 'Lab, the' },
		daysToArchive: 60,
		daysToDelete: Number.POSITIVE_INFINITY,
	},
	{ name: 'Third', pattern: /^T/, project: { by: 'id', id }, daysToArchive: 60, daysToDelete: 200 },
];

describe('a recipients file', () => {
	it('has a row for each group, with columns in any order', () => {
		expect(read(table)).toEqual(recipients);
	});

	it.each([
		['with a byte order mark', `\ufeff${table}`],
		['with CRLF and blank lines', table.replaceAll('\n', '\r\n\r\n')],
		['as UTF-16', Buffer.from(`\ufeff${table}`, 'utf16le')],
		['with semicolons', table.replaceAll(',', ';').replace('Lab; the', 'Lab, the')],
		['with tabs', table.replaceAll(',', '\t').replace('Lab\t the', 'Lab, the')],
		['with comments', `# groups of the core\n${table}# no more\n`],
		['with columns in capitals', table.replace('project,name', 'Project,NAME')],
	])('is read as people save it: %s', (_, content) => {
		expect(read(content)).toEqual(recipients);
	});

	it.each([
		[
			'',
			'line 1: it is empty: expected the header name,pattern,project,days_to_archive,days_to_delete,delivery',
		],
		['name,pattern,project\n', 'line 1: there is no recipient below the header'],
		[
			'name,pattern,project,colour\nA,^A,P,red\n',
			'line 1: the column "colour" is unknown: expected name,pattern,project',
		],
		['name,pattern\nA,^A\n', 'line 1: the column "project" is missing'],
		['name,pattern,project,name\nA,^A,P,B\n', 'line 1: the column "name" is there twice'],
		[
			'name,pattern,project\nA,^A,P\n-A,^A,P\n',
			'line 3: the name "-A" cannot be a folder\'s: expected 1 to 40',
		],
		['name,pattern,project\n../x,^A,P\n', 'line 2: the name "../x" cannot be'],
		[`name,pattern,project\n${'a'.repeat(41)},^A,P\n`, 'line 2: the name'],
		['name,pattern,project\nA,^A,\n', 'line 2: A has no project: expected the exact name or the id of one'],
		['name,pattern,project\nA,,P\n', 'line 2: A has no pattern'],
		['name,pattern,project\nA,(,P\n', 'line 2: the pattern of A is not a regular expression'],
		['name,pattern,project\nA,^A|,P\n', 'line 2: the pattern of A "^A|" matches every name'],
		['name,pattern,project\nA,(M+)+_,P\n', 'line 2: the pattern of A "(M+)+_" would never end'],
		['name,pattern,project\nA,^A,P\na,^B,Q\n', 'line 3: the name "a" stands in line 2, too'],
		[
			'name,pattern,project\nA,^A,P\nB,^B,P\n',
			'line 3: the project "P" stands in line 2, too: each recipient needs its own',
		],
		[
			`name,pattern,project\nA,^A,${id}\nB,^B,${id.toUpperCase()}\n`,
			`line 3: the project "${id.toUpperCase()}" stands in line 2, too`,
		],
		[
			'name,pattern,project,days_to_delete\nA,^A,P,0\n',
			'line 2: the days_to_delete of A is "0": expected a whole number from 1 to 36500, or never',
		],
		[
			'name,pattern,project,delivery\nA,^A,P,copy\n',
			'line 2: the delivery of A is "copy": expected link, or nothing',
		],
		['name,pattern,project\nA,^A,P,Q\n', 'line 2: it has 4 fields, where the header has 3'],
		['name,pattern,project\nA,"^A,P\n', 'it is no CSV: Quote Not Closed'],
	])('is refused with its line number: %j', (content, message) => {
		expect(() => read(content)).toThrow(message);
	});

	it('stands in place of the destination project and the pattern, and is not given beside them', () => {
		const raw: RawPassOptions = {
			api_key_file: 'k',
			source_project_name: 'S',
			recipients_file: written(table),
		};
		expect(readPassOptions(raw).recipients).toEqual(recipients);
		expect(readPassOptions({ ...raw, days_to_archive: 'never' }).recipients[0]).toMatchObject({
			daysToArchive: Number.POSITIVE_INFINITY,
		});
		expect(() => readPassOptions({ ...raw, mgi_pattern: '^X' })).toThrow('leave --mgi_pattern out');
		expect(() => readPassOptions({ ...raw, destination_project_name: 'P' })).toThrow(
			'leave --destination_project_name and --destination_project_id out',
		);
		expect(() => readPassOptions({ ...raw, recipients_file: '/nowhere.csv' })).toThrow(
			'--recipients_file /nowhere.csv cannot be read: ENOENT',
		);
	});
});
