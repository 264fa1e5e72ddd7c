import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));

const usual = {
	bundle: true,
	format: 'esm',
	platform: 'node',
	target: `node${engines.node.replace('>=', '')}`,
	// the ES modules of packages that have both: only what is used of them is taken
	mainFields: ['module', 'main'],
	legalComments: 'eof',
	logLevel: 'warning',
};

// packages that are CommonJS expect these, which Node gives to no ES module
const banner = {
	js: [
		"import { createRequire as createRequireOfBundle } from 'node:module';",
		'const require = createRequireOfBundle(import.meta.url);',
		'const { filename: __filename, dirname: __dirname } = import.meta;',
	].join('\n'),
};

/** Leaves the import of a file of src to be one of what is built of it. */
function apart(name) {
	return {
		name: 'apart',
		setup({ onResolve }) {
			onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ kind }) =>
				kind === 'entry-point' ? undefined : { path: `./${name}.js`, external: true },
			);
		},
	};
}

// what an old Node can read, to say that it is too old
await build({
	...usual,
	entryPoints: ['src/cli.ts'],
	outdir: 'dist',
	target: 'node12.20',
	plugins: [apart('program')],
});

// few files: to start from hundreds of files of packages takes twice as long
await build({
	...usual,
	entryPoints: ['src/cli/program.ts'],
	outdir: 'dist',
	splitting: true,
	banner,
	plugins: [apart('s3')],
});

// without splitting, what is imported late is in the same file, and is begun late: nothing is read from the disk then
await build({ ...usual, entryPoints: ['src/ica/s3.ts'], outdir: 'dist', banner });
