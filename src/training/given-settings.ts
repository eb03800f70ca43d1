import { z } from "zod";
import { AssayError } from "../lib/errors.js";
import { readTextFile } from "../lib/input-file.js";
import { parseAt } from "../lib/schema.js";
import { parseYaml } from "../lib/yaml-text.js";
import type { GivenSettings } from "./training-config.js";

const MOST_BYTES = 1 << 20;
const Settings = z.record(
	z.string(),
	z.union([z.string(), z.number(), z.boolean()], "expected a number, a word, true or false"),
);

/** Settings of a YAML file, by name, and those that were given one by one, which come first; `file` null: only these. */
export async function givenSettings(file: string | null, given: GivenSettings): Promise<GivenSettings> {
	if (file === null) return given;
	const value = parseYaml(await readTextFile(file, MOST_BYTES), file);
	if (value === null || typeof value !== "object" || Array.isArray(value)) {
		throw new AssayError("usage", `${file}: expected settings by name`, { hint: "for example `learningRate: 0.0003`" });
	}
	return { ...parseAt(Settings, value, file), ...given };
}
