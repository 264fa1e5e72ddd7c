// For Node's --import: sends the process SIGTERM when it is about to do SIGNAL_AT (a function of fs and the end of a path).
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [name, end] = (process.env['SIGNAL_AT'] ?? '').split(' ');
let isSent = false;

function watched(real, path) {
	return (...args) => {
		if (!isSent && String(args[path]).endsWith(end)) {
			isSent = true;
			process.kill(process.pid, 'SIGTERM');
		}
		return real(...args);
	};
}

if (name === 'rename') {
	// however it is done, to replace a file is to rename another one
	fs.rename = watched(fs.rename, 1);
	fs.renameSync = watched(fs.renameSync, 1);
	fs.promises.rename = watched(fs.promises.rename, 1);
} else if (name !== '') {
	fs[name] = watched(fs[name], 0);
}
syncBuiltinESMExports();
