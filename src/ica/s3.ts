/**
 * Loads the S3 client, which is the heaviest package of all, and most passes move nothing. In dist/ this is a file of its
 * own that has the client in it: it is read with the program, and only begun here.
 */
export async function loadS3(): Promise<typeof import('./s3-client.ts')> {
	return await import('./s3-client.ts');
}
