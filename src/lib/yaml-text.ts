import { parse, YAMLError } from "yaml";
import { AssayError } from "./errors.js";

/** Throws `usage` in one line, with the place of what is wrong. */
export function parseYaml(text: string, path: string): unknown {
	try {
		return parse(text);
	} catch (error) {
		if (!(error instanceof YAMLError)) throw error;
		throw new AssayError("usage", `${path}: ${error.message.split("\n")[0]?.replace(/:$/, "")}`, { cause: error });
	}
}
