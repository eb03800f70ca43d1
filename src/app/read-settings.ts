import { existsSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLError } from "yaml";
import { Settings } from "../domain/settings.js";
import { AssayError } from "../lib/errors.js";
import { readTextFile } from "../lib/input-file.js";
import { parseAt } from "../lib/schema.js";

/** The workspace's assay.yaml; what it does not say has its default. */
export async function readSettings(workspace: string): Promise<Settings> {
	const path = join(workspace, "assay.yaml");
	if (!existsSync(path)) return Settings.parse({});
	const text = await readTextFile(path, 1 << 20);
	try {
		return parseAt(Settings, parse(text) ?? {}, path);
	} catch (error) {
		if (!(error instanceof YAMLError)) throw error;
		throw new AssayError("usage", `${path}: ${error.message.split("\n")[0]}`, { cause: error });
	}
}
