import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bundles a program of this folder that draws screens, as the product is bundled; returns the path of the bundle. */
export async function buildApp(name: string): Promise<string> {
	const outfile = join(root, `dist/bench-${name}.mjs`);
	await build({
		absWorkingDir: root,
		entryPoints: [`tests/bench/${name}.ts`],
		outfile,
		bundle: true,
		platform: "node",
		format: "esm",
		target: "node22",
		jsx: "automatic",
		define: { "process.env.NODE_ENV": '"production"' },
		alias: { "react-devtools-core": "./scripts/no-devtools.mjs" },
		banner: {
			js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
		},
		logLevel: "warning",
	});
	return outfile;
}
