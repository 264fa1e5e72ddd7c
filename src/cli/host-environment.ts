import { devNull } from 'node:os';

/** What the environment decides beside the options and what Node itself documents. */
export interface HostEnvironment {
	/** `AWS_ENDPOINT_URL_S3`; undefined when it is not set, or empty. */
	readonly storageEndpoint: string | undefined;
	/** What a command that this program starts finds around it: nothing that can hold a secret. */
	readonly commandEnvironment: Readonly<Record<string, string>>;
}

const forCommands = /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR)$/;
/** An address with a user name can have a password, too. */
const proxies = /^(?:https?|all|no)_proxy$/i;

/**
 * Variables that packages, or Node, would obey: where credentials and bytes go, whether certificates are checked, and
 * what of a request is printed.
 */
const undocumented = /^(?:AWS_.*|DEBUG|DIAGNOSTICS|NODE_TLS_REJECT_UNAUTHORIZED)$/;

/**
 * Reads what this program obeys, and takes out of the environment what else would decide anything. To be called before
 * the packages are loaded.
 * @param environment is changed
 */
export function readHostEnvironment(environment: NodeJS.ProcessEnv): HostEnvironment {
	const endpoint = environment['AWS_ENDPOINT_URL_S3'];
	for (const name of Object.keys(environment).filter((each) => undocumented.test(each))) {
		delete environment[name];
	}
	// the S3 client is given everything; should it look for a profile all the same, it finds none, and needs no home
	environment['AWS_CONFIG_FILE'] = devNull;
	environment['AWS_SHARED_CREDENTIALS_FILE'] = devNull;
	// its advice about Node versions would be mailed by cron after every pass
	environment['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
	return {
		storageEndpoint: endpoint === '' ? undefined : endpoint,
		commandEnvironment: commandEnvironmentOf(environment),
	};
}

function commandEnvironmentOf(environment: NodeJS.ProcessEnv): Record<string, string> {
	return Object.fromEntries(
		Object.entries(environment).flatMap(([name, value]) =>
			value !== undefined && (forCommands.test(name) || (proxies.test(name) && !value.includes('@')))
				? [[name, value]]
				: [],
		),
	);
}
