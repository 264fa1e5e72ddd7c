import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceError, StoppedError } from '../../src/common/errors.ts';
import type { Notification } from '../../src/state/notifications.ts';
import { type Outbox, openOutbox } from '../../src/state/outbox.ts';
import type { Channel } from '../../src/state/outbox-entry.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const noon = Date.parse('2026-05-29T12:00:00Z');
const hour = 60 * 60 * 1000;
const day = 24 * hour;
const all: readonly Channel[] = ['command', 'event MGI', 'event Lab'];

function file(): string {
	return join(temporaryFolder(), 'table.txt.notifications');
}

function open(at: string, now = noon, channels = all): { outbox: Outbox; reports: string[] } {
	const reports: string[] = [];
	const report = (trouble: string): void => void reports.push(trouble);
	return { outbox: openOutbox(at, { channels, now: () => now, blank: (text) => text, report }), reports };
}

function delivery(key: string, ...recipients: readonly string[]): Notification {
	return { event: 'delivered', key: [key], recipients: recipients.map((name) => ({ name })) };
}

const attention: Notification = { event: 'attention', key: ['x'], recipients: [], reason: 'x' };

/** Tells everything by every channel, as far as it can be told now. */
function tellAll(outbox: Outbox, channels: readonly Channel[] = all): string[] {
	const told = channels.flatMap((channel) => {
		const entries = outbox.pending(channel);
		outbox.markTold(channel, entries);
		return entries.map(({ base }) => `${channel}: ${base.split('-')[0]}`);
	});
	outbox.flush();
	return told;
}

describe('the outbox', () => {
	it('has each notification for the command, and for those whom it concerns', () => {
		const { outbox } = open(file());
		outbox.add(delivery('a', 'MGI'));
		outbox.add(attention);
		expect(tellAll(outbox)).toEqual(['command: delivered', 'command: attention', 'event MGI: delivered']);
		expect(tellAll(outbox)).toEqual([]);
	});

	it('does not take again what was told or is to be told; what goes on is told once a day', () => {
		const path = file();
		for (const [after, expected] of [
			[0, ['command: delivered', 'command: attention', 'event MGI: delivered']],
			[23 * hour, []],
			[day, ['command: attention']],
			[29 * day, ['command: attention']],
		] as const) {
			const { outbox } = open(path, noon + after);
			outbox.add(delivery('a', 'MGI'));
			outbox.add(delivery('a', 'MGI'));
			outbox.add(attention);
			expect(tellAll(outbox)).toEqual(expected);
		}
	});

	it('leaves to the next pass what was not told, and drops it after a week', () => {
		const path = file();
		const first = open(path).outbox;
		first.add(delivery('a', 'MGI'));
		expect(tellAll(first, ['event MGI'])).toEqual(['event MGI: delivered']);
		const [entry] = first.pending('command');
		expect(open(path, noon + 6 * day).outbox.pending('command')).toEqual([
			{ ...entry, channels: ['command'] },
		]);
		const late = open(path, noon + 7 * day);
		expect(late.outbox.pending('command')).toEqual([]);
		expect(late.reports).toEqual(['1 notification could not be sent within 7 days, and is dropped.']);
	});

	it('keeps nothing for a channel that is not there any more', () => {
		const path = file();
		const { outbox } = open(path);
		outbox.add(delivery('a', 'Lab'));
		outbox.flush();
		expect(open(path, noon, ['event MGI']).outbox.pending('event MGI')).toEqual([]);
		expect(open(path, noon, ['event Lab']).outbox.pending('event Lab')).toHaveLength(1);
	});

	it('tells of what a pass was killed at that it is not known, and of what was done that it was', async () => {
		const path = file();
		const killed = open(path).outbox;
		void killed.during(
			delivery('a', 'MGI'),
			() => new Promise(() => undefined),
			() => true,
		);
		// it does not tell of that itself
		expect(killed.pending('command')).toEqual([]);
		const next = open(path).outbox;
		expect(next.pending('command')).toEqual([expect.objectContaining({ isOpen: true })]);
		await next.during(
			delivery('a', 'MGI'),
			() => Promise.resolve(0),
			(_, wasLeftOpen) => wasLeftOpen,
		);
		expect(next.pending('command')).toEqual([expect.objectContaining({ isOpen: false })]);
	});

	it('tells again, with the same id, what was told as not known, when it is done', async () => {
		const path = file();
		const notification = delivery('a', 'MGI');
		const killed = open(path).outbox;
		const forEver = new Promise(() => undefined);
		void killed.during(
			notification,
			() => forEver,
			() => true,
		);
		const next = open(path).outbox;
		const [open1] = next.pending('command');
		tellAll(next);
		await next.during(
			notification,
			() => Promise.resolve(),
			() => true,
		);
		expect(next.pending('command')).toEqual([expect.objectContaining({ id: open1?.id, isOpen: false })]);
	});

	it('tells nothing of what failed or was nothing new, and leaves open what a signal has cut off', async () => {
		const path = file();
		const { outbox } = open(path);
		const failing = (error: Error) =>
			outbox.during(
				delivery(error.name, 'MGI'),
				() => Promise.reject(error),
				() => true,
			);
		await expect(failing(new ServiceError('refused', 'no'))).rejects.toThrow('no');
		await expect(failing(new StoppedError())).rejects.toThrow('stopped');
		await outbox.during(
			delivery('old', 'MGI'),
			() => Promise.resolve(),
			() => false,
		);
		outbox.flush();
		expect(outbox.pending('command')).toEqual([]);
		expect(open(path).outbox.pending('command')).toEqual([expect.objectContaining({ isOpen: true })]);
	});

	it('begins anew when its file is none, and reports one that cannot be written', () => {
		const path = file();
		writeFileSync(path, '{');
		const { outbox } = open(path);
		outbox.add(attention);
		outbox.flush();
		expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1, told: {} });
		const nowhere = open(join(temporaryFolder(), 'none/x'));
		nowhere.outbox.add(attention);
		nowhere.outbox.flush();
		nowhere.outbox.flush();
		expect(nowhere.reports).toEqual([expect.stringContaining('could not be written')]);
	});

	it('tells everything, once by each channel, wherever passes are killed before they tell', () => {
		const names = fc.constantFrom('a', 'b', 'c', 'd');
		const pass = fc.record({
			adds: fc.array(fc.tuple(names, fc.constantFrom('MGI', 'Lab'))),
			tells: fc.subarray([...all]),
		});
		fc.assert(
			fc.property(fc.array(pass, { maxLength: 6 }), (passes) => {
				const path = file();
				const told: string[] = [];
				for (const { adds, tells } of [...passes, { adds: [], tells: all }]) {
					const { outbox } = open(path);
					for (const [key, name] of adds) {
						outbox.add(delivery(`${key} ${name}`, name));
					}
					outbox.flush();
					told.push(...tellAll(outbox, tells));
				}
				const added = new Set(passes.flatMap(({ adds }) => adds).map(([key, name]) => `${key} ${name}`));
				expect(told.filter((each) => each.startsWith('command'))).toHaveLength(added.size);
				expect(told).toHaveLength(2 * added.size);
			}),
		);
	});
});
