import { readFileSync } from "node:fs";
import type { z } from "zod";
import { AssayError } from "../lib/errors.js";
import { reasonOf } from "../lib/input-file.js";
import { atPlace, parseFields } from "../lib/schema.js";

/** One of our own JSON files. Throws `usage` with its path when it is not what it should be; `hint`: what to do about a wrong field. */
export function readJsonFile<T>(schema: z.ZodType<T>, path: string, hint?: string): T {
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (cause) {
		throw new AssayError("usage", `${path}: cannot be read: ${reasonOf(cause)}`, { cause });
	}
	return atPlace(path, () => parseFields(schema, parseJson(text, path)), hint);
}

export function parseJson(text: string, place: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new AssayError("usage", `${place}: not valid JSON: ${(cause as Error).message.slice(0, 120)}`, {
			hint: "the file was changed or damaged after it was written",
			cause,
		});
	}
}
