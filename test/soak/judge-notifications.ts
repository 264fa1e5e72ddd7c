import type { Case } from './cases.ts';
import type { Story } from './story.ts';

/** What the command was told. */
interface Told {
	readonly event: string;
	readonly id: string;
	readonly analysis_id: string | null;
	readonly place: string | null;
	readonly recipients: readonly string[];
	readonly files: number | null;
	readonly reason: string | null;
}

/** Where the command keeps what it is told, a document a line. */
export const toldFile = 'told.txt';

/** Whether what people were told is true. */
export function judgeNotifications(story: Story): string[] {
	return eventsIn(story.readLocal(toldFile) ?? '').flatMap((event) => {
		const one = story.cases.find(({ analysis }) => analysis.id === event.analysis_id);
		const isTrue = one === undefined || isTold(story, one, event);
		return isTrue ? [] : [`people were told what is not so: ${JSON.stringify(event)}`];
	});
}

/** A disk that was full has cut some lines off. */
function eventsIn(text: string): Told[] {
	return text.split('\n').flatMap((line) => {
		try {
			return (JSON.parse(line) as { readonly events: readonly Told[] }).events;
		} catch {
			return [];
		}
	});
}

function isTold({ parties }: Story, { analysis }: Case, event: Told): boolean {
	const { outputFolder, otherOutputs, files } = analysis;
	switch (event.event) {
		case 'delivered': {
			const own = files.filter((file) => parties.ownerOf(file)?.name === event.recipients[0]);
			// what two patterns matched at that time was delivered later
			return event.recipients.length === 1 && Number(event.files) > 0 && Number(event.files) <= own.length;
		}
		case 'deleted': {
			const outputs = [...(outputFolder === undefined ? [] : [outputFolder]), ...otherOutputs];
			const isUnknown = event.reason?.includes('was cut off') === true;
			return isUnknown || outputs.some(({ gone, status }) => gone || status === 'DELETING');
		}
		case 'failed_analysis':
			return event.recipients.length === 0;
		default:
			return true;
	}
}
