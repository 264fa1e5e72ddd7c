import type { Exchange } from '../simulator/exchange.ts';
import type { Party } from './parties.ts';
import type { Story } from './story.ts';

/** Whether anything that a party can read holds what is another's: a name or id of a file, of a project, of a party. */
export function judgeIsolation(story: Story, exchanges: readonly Exchange[]): string[] {
	return story.parties.all.flatMap((party) => {
		const texts = readableBy(story, exchanges, party);
		return [...foreignTo(story, party)]
			.filter((secret) => texts.some((text) => text.includes(secret)))
			.map((secret) => `${party.name} can read of ${secret}`);
	});
}

/** What a project holds, and what is sent to it, which its members can look up. */
function readableBy({ world }: Story, exchanges: readonly Exchange[], { project }: Party): string[] {
	return [
		...world.dataOf(project).map((item) => `${item.id} ${item.path} ${world.contentOf(item) ?? ''}`),
		...exchanges
			.filter(({ path }) => path.includes(`/projects/${project.id}/`))
			.map(({ path, query, body }) => `${path} ${query} ${JSON.stringify(body)}`),
		...world.customEvents
			.filter((event) => event.project === project)
			.map(({ content }) => JSON.stringify(content)),
	];
}

function foreignTo({ cases, parties }: Story, party: Party): Set<string> {
	const others = parties.all.filter((other) => other !== party);
	const files = cases
		.flatMap(({ analysis }) => analysis.files)
		.filter((file) => {
			const owner = parties.ownerOf(file);
			return owner !== undefined && owner !== party;
		});
	return new Set([
		...files.flatMap(({ id, name }) => [id, name]),
		...others.flatMap(({ name, project }) => [name, project.id, project.name]),
	]);
}
