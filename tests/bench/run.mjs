// `npm run bench [name]`: each benchmark prints ratios against a named baseline that runs in the same minute.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(here)
	.filter((file) => file.endsWith(".bench.ts"))
	.map((file) => file.slice(0, -".bench.ts".length));
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
	process.stderr.write(`no benchmark ${JSON.stringify(unknown)}; there are: ${names.join(", ")}\n`);
	process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : names) {
	// Beside the program's bundle, so that the judge's files are found the same way.
	const outfile = fileURLToPath(new URL(`../../dist/bench-${name}.mjs`, import.meta.url));
	await build({
		entryPoints: [`${here}${name}.bench.ts`],
		outfile,
		bundle: true,
		platform: "node",
		format: "esm",
		target: "node22",
		external: ["esbuild", "onnxruntime-node", "ssh2"],
		logLevel: "warning",
		banner: {
			js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
		},
	});
	// In a process of its own, so that what is measured is not the bundler.
	const child = spawnSync(
		process.execPath,
		[outfile, ...process.argv.slice(2).filter((word) => word.startsWith("-"))],
		{ stdio: "inherit" },
	);
	if (child.status !== 0) process.exit(child.status ?? 1);
}
