import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/common/errors.ts';
import type { Requester } from '../../src/http/requester.ts';
import { listAnalyses } from '../../src/ica/analyses.ts';
import { IcaClient } from '../../src/ica/client.ts';
import type { Analysis } from '../../src/ica/schemas.ts';
import type { FailureEffects } from '../../src/requeue/failure-report.ts';
import { reportFailures, unsettled } from '../../src/requeue/failures.ts';
import { newSecrets } from '../../src/secrets/secrets.ts';
import { noOutbox } from '../../src/state/outbox.ts';
import { connect, startScene } from '../helpers/scene.ts';

const start = Date.parse('2026-05-29T12:00:00Z');
const hour = 3_600_000;
const source = { id: '69c746e7-3fcc-469c-a6ef-41cab9e2018e', name: 'bssh_core' };

/** ICA that signs in, and shows nothing else. */
function silentIca(): IcaClient {
	const requester: Requester = {
		request: ({ url }) =>
			Promise.resolve({
				headers: { 'content-type': 'application/json' },
				afterLostAnswer: false,
				tookMs: 0,
				...(url.endsWith('/tokens') ? { status: 200, body: '{"token":"t"}' } : { status: 403, body: '{}' }),
			}),
		withinLimit: (work) => work(),
		requestsSent: () => 0,
		ticks: () => performance.now(),
	};
	return new IcaClient({
		serverUrl: 'https://ica.example.org',
		apiKey: 'key',
		apiKeyFile: 'api_key.txt',
		requester,
		now: () => start,
		secrets: newSecrets(),
	});
}

type Trouble = 'none' | 'listing' | 'writing';

/** One installation, whose folder can be out of order. */
function installation() {
	const ica = silentIca();
	const files = new Set<string>();
	let trouble: Trouble = 'none';
	let said = '';
	const failIf = (happening: Trouble): void => {
		if (trouble === happening) {
			throw new FileError('The folder is out of order.');
		}
	};
	const effects: FailureEffects = {
		outbox: noOutbox,
		templates: {
			folder: 'requeue_templates',
			names() {
				failIf('listing');
				return new Set(files);
			},
		},
		keepTemplates: (kept) =>
			Promise.resolve().then(() => {
				failIf('writing');
				for (const { name } of kept) {
					files.add(name);
				}
			}),
	};
	const ignore = (): void => undefined;
	const log = {
		error: ignore,
		info: ignore,
		debug: ignore,
		warn(text: string) {
			said += text;
		},
	};
	return {
		/** @returns the ids that the pass has said, and what needs action */
		async pass(monitored: Monitored, now: number, happens: Trouble) {
			trouble = happens;
			said = '';
			const context = { ica, source, serverUrl: 'https://ica.example.org', effects, log };
			const needsAction = await reportFailures(context, monitored, { daysToArchive: 60, now });
			const ids = monitored.failed.map(({ id }) => id);
			return { needsAction, ids: ids.filter((id) => said.includes(id)).sort() };
		},
	};
}

type Monitored = Parameters<typeof unsettled>[0];

const when = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.integer({ min: -400, max: 60 }).map((n) => new Date(start + n * 6 * hour).toISOString()),
	},
	fc.constantFrom('0001-01-01T00:00:00.0000000Z', 'some day'),
);
const analysis = fc
	.record({
		id: fc.uuid(),
		run: fc.constantFrom('A_3664cd_3a7062', 'A_91da19_17d664', 'NovaSeqX Demo_91da19_17d664', 'by hand'),
		status: fc.constantFrom('FAILED', 'FAILED_FINAL', 'ABORTED', 'SUCCEEDED'),
		timeCreated: when,
		startDate: when,
		endDate: fc.option(when, { nil: undefined }),
	})
	.map(({ run, ...rest }): Analysis => {
		const pipelineCode = 'BclConvert v4_2_7';
		return { ...rest, userReference: run, pipelineCode, reference: `${run}-${pipelineCode}-${rest.id}` };
	});
const trouble = fc.constantFrom<Trouble>('none', 'none', 'listing', 'writing');

/** Each analysis with the day since which ICA lists it. */
type History = readonly (readonly [analysis: Analysis, since: number])[];

function listedOn(day: number, history: History): Monitored {
	const there = history.filter(([, since]) => since <= day).map(([one]) => one);
	return {
		failed: there.filter(({ status }) => status !== 'SUCCEEDED'),
		succeeded: there.filter(({ status }) => status === 'SUCCEEDED'),
	};
}

/** Makes a pass each day, and tells what each has said and should have said. */
async function passes(history: History, troubles: readonly Trouble[]) {
	const { pass } = installation();
	const reported = new Set<string>();
	const days: { said: unknown; expected: unknown }[] = [];
	for (const [day, happens] of troubles.entries()) {
		const now = start + day * 24 * hour;
		const listed = listedOn(day, history);
		const open = unsettled(listed, { daysToArchive: 60, now }).map(({ id }) => id);
		const due = open.filter((id) => !reported.has(id)).sort();
		const { ids, needsAction } = await pass(listed, now, happens);
		const isUnknown = happens === 'listing';
		days.push({
			said: { ids, needsAction: needsAction.length > 0 },
			expected: { ids: isUnknown ? [] : due, needsAction: (isUnknown ? open : due).length > 0 },
		});
		if (happens === 'none') {
			due.forEach((id) => void reported.add(id));
		}
	}
	return days;
}

describe('in any history, with a folder that is out of order at times', () => {
	it('each failure is reported once, unless it is old or settled before it can be', async () => {
		const history = fc.array(fc.tuple(analysis, fc.nat({ max: 5 })), { maxLength: 12 });
		const troubles = fc.array(trouble, { minLength: 5, maxLength: 5 });
		await fc.assert(
			fc.asyncProperty(history, troubles, async (all, happens) => {
				for (const { said, expected } of await passes(all, [...happens, 'none'])) {
					expect(said).toEqual(expected);
				}
			}),
			{ numRuns: 100 },
		);
	});
});

describe('an error in the program itself', () => {
	it("is called by its name, and is never taken for ICA's", async () => {
		const errors: string[] = [];
		const said: string[] = [];
		const kept: string[] = [];
		const effects: FailureEffects = {
			outbox: noOutbox,
			templates: {
				get folder(): string {
					throw new TypeError('folder is not a function');
				},
				names: () => new Set(),
			},
			keepTemplates: (files) => Promise.resolve(void kept.push(...files.map(({ name }) => name))),
		};
		const log = {
			error: (text: string) => void errors.push(text),
			warn: (text: string) => void said.push(text),
			info: () => undefined,
			debug: () => undefined,
		};
		const scene = await startScene();
		const { ica } = connect(scene);
		scene.analysis({ status: 'FAILED' });
		const failed = (await listAnalyses(ica, scene.source)).analyses;
		const now = scene.world.now().getTime();
		const context = { ica, source: scene.source, serverUrl: scene.simulator.url, effects, log };
		await reportFailures(context, { failed, succeeded: [] }, { daysToArchive: 60, now });
		expect(errors).toEqual([
			expect.stringContaining('error in the program itself, please report it: TypeError: folder'),
		]);
		expect(said).toEqual([
			expect.stringContaining(' ended FAILED'),
			expect.stringContaining('could be made: folder is not a function.'),
		]);
		expect(said.join()).not.toContain('The next pass tries again');
		expect(kept).toEqual([expect.stringMatching(/\.no_template\.txt$/)]);
	});
});
