import { resolve } from "node:path";
import type { Task } from "../domain/task.js";
import { readJsonLines } from "../lib/jsonl.js";
import { atPlace } from "../lib/schema.js";
import { FIELDS_HINT, taskOfAuthored } from "./authored-task.js";
import { taskOfCodeSelf } from "./codeself-task.js";

/** One task a line, with the field names of the YAML format or with CodeSelf's canonical ones (`task_id`, …). */
export async function* loadAssayJsonl(path: string): AsyncGenerator<Task> {
	const file = resolve(path);
	for await (const { line, value } of readJsonLines(path)) {
		const isCodeSelf = value !== null && typeof value === "object" && "task_id" in value;
		const load = isCodeSelf ? taskOfCodeSelf : taskOfAuthored;
		yield atPlace(`${path}:${line}`, () => load(value, { file, line }), FIELDS_HINT);
	}
}
