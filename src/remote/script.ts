import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AssayError } from "../lib/errors.js";

type Script = "runner.sh" | "watch.sh" | "slurm.sh" | "bootstrap.sh";

/** Where a program for hosts is: beside these sources, or behind the bundle. */
export function scriptPath(name: Script): string {
	for (const candidate of [`./${name}`, `../src/remote/${name}`]) {
		const path = fileURLToPath(new URL(candidate, import.meta.url));
		if (existsSync(path)) return path;
	}
	throw new AssayError("prerequisite", "programs for hosts are missing from this installation");
}

export function scriptText(name: Script): string {
	return readFileSync(scriptPath(name), "utf8");
}
