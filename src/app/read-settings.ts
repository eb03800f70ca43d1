import { existsSync } from "node:fs";
import { join } from "node:path";
import { Settings } from "../domain/settings.js";
import { readTextFile } from "../lib/input-file.js";
import { parseAt } from "../lib/schema.js";
import { parseYaml } from "../lib/yaml-text.js";

/** The workspace's assay.yaml; what it does not say has its default. */
export async function readSettings(workspace: string): Promise<Settings> {
	const path = join(workspace, "assay.yaml");
	if (!existsSync(path)) return Settings.parse({});
	return parseAt(Settings, parseYaml(await readTextFile(path, 1 << 20), path) ?? {}, path);
}
