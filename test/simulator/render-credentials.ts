import type { Credentials } from './credentials.ts';
import type { JsonObject } from './parties.ts';
import { timeOf } from './render.ts';

/** Temporary credentials in RCLONE's words, or in those of AWS. */
export function renderCredentials(
	credentials: Credentials,
	format: 'RCLONE' | undefined,
	endpoint: string,
): JsonObject {
	return format === 'RCLONE'
		? { rcloneTempCredentials: rcloneOf(credentials, endpoint) }
		: { awsTempCredentials: awsOf(credentials) };
}

function rcloneOf(credentials: Credentials, endpoint: string): JsonObject {
	const { encryption } = credentials;
	return {
		config: {
			type: 's3',
			provider: 'AWS',
			env_auth: 'false',
			access_key_id: credentials.accessKeyId,
			secret_access_key: credentials.secretAccessKey,
			session_token: credentials.sessionToken,
			region: credentials.region,
			...(encryption !== undefined && { server_side_encryption: encryption.algorithm }),
			...(encryption?.keyId !== undefined && { sse_kms_key_id: encryption.keyId }),
			...(credentials.endpointInConfig && { endpoint }),
		},
		filePathPrefix: `${credentials.bucket}/${credentials.prefix}`,
		storageType: 's3',
		expirationTime: timeOf(credentials.expires),
	};
}

/** The document writes aws:kms in capitals here. */
function awsOf(credentials: Credentials): JsonObject {
	const { encryption } = credentials;
	return {
		accessKey: credentials.accessKeyId,
		secretKey: credentials.secretAccessKey,
		sessionToken: credentials.sessionToken,
		region: credentials.region,
		bucket: credentials.bucket,
		objectPrefix: credentials.prefix,
		serverSideEncryptionAlgorithm:
			encryption?.algorithm === 'aws:kms' ? 'AWS:KMS' : (encryption?.algorithm ?? null),
		serverSideEncryptionKey: encryption?.keyId ?? null,
	};
}
