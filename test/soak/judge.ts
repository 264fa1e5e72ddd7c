import { parse } from 'csv-parse/sync';
import type { ActionDone } from '../simulator/lifecycle.ts';
import type { Analysis } from '../simulator/model.ts';
import { daysFrom, daysToArchive, daysToDelete, isNear } from './ages.ts';
import { judgeBaseSpace } from './judge-basespace.ts';
import type { Story } from './story.ts';

/**
 * Holds what is there in the end against what should be.
 * @param table the managed table
 * @returns every difference, in words; none when all is well
 */
export function judge(story: Story, table: string): string[] {
	return [
		...judgeTable(story, table),
		...story.analyses.flatMap((analysis) => [
			...judgeDelivery(story, analysis),
			...(story.basespace === undefined ? judgeAge(story, analysis) : []).map(
				(what) => `${analysis.reference}: ${what}`,
			),
		]),
		...story.world.actions.flatMap((action) => judgeAction(story, action)),
		...(story.basespace === undefined ? [] : judgeBaseSpace(story.basespace, story.world.now())),
	];
}

function isDeliverable(story: Story, analysis: Analysis): boolean {
	const status = story.world.analyses.statusOf(analysis);
	return status === 'SUCCEEDED' && analysis.pipelineCode.startsWith('BclConvert');
}

function judgeTable(story: Story, table: string): string[] {
	const rows: string[][] = parse(table, { relax_column_count: true });
	const wanted = story.analyses.filter((analysis) => isDeliverable(story, analysis));
	const [header, ...records] = rows.map((row) => row.join(','));
	const expected = wanted.map(({ id, reference }) => `${id},${reference}`).sort();
	return header === 'analysis_id_managed,run_id' &&
		JSON.stringify(records.sort()) === JSON.stringify(expected)
		? []
		: [`the table has\n${table}\nand should have these rows:\n${expected.join('\n')}`];
}

function judgeDelivery(story: Story, analysis: Analysis): string[] {
	const { world, destination } = story;
	const isMgi = (name: string): boolean => isDeliverable(story, analysis) && /^M[-_]/.test(name);
	const problems = analysis.files
		.filter((file) => world.timesLinked(file, destination) !== (isMgi(file.name) ? 1 : 0))
		.map((file) => `${file.path} was linked ${world.timesLinked(file, destination)} times`);
	const path = `/fastq_manifests/${analysis.reference}.download_manifest.csv`;
	const manifest = world.findByPath(destination, path);
	const delivered = analysis.files.filter(({ name }) => isMgi(name));
	if (delivered.length === 0) {
		return manifest === undefined ? problems : [...problems, `${path} should not be there`];
	}
	if (manifest?.status !== 'AVAILABLE') {
		return [...problems, `${path} is ${manifest?.status ?? 'not there'}`];
	}
	const rows: string[][] = parse(world.contentOf(manifest) ?? '');
	const expected = delivered.map((file) => [file.name, file.path, file.id, destination.id]);
	expected.sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1));
	const isRight = JSON.stringify(rows.slice(1)) === JSON.stringify(expected);
	return isRight ? problems : [...problems, `${path} has other rows: ${JSON.stringify(rows)}`];
}

function ageInDays(analysis: Analysis, at: Date): number {
	return daysFrom(analysis.startDate ?? analysis.timeCreated, at);
}

/** What the data of an analysis should have come to. */
function judgeAge(story: Story, analysis: Analysis): string[] {
	const age = ageInDays(analysis, story.world.now());
	const isGone = analysis.outputFolder?.gone === true;
	if (story.held.has(analysis)) {
		return isGone ? ['was deleted with foreign data in it'] : [];
	}
	if (isNear(age)) {
		return [];
	}
	const statuses = [...new Set(analysis.files.map(({ status }) => status))];
	if (age >= daysToDelete) {
		return isGone ? [] : [`is ${age.toFixed(1)} days old and still there, ${statuses.join(', ')}`];
	}
	const wanted = age >= daysToArchive ? 'ARCHIVED' : 'AVAILABLE';
	return !isGone && statuses.every((status) => status === wanted)
		? []
		: [`is ${age.toFixed(1)} days old and ${isGone ? 'gone' : statuses.join(', ')}`];
}

/** Whether an archive, unarchive or delete was right when it was done. */
function judgeAction(story: Story, { action, item, at }: ActionDone): string[] {
	if (story.basespace !== undefined) {
		return [`${action} of ${item.path} in ICA, though BaseSpace manages it`];
	}
	const analysis = story.analyses.find(
		({ outputFolder, output }) => outputFolder === item || output.has(item),
	);
	const what = `${action} of ${item.path} at ${at.toISOString()}`;
	if (analysis === undefined) {
		return [`${what}: not the output of an analysis`];
	}
	const due = action === 'archive' ? daysToArchive : daysToDelete;
	const problems = story.held.has(analysis) ? [`${what}: foreign data is in it`] : [];
	return ageInDays(analysis, at) < due ? [...problems, `${what}: not due`] : problems;
}
