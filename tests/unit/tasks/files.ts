import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { stringify } from "yaml";

/** A folder of its own for this test, removed when it ends. */
export function folderWith(files: Record<string, string | Uint8Array> = {}): string {
	const folder = mkdtempSync(join(tmpdir(), "assay-tasks-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), content);
	}
	return folder;
}

export function fileWith(name: string, content: string | Uint8Array): string {
	return join(folderWith({ [name]: content }), name);
}

export function jsonLines(...records: unknown[]): string {
	return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

export const ADD = {
	schema: "assay.task.v1",
	kind: "function",
	id: "add",
	title: "Add two numbers",
	language: "python",
	difficulty: "easy",
	tags: ["arithmetic"],
	split: "train",
	prompt: "Write a function add(a, b) that returns the sum of two numbers.",
	entryPoint: "add",
	starterCode: "def add(a, b):\n    ...\n",
	tests: { public: ["assert add(1, 2) == 3"], hidden: ["assert add(-1, 1) == 0", "assert add(0, 0) == 0"] },
	reference: "def add(a, b):\n    return a + b\n",
	knownBad: "def add(a, b):\n    return a - b\n",
	source: { origin: "assay", license: "MIT" },
	contamination: "Written for this test.",
};

export function yamlTask(changes: Record<string, unknown> = {}): string {
	return stringify({ ...ADD, ...changes });
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
	const found: T[] = [];
	for await (const item of items) found.push(item);
	return found;
}
