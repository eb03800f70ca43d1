import { resolve } from "node:path";
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { Task } from "../domain/task.js";
import { AssayError } from "../lib/errors.js";
import { readTextFile, statInput } from "../lib/input-file.js";
import { atPlace, type FieldPath } from "../lib/schema.js";
import { FIELDS_HINT, taskOfAuthored } from "./authored-task.js";
import { listYamlFiles } from "./yaml-files.js";

/** A task of ours is a few kilobytes; a file beyond this is something else, and YAML is parsed whole. */
const MAX_FILE_BYTES = 16 << 20;

export async function* loadYaml(path: string): AsyncGenerator<Task> {
	const files = statInput(path).isDirectory() ? await listYamlFiles(path) : [path];
	if (files.length === 0) {
		throw new AssayError("usage", `${path}: a folder without task files (*.yaml)`, {
			hint: "name a tasks file, or the folder that holds the *.yaml files themselves",
		});
	}
	for (const file of files) yield await loadFile(file);
}

async function loadFile(path: string): Promise<Task> {
	const { value, lineOf } = await readYaml(path);
	return atPlace(
		(field) => `${path}:${lineOf(field)}`,
		() => taskOfAuthored(value, { file: resolve(path), line: lineOf(["id"]) }),
		FIELDS_HINT,
	);
}

export interface YamlFile {
	/** Plain data; whole numbers beyond 2^53 and non-finite ones in the form of `PlainValue`. */
	value: unknown;
	/** Line on which the field stands, or the nearest field around it. */
	lineOf: (path: FieldPath) => number;
}

/** Throws `usage` with file and line for anything that is not one YAML document. */
export async function readYaml(path: string): Promise<YamlFile> {
	const lines = new LineCounter();
	const document = parseDocument(await readTextFile(path, MAX_FILE_BYTES), {
		lineCounter: lines,
		intAsBigInt: true,
		prettyErrors: false,
	});
	const problem = document.errors[0] ?? document.warnings[0];
	if (problem !== undefined) {
		const { line } = lines.linePos(problem.pos[0]);
		throw new AssayError("usage", `${path}:${line}: not valid YAML: ${problemText(problem)}`);
	}
	visit(document, {
		Scalar(_key, node, ancestors) {
			node.value = plainNumber(node.value, ancestors.some(isCallValue) ? (node.source ?? "") : "");
		},
	});
	const lineOf = (field: FieldPath): number => {
		for (let length = field.length; length >= 0; length--) {
			const offset = offsetAt(document.contents, field.slice(0, length));
			if (offset !== null) return lines.linePos(offset).line;
		}
		return 1;
	};
	try {
		return { value: document.toJS({ maxAliasCount: 100 }), lineOf };
	} catch (cause) {
		throw new AssayError("usage", `${path}:1: not valid YAML: ${(cause as Error).message}`, { cause });
	}
}

/** The parser's words, where they are about YAML and not about how to call it. */
function problemText({ code, message }: { code: string; message: string }): string {
	if (code === "MULTIPLE_DOCS") return "more than one document; a file holds one";
	if (message.includes("call stack")) return "nested too deeply";
	return message.split("\n", 1)[0] ?? message;
}

/** Where the key of the field at `path` starts, or the item of a list. */
function offsetAt(root: unknown, path: FieldPath): number | null {
	let node = root;
	let offset = isNode(root) ? (root.range?.[0] ?? null) : null;
	for (const key of path) {
		if (isMap(node)) {
			const pair = node.items.find(
				(item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
			);
			if (pair === undefined || !isScalar(pair.key)) return null;
			offset = pair.key.range?.[0] ?? null;
			node = pair.value;
		} else if (isSequence(node)) {
			const item = node.items[Number(key)];
			if (!isNode(item)) return null;
			offset = item.range?.[0] ?? null;
			node = item;
		} else return null;
	}
	return offset;
}

function isSequence(node: unknown): node is { items: unknown[] } {
	return isNode(node) && "items" in node && Array.isArray(node.items) && !isMap(node);
}

const CALL_VALUES = new Set<unknown>(["args", "kwargs", "returns", "argsAfter"]);

function isCallValue(node: unknown): boolean {
	return isPair(node) && isScalar(node.key) && CALL_VALUES.has(node.key.value);
}

/** `source`: how a number of a call test is written; there 2.0 is not 2, which it would become on its way. */
function plainNumber(value: unknown, source: string): unknown {
	if (typeof value === "bigint") {
		if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
		return { $int: value.toString(16) };
	}
	if (typeof value !== "number") return value;
	if (!Number.isFinite(value)) return { $float: Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf" };
	return Number.isInteger(value) && /[.eE]/.test(source) ? { $float: source } : value;
}
