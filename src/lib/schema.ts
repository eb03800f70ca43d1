import type { z } from "zod";
import { AssayError } from "./errors.js";

/** Parses at the edge of the program; the message names place and field. */
export function parseAt<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const issue = result.error.issues[0];
	const field = issue?.path.length ? `field ${issue.path.map(String).join(".")}: ` : "";
	throw new AssayError("usage", `${place}: ${field}${issue?.message ?? "does not match the schema"}`);
}
