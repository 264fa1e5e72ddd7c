import { launchPath } from '../../ica/launches.ts';
import type { LaunchTemplate } from './template.ts';

/** The environment variable that holds the API key where a template is used; the templates hold its name only. */
export const keyVariable = 'ICA_API_KEY';

const mediaType = 'application/vnd.illumina.v4+json';

/**
 * A launch as one request to ICA's API, for whatever sends it: the key's place is held by its environment variable.
 * @param serverUrl without a closing slash
 */
export function apiTemplate({ project, action, body, notes }: LaunchTemplate, serverUrl: string): string {
	const request = {
		...(notes.length === 0 ? {} : { notes }),
		method: 'POST',
		server: serverUrl,
		path: `/ica/rest${launchPath(project.id, action)}`,
		headers: {
			Accept: mediaType,
			'Content-Type': mediaType,
			'X-API-Key': `$${keyVariable}`,
		},
		body,
	};
	return `${JSON.stringify(request, undefined, 2)}\n`;
}
