// Bundles the command line and, as a chunk loaded only by `assay open`, the screens.
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { metafile } = await build({
	absWorkingDir: root,
	entryPoints: { main: "commands/main.ts" },
	outdir: "dist",
	bundle: true,
	splitting: true,
	format: "esm",
	platform: "node",
	target: "node22",
	jsx: "automatic",
	sourcemap: "linked",
	legalComments: "none",
	minifySyntax: true,
	define: { "process.env.NODE_ENV": '"production"' },
	alias: { "react-devtools-core": "./scripts/no-devtools.mjs" },
	// Some dependencies are CommonJS and call require() for Node's own modules.
	banner: {
		js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
	},
	logLevel: "warning",
	metafile: true,
});
// Chunks of an older build go last, so that a program started meanwhile still finds its own.
const fresh = new Set(Object.keys(metafile.outputs).map((path) => path.replace(/^dist\//, "")));
for (const name of readdirSync(`${root}dist`)) if (!fresh.has(name)) rmSync(`${root}dist/${name}`, { recursive: true });
