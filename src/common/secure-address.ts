import { isIP } from 'node:net';

const loopbackIPv4 = /^127\./;

/**
 * Checks an address to which secrets may be sent: https, or http to this machine itself.
 * @returns what is wrong with it, to follow "is refused: ", or undefined
 */
export function insecureBecause(address: string): string | undefined {
	if (!URL.canParse(address)) {
		return 'expected an address such as https://ica.illumina.com';
	}
	const { protocol, hostname, username, password, search, hash } = new URL(address);
	if (username !== '' || password !== '' || search !== '' || hash !== '') {
		return 'expected scheme, host and path, without user name, query or fragment';
	}
	if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) {
		return undefined;
	}
	return 'expected https (plain http only to this machine itself)';
}

function isLoopback(hostname: string): boolean {
	return (
		hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && loopbackIPv4.test(hostname))
	);
}
