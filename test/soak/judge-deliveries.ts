import { parse } from 'csv-parse/sync';
import { type Case, manifestPathOf, owedTo } from './cases.ts';
import type { Party } from './parties.ts';
import type { Story } from './story.ts';

/** What each party should have of an analysis, and has not, or has though it should not. */
export function judgeDeliveries(story: Story, one: Case): string[] {
	return story.parties.all.flatMap((party) =>
		judgeDelivery(story, one, party).map((problem) => `to ${party.name}: ${problem}`),
	);
}

function judgeDelivery(story: Story, one: Case, party: Party): string[] {
	const { world, parties } = story;
	const { files } = one.analysis;
	const isDelivered = owedTo(story, one).includes(party) && !one.hasRowByHand;
	const problems = files.flatMap((file) => {
		const times = world.timesLinked(file, party.project);
		const isOwn = parties.ownerOf(file) === party;
		// a delivery can have been cut off before a person wrote that there is none to be
		const mayBeOne = isOwn && (isDelivered || one.hasRowByHand);
		const isRight = (times === 1 && mayBeOne) || (times === 0 && !(isOwn && isDelivered));
		return isRight ? [] : [`${file.path} was linked ${times} times`];
	});
	return [...problems, ...judgeManifest(story, one, party, isDelivered && one.manifestDeletedOf !== party)];
}

function judgeManifest(
	{ world, parties, readLocal }: Story,
	one: Case,
	party: Party,
	isExpected: boolean,
): string[] {
	const path = manifestPathOf(one);
	const manifest = world.findByPath(party.project, path);
	if (!isExpected) {
		return manifest?.status === 'AVAILABLE' ? [`${path} should not be there`] : [];
	}
	if (manifest?.status !== 'AVAILABLE') {
		return [`${path} is ${manifest?.status ?? 'not there'}`];
	}
	const content = world.contentOf(manifest)?.toString() ?? '';
	const rows: string[][] = parse(content);
	const expected = one.analysis.files
		.filter((file) => parties.ownerOf(file) === party)
		.map((file) => [file.name, file.path, file.id, party.project.id])
		.sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1));
	const isRight = JSON.stringify(rows.slice(1)) === JSON.stringify(expected);
	const copy = `${parties.manifestFolderOf(party)}/${one.analysis.reference}.download_manifest.csv`;
	return [
		...(isRight ? [] : [`${path} has other rows: ${JSON.stringify(rows)}`]),
		...(readLocal(copy) === content ? [] : [`${copy} is not what was uploaded`]),
	];
}
