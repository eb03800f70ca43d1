// Bundles the command line and, as a chunk loaded only by `assay open`, the screens.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await build({
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
});
