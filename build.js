import { build } from 'esbuild';

/*
 * One file for the program and one for what is loaded only when it is needed (the clients of ICA and of its storage):
 * to start from hundreds of files of packages takes twice as long.
 */
await build({
	entryPoints: ['src/cli.ts'],
	outdir: 'dist',
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node20.19',
	// the ES modules of packages that have both: only what is used of them is taken
	mainFields: ['module', 'main'],
	legalComments: 'eof',
	logLevel: 'warning',
	// packages that are CommonJS expect these, which Node gives to no ES module
	banner: {
		js: [
			"import { createRequire as createRequireOfBundle } from 'node:module';",
			'const require = createRequireOfBundle(import.meta.url);',
			'const { filename: __filename, dirname: __dirname } = import.meta;',
		].join('\n'),
	},
});
