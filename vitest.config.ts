import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.ts'],
		globalSetup: ['test/helpers/build.ts'],
		env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
		// most of the time the tests wait for the program that they started
		maxWorkers: 3,
		testTimeout: 30_000,
		hookTimeout: 30_000,
	},
});
