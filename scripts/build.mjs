// Bundles the command line and, as a chunk loaded only by `assay open`, the screens.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { NARROW_SIGNS } from "./narrow-signs.mjs";

// Ink's layout engine fetches its own bytes from a data URL, for which Node loads an HTTP client: 50 ms at every start.
const localWasm = {
	name: "wasm without fetch",
	setup({ onLoad }) {
		onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
			contents: `const fetch = undefined;\n${readFileSync(path, "utf8")}`,
		}));
	},
};
// Of the texts that zod brings in fifty languages the program speaks one: every thread would hold 300 kB of the others.
const oneLanguage = {
	name: "zod in one language",
	setup({ onLoad }) {
		onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
			contents: 'export { default as en } from "./en.js";',
			loader: "js",
		}));
	},
};
// Ink measures borders with regular expressions over all of Unicode, which take 20 ms to compile at every start.
const measuresBorders = {
	name: "widths of borders without Unicode's tables",
	setup({ onLoad }) {
		const ascii = "/^[\\u0020-\\u007E]*$/.test(string)";
		const narrow = `(ambiguousIsNarrow ? /^[${NARROW_SIGNS}]*$/ : /^[\\u0020-\\u007E]*$/).test(string)`;
		onLoad({ filter: /node_modules\/string-width\/index\.js$/ }, ({ path }) => {
			const text = readFileSync(path, "utf8");
			if (!text.includes(ascii)) throw new Error(`${path}: the test for ASCII is not where it was`);
			return { contents: text.replace(ascii, () => narrow) };
		});
	},
};
// Ink's tables hash their rows (by sha1); loading Node's crypto for it takes 5 ms of every start.
const laterCrypto = {
	name: "hashes of tables without loading Node's crypto before",
	setup({ onLoad }) {
		const now = "var crypto = require('crypto');";
		const later = "var crypto = { createHash: (name) => require('crypto').createHash(name) };";
		onLoad({ filter: /node_modules\/object-hash\/index\.js$/ }, ({ path }) => {
			const text = readFileSync(path, "utf8");
			if (!text.includes(now)) throw new Error(`${path}: its crypto is not where it was`);
			return { contents: text.replace(now, later) };
		});
	},
};
const root = fileURLToPath(new URL("..", import.meta.url));
const shared = {
	absWorkingDir: root,
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
	// With native parts: the first two are optional, and only the threads of models load them; ssh2 can do without its own.
	external: ["@huggingface/transformers", "onnxruntime-node", "ssh2"],
	plugins: [localWasm, oneLanguage, measuresBorders, laterCrypto],
	alias: { "react-devtools-core": "./scripts/no-devtools.mjs" },
	// Some dependencies are CommonJS and call require() for Node's own modules.
	banner: {
		js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
	},
	logLevel: "warning",
	metafile: true,
};
// A thread shares no memory with the others, so what it starts with is one file and not a hundred pieces that they share.
const built = await Promise.all(
	[
		{ start: "commands/start.ts", "onnx-worker": "src/generate/onnx/worker.ts" },
		{ worker: "commands/worker.ts" },
		{ "gather-worker": "src/app/gather-worker.ts" },
		{ "ranking-worker": "src/app/ranking-worker.ts" },
		{ "world-worker": "src/energy/world/worker.ts" },
	].map((entryPoints) => build({ ...shared, entryPoints })),
);
// Chunks of an older build go last, so that a program started meanwhile still finds its own.
const fresh = new Set(
	built.flatMap(({ metafile }) => Object.keys(metafile.outputs)).map((path) => path.replace(/^dist\//, "")),
);
for (const name of readdirSync(`${root}dist`)) if (!fresh.has(name)) rmSync(`${root}dist/${name}`, { recursive: true });
