import type { IcaClient } from '../../ica/client.ts';
import { changeData, isGoneOrGoing } from '../../ica/data.ts';
import type { Project } from '../../ica/schemas.ts';
import { noOutbox, type Outbox } from '../../state/outbox.ts';
import type { PassState } from '../../state/state-file.ts';
import type { RetentionEffects } from '../shared/context.ts';
import type { RetentionThresholds } from '../shared/due.ts';

/** What old data is changed with. */
export interface RetentionEffectsContext {
	readonly ica: IcaClient;
	readonly source: Project;
	/** Of all recipients, and for what is owed to nobody: with others, what was put off can be due sooner. */
	readonly thresholds: readonly RetentionThresholds[];
	readonly outbox: Outbox;
	/** What this pass leaves for the next. */
	readonly state: Pick<PassState, 'postpone' | 'postponed' | 'keepToThemselves' | 'rememberAlone'>;
}

/** The effects of a real pass. */
export function realRetentionEffects(context: RetentionEffectsContext): RetentionEffects {
	const { ica, source, state, outbox } = context;
	const thresholds = [
		...new Set(
			context.thresholds.map(({ daysToArchive, daysToDelete }) => `${daysToArchive} ${daysToDelete}`),
		),
	].join(', ');
	return {
		outbox,
		namesAllDue: false,
		verbs: { delete: 'Deleting', unarchive: 'Unarchiving', archive: 'Archiving' },
		changeData: (item, change) => changeData(ica, source.id, item, change),
		isDeleted: (item) => isGoneOrGoing(ica, source.id, item),
		postpone: (analysis, postponed) => state.postpone(analysis.id, { ...postponed, thresholds }),
		postponed(analysis, now) {
			const known = state.postponed(analysis.id, now);
			return known?.thresholds === thresholds ? known : undefined;
		},
		wasHeld: (analysis, now) => state.postponed(analysis.id, now)?.as === 'hold',
		keepToThemselves: state.keepToThemselves,
		rememberAlone: (ids) => state.rememberAlone(ids),
	};
}

/** Effects that change nothing; what earlier passes have put off is looked at all the same. */
export function dryRunRetentionEffects({ state }: RetentionEffectsContext): RetentionEffects {
	return {
		outbox: noOutbox,
		namesAllDue: true,
		verbs: { delete: 'Would delete', unarchive: 'Would unarchive', archive: 'Would archive' },
		changeData: () => Promise.resolve(),
		isDeleted: () => Promise.resolve(false),
		postpone: () => undefined,
		postponed: () => undefined,
		wasHeld: (analysis, now) => state.postponed(analysis.id, now)?.as === 'hold',
		keepToThemselves: state.keepToThemselves,
		rememberAlone: () => undefined,
	};
}
