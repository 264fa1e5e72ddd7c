import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Service } from '../../src/http/service.ts';
import { someRequest } from '../helpers/requests.ts';

const t = Date.parse('2026-05-29T12:00:00Z');

/** A server that answers with these headers, and a machine whose clock it is compared with. */
function served(answers: readonly { readonly headers: Record<string, string>; readonly tookMs?: number }[]) {
	let now = t;
	const rest = [...answers];
	const service = new Service({
		name: 'ICA',
		now: () => now,
		requester: {
			async request() {
				const { headers = {}, tookMs = 0 } = rest.shift() ?? {};
				now += tookMs;
				return await Promise.resolve({ status: 200, body: '', afterLostAnswer: false, headers, tookMs });
			},
			withinLimit: (work) => work(),
			requestsSent: () => 0,
			ticks: () => performance.now(),
		},
	});
	const ask = async (): Promise<void> => void (await service.send('ask', someRequest));
	return { service, ask };
}

describe("a server's clock", () => {
	it('is not known before an answer has told', async () => {
		const { service, ask } = served([
			{ headers: {} },
			{ headers: { date: 'soon' } },
			{ headers: { date: '1' } },
			{ headers: { date: '2026-05-29T12:00:00Z' } },
			{ headers: { date: new Date(t).toUTCString(), age: '86400' } },
		]);
		for (let n = 0; n < 5; n++) {
			expect(service.clockDifferenceMs()).toBeUndefined();
			await ask();
		}
		expect(service.clockDifferenceMs()).toBeUndefined();
	});

	it("goes on with this machine's, also past an answer that does not tell", async () => {
		const { service, ask } = served([
			{ headers: { date: new Date(t + 3_600_000).toUTCString() } },
			{ headers: {} },
			{ headers: { date: 'x' } },
		]);
		await ask();
		await ask();
		await ask();
		expect(service.clockDifferenceMs()).toBe(3_600_500);
	});

	it('is known to half of what the answer took, and half a second', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: -100_000_000, max: 100_000_000 }),
				fc.integer({ min: 0, max: 60_000 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				async (difference, tookMs, when) => {
					// written somewhere between the sending and the end of the answer
					const date = new Date(t + when * tookMs + difference).toUTCString();
					const { service, ask } = served([{ headers: { date }, tookMs }]);
					await ask();
					const error = Math.abs((service.clockDifferenceMs() ?? Number.NaN) - difference);
					expect(error).toBeLessThanOrEqual(tookMs / 2 + 501);
				},
			),
		);
	});
});
