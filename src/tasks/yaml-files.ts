import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The *.yaml and *.yml files (also *.yaml.gz) at the top level of a folder, sorted by name. */
export async function listYamlFiles(folder: string): Promise<string[]> {
	const names = await readdir(folder, { withFileTypes: true });
	return names
		.filter((entry) => !entry.isDirectory() && isYamlName(entry.name) && !entry.name.startsWith("."))
		.map((entry) => entry.name)
		.sort()
		.map((name) => join(folder, name));
}

export function isYamlName(path: string): boolean {
	return /\.ya?ml(\.gz)?$/i.test(path);
}
