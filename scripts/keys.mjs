// Writes docs/keys.md from the key tables of the screens.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
// Inside the project, so that the packages are found from there.
const folder = mkdtempSync(join(root, "node_modules", ".keys-"));
try {
	const outfile = join(folder, "keys.mjs");
	await build({
		absWorkingDir: root,
		entryPoints: ["views/keys/keys-document.ts"],
		outfile,
		bundle: true,
		packages: "external",
		format: "esm",
		platform: "node",
		jsx: "automatic",
		logLevel: "warning",
	});
	const { keysDocument } = await import(pathToFileURL(outfile).href);
	writeFileSync(join(root, "docs", "keys.md"), keysDocument());
} finally {
	rmSync(folder, { recursive: true, force: true });
}
