import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const nameOf = (path: string) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;

/** The packages that are loaded with these files, without what they load later. */
async function packagesLoadedWith(entryPoints: string[]): Promise<string[]> {
	const { metafile } = await build({
		absWorkingDir: root,
		entryPoints,
		bundle: true,
		splitting: true,
		write: false,
		outdir: "dist",
		format: "esm",
		platform: "node",
		packages: "bundle",
		external: ["@huggingface/transformers", "ssh2"],
		alias: { "react-devtools-core": "./scripts/no-devtools.mjs" },
		loader: { ".node": "empty" },
		metafile: true,
	});
	const seen = new Set(entryPoints);
	for (const path of seen) {
		for (const { path: to, kind } of metafile.inputs[path]?.imports ?? [])
			if (kind === "import-statement" && metafile.inputs[to]) seen.add(to);
	}
	const { dependencies } = createRequire(import.meta.url)("../../package.json");
	return [...new Set([...seen].map(nameOf))].filter((name) => Object.hasOwn(dependencies, name)).sort();
}

test("the screens' thread loads no schemas, no task formats and no model clients before a page of tasks is shown", async () => {
	const loaded = await packagesLoadedWith([
		"commands/main.ts",
		"commands/open.ts",
		"views/open-screens.ts",
		"src/store/saved-view.ts",
	]);
	expect(loaded).toEqual(["diff", "fuzzysort", "ink", "ink-table", "react", "zustand"]);
});

test("the thread that works loads no screens and no model clients", async () => {
	expect(await packagesLoadedWith(["commands/worker.ts"])).toEqual(["diff", "yaml", "zod"]);
});
