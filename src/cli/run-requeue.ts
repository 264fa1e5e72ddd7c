import { templateFolder } from '../common/own-files.ts';
import type { RequeueOptions } from '../options/requeue-options.ts';
import { requeue } from '../requeue/requeue.ts';
import { templateStore } from '../requeue/templates/template-store.ts';
import { newIcaClient, newRequester } from './clients.ts';
import { exitStatus } from './exit-status.ts';
import { requeueMode } from './mode.ts';
import { explain } from './outcome.ts';
import { openSession, type ProcessContext } from './session.ts';

/**
 * Makes a requeue, and reports how it ended. It takes no lock, and leaves the managed table alone, so that it can run
 * beside a pass.
 * @returns the exit status
 * @throws {SetupError} when the key cannot be read or the log cannot be opened, so that there is nowhere to report it
 */
export async function runRequeueCommand(
	options: RequeueOptions,
	context: Omit<ProcessContext, 'command'>,
): Promise<number> {
	const { title, makeEffects } = requeueMode(options);
	const session = openSession(options, context, { title, isNews: () => true });
	const { log, clock, secrets, stop } = session;
	try {
		const ica = newIcaClient(options, session, newRequester(session));
		const templates = templateStore(templateFolder, (text) => secrets.blank(text));
		await requeue({
			options,
			ica,
			log,
			now: clock.now(),
			print: (text) => context.console.out(secrets.blank(text)),
			effects: makeEffects({ ica, templates, log }),
		});
		return exitStatus.done;
	} catch (error) {
		return explain(error, { log, stop, failed: '' }).exitStatus;
	}
}
