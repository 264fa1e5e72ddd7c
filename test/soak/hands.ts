import { type Case, isDeliverable, manifestPathOf } from './cases.ts';
import type { Story } from './story.ts';

/** What a person does to the managed table and to manifests between passes. */
export class Hands {
	readonly #story: Story;

	constructor(story: Story) {
		this.#story = story;
	}

	/** Does one thing, if it can be done. */
	meddle(): void {
		const { dice, cases } = this.#story;
		const [first, ...rest] = cases.filter(({ isBclConvert }) => isBclConvert);
		const kind = dice.oneOf(['row', 'row', 'manifest', 'manifest and row', 'row away'] as const);
		if (first === undefined) {
			return;
		}
		const one = dice.oneOf([first, ...rest]);
		if (kind === 'row') {
			this.#writeRow(one);
		} else if (kind === 'row away') {
			this.#deleteRow(one);
		} else {
			this.#deleteManifest(one, kind === 'manifest and row');
		}
	}

	/** "Leave this one alone": of an analysis that is not delivered. */
	#writeRow(one: Case): void {
		const { table, world, parties } = this.#story;
		const { id } = one.analysis;
		const isNew =
			!table.ids.has(id) &&
			parties.all.every(({ project }) => world.findByPath(project, manifestPathOf(one)) === undefined);
		if (isNew && table.append(id, leaveAlone)) {
			one.hasRowByHand = true;
		}
	}

	#deleteRow(one: Case): void {
		if (one.hasRowByHand || one.manifestDeletedOf !== undefined) {
			this.#story.table.delete(one.analysis.id);
			one.hasRowByHand = false;
			one.manifestDeletedOf = undefined;
		}
	}

	/** Of data that is there; with its row, or before it has one, it is delivered anew. */
	#deleteManifest(one: Case, withRow: boolean): void {
		const { table, world, parties, dice } = this.#story;
		const { outputFolder, id } = one.analysis;
		const party = dice.oneOf(parties.all);
		const manifest = world.findByPath(party.project, manifestPathOf(one));
		const isThere = outputFolder?.gone === false && outputFolder.status !== 'DELETING';
		const isAsked = isDeliverable(world, one) && one.manifestDeletedOf === undefined;
		if (manifest?.status !== 'AVAILABLE' || !isThere || !isAsked) {
			return;
		}
		world.remove(manifest);
		if (!table.ids.has(id)) {
			return;
		}
		one.manifestDeletedOf = party;
		if (withRow) {
			this.#deleteRow(one);
		}
	}
}

/** What a person writes instead of a run. */
export const leaveAlone = 'leave this one alone';
