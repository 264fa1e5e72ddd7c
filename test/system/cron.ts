import { ok, strictEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installCommand } from '../helpers/installation.ts';
import { crontab } from '../helpers/readme.ts';
import { fastqs } from '../helpers/scene.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { has, needs } from './skip.ts';

/*
 * A real cron daemon runs the line of crontab.example, each minute instead of every ten, with the folders moved below a
 * temporary one, in a mount namespace of its own so that this machine's crontabs and mail stay out of it. A second line,
 * with a key file that does not exist, is the pass that fails.
 */

const maxSeconds = 150;

needs({
	root: process.getuid?.() === 0,
	cron: has('cron'),
	unshare: has('unshare'),
});

const root = mkdtempSync(join(tmpdir(), 'umich-orchestrator-cron-'));
const [bin, good, bad, mails] = ['bin', 'good', 'bad', 'mails'].map((name) => {
	mkdirSync(join(root, name));
	return join(root, name);
}) as [string, string, string, string];
installCommand(bin);

const simulator = await startSimulator();
const { world } = simulator;
const source = world.addProject('BSSH core', { externallyManaged: true });
world.addProject('MGI');
const { id } = world.addAnalysis(source, { run: '20260518_LH00619_0041_A22CCFJLT4', files: fastqs('M-1-2') });
writeFileSync(join(root, 'api_key.txt'), simulator.apiKey, { mode: 0o600 });

const daemon = startCron();
try {
	const isOver = (): boolean => existsSync(join(mails, 'mail')) && existsSync(table());
	for (let second = 0; second < maxSeconds && !isOver(); second++) {
		await delay(1000);
	}
	ok(existsSync(table()), 'the pass of the example line has written its table');
	const rows = readFileSync(table(), 'utf8');
	ok(rows.includes(id), `the analysis is in the table:\n${rows}`);
	const mail = readFileSync(join(mails, 'mail'), 'utf8');
	const body = mail.slice(mail.indexOf('\n\n')).trim();
	strictEqual(
		body,
		'Error: --api_key_file cannot be read (ENOENT): expected the path of a text file with the ICA API key in it.',
	);
	ok(!mail.includes('delivered'), 'the pass that delivered sent no mail');
	process.stdout.write(
		'cron ran the line of crontab.example and delivered a run without a mail; a failing pass was mailed.\n',
	);
} finally {
	if (daemon.pid !== undefined) {
		process.kill(-daemon.pid);
	}
	await simulator.close();
	rmSync(root, { recursive: true, force: true });
}

function table(): string {
	return join(good, 'analyses_managed_table.txt');
}

function startCron() {
	const everyMinute = crontab
		.replace('*/10', '*')
		.replace('PATH=', `PATH=${bin}:${dirname(process.execPath)}:`)
		.replaceAll('/etc/umich-orchestrator', root);
	const environment = [
		`AWS_ENDPOINT_URL_S3=${simulator.s3Url}`,
		`UMICH_ORCHESTRATOR_SERVER_URL=${simulator.url}`,
	].join('\n');
	const line = everyMinute.split('\n').find((each) => each.startsWith('* ')) ?? '';
	ok(line !== '', 'crontab.example has a line for each ten minutes');
	const failing = line.replaceAll('/var/lib/umich-orchestrator', bad).replace('api_key.txt', 'nowhere.txt');
	const text = `${environment}\n${everyMinute.replaceAll('/var/lib/umich-orchestrator', good)}\n${failing}\n`;
	writeFileSync(join(root, 'crontab'), text, { mode: 0o600 });
	writeFileSync(join(root, 'sendmail'), `#!/bin/sh\nexec cat >>${mails}/mail\n`);
	chmodSync(join(root, 'sendmail'), 0o755);
	const script = `set -e
		mount -t tmpfs none /var/spool/cron/crontabs
		mount -t tmpfs none /etc/cron.d
		mount -t tmpfs none /run
		mount --bind /dev/null /etc/crontab
		cp -a /usr/sbin ${root}/sbin
		rm -f ${root}/sbin/sendmail
		cp ${root}/sendmail ${root}/sbin/sendmail
		mount --bind ${root}/sbin /usr/sbin
		install -m 600 ${root}/crontab /var/spool/cron/crontabs/root
		exec cron -f`;
	return spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: 'inherit', detached: true });
}
