import type { z } from "zod";
import { AssayError } from "./errors.js";

export type FieldPath = readonly (string | number)[];

/** A value that does not fit its field. The loader that knows the file adds the place: see `atPlace`. */
export class FieldError extends Error {
	override readonly name = "FieldError";
	readonly path: FieldPath;
	readonly hint: string | null;

	constructor(path: FieldPath, message: string, hint: string | null = null) {
		super(message);
		this.path = path;
		this.hint = hint;
	}
}

/** Parses `value`, which stands at `path` of its record, and throws a FieldError for the first thing wrong. */
export function parseFields<T>(schema: z.ZodType<T>, value: unknown, path: FieldPath = []): T {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const issue = result.error.issues[0];
	if (issue === undefined) throw new FieldError(path, "does not match the schema");
	const at = [...path, ...issue.path.filter((key) => typeof key !== "symbol")];
	if (issue.code === "unrecognized_keys") throw new FieldError([...at, issue.keys[0] ?? "?"], "unknown field");
	const text = issue.message.replace(/^(Invalid (input|option|string)|Too (small|big)): e/, "e");
	const inner = valueAt(value, issue.path);
	if (inner === undefined) throw new FieldError(at, `missing; ${text.replace(/, received undefined$/, "")}`);
	throw new FieldError(at, text.startsWith("expected") ? `${text}${received(inner, text)}` : text);
}

/** Runs `parse` and turns its FieldError into one line with file, line and field, and a hint: its own, or the usual one. */
export function atPlace<T>(place: string | ((path: FieldPath) => string), parse: () => T, usualHint?: string): T {
	try {
		return parse();
	} catch (error) {
		if (!(error instanceof FieldError)) throw error;
		const where = typeof place === "string" ? place : place(error.path);
		const hint = error.hint ?? usualHint;
		const field = error.path.length === 0 ? "" : `field ${error.path.join(".")}: `;
		throw new AssayError("usage", `${where}: ${field}${error.message}`, hint === undefined ? {} : { hint });
	}
}

/** Parses at the edge of the program; the message names place and field. Throws `usage`. */
export function parseAt<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
	return atPlace(place, () => parseFields(schema, value));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
	let inner: unknown = value;
	for (const key of path) {
		if (inner === null || typeof inner !== "object") return undefined;
		inner = Reflect.get(inner, key);
	}
	return inner;
}

function received(value: unknown, text: string): string {
	if (text.includes("received")) return "";
	return typeof value === "object" ? "" : `, received ${JSON.stringify(value)?.slice(0, 60)}`;
}
