import { basename, join } from "node:path";
import type { Task } from "../domain/task.js";
import { AssayError } from "../lib/errors.js";
import { statInput } from "../lib/input-file.js";
import { readJsonLines } from "../lib/jsonl.js";
import { TASK_FORMATS, type TaskFormat } from "./formats.js";
import { loaders } from "./loaders.js";
import { isYamlName } from "./yaml-files.js";

export interface OpenTasksOptions {
	format?: TaskFormat | undefined;
	/** Words that must all occur in id, title, tags, split, difficulty, language or kind, in any case. */
	filter?: string | undefined;
	limit?: number | undefined;
	ids?: readonly string[] | undefined;
	signal?: AbortSignal | undefined;
}

/**
 * Streams the tasks of a file or folder in its order. Throws `usage` on the first bad or repeated task, for an id that
 * is not there, and when nothing is left to yield. With `ids` or `limit` it stops reading as soon as it can.
 */
export async function* openTasks(path: string, options: OpenTasksOptions = {}): AsyncGenerator<Task> {
	const { filter, limit, ids, signal } = options;
	const wanted = ids === undefined ? null : new Set(ids);
	const matches = filterOf(filter ?? "");
	let found = 0;
	for await (const task of readAllTasks(path, options.format)) {
		signal?.throwIfAborted();
		if (wanted !== null && !wanted.delete(task.id)) continue;
		if (matches(task)) {
			found++;
			yield task;
		}
		if (found === limit || wanted?.size === 0) break;
	}
	const missing = found === limit ? undefined : wanted?.values().next().value;
	if (missing !== undefined) {
		throw new AssayError("usage", `${path}: no task ${JSON.stringify(missing)}`, {
			hint: "`assay tasks list` shows the ids",
		});
	}
	if (found === 0) throw new AssayError("usage", `${path}: no task matches the filter ${JSON.stringify(filter ?? "")}`);
}

/** All tasks, unfiltered; throws `usage` on a repeated id or when there is none. */
async function* readAllTasks(path: string, format: TaskFormat | undefined): AsyncGenerator<Task> {
	const isFolder = statInput(path).isDirectory();
	const load = await loaders[format ?? (await detectFormat(path))]();
	/** Where each id was: the line, or in a folder the file; a text for each of a million tasks would be dear. */
	const seen = new Map<string, string | number>();
	const nameOf = (place: string | number) => (isFolder ? join(path, String(place)) : `${path}:${place}`);
	for await (const task of load(path)) {
		const { file, line } = task.location;
		const place = isFolder ? `${basename(file)}:${line ?? 1}` : (line ?? 1);
		const before = seen.get(task.id);
		if (before !== undefined) {
			const message = `${nameOf(place)}: field id: ${JSON.stringify(task.id)} is already used at ${nameOf(before)}`;
			throw new AssayError("usage", message, { hint: "ids are unique within a task set" });
		}
		seen.set(task.id, place);
		yield task;
	}
	if (seen.size === 0) throw new AssayError("usage", `${path}: holds no task`);
}

export async function loadTask(path: string, id: string, format?: TaskFormat): Promise<Task> {
	for await (const task of openTasks(path, { ids: [id], format })) return task;
	throw new AssayError("usage", `${path}: no task ${JSON.stringify(id)}`);
}

export async function countTasks(path: string, options: OpenTasksOptions = {}): Promise<number> {
	let count = 0;
	for await (const _ of openTasks(path, options)) count++;
	return count;
}

/** A folder or *.yaml is `yaml`; JSONL is told apart by the field names of its first record. */
export async function detectFormat(path: string): Promise<TaskFormat> {
	if (statInput(path).isDirectory() || isYamlName(path)) return "yaml";
	for await (const { line, value } of readJsonLines(path)) {
		const format = formatOfRecord(value);
		if (format !== null) return format;
		const isSample = has(value, "task_id") && (has(value, "completion") || has(value, "solution"));
		throw new AssayError(
			"usage",
			`${path}:${line}: ${Array.isArray(value) ? "an array; one task a line is expected" : isSample ? "holds samples, not tasks" : "not a task in any known format"}`,
			{ hint: `formats: ${TASK_FORMATS.join(", ")}; --format says which one it is` },
		);
	}
	throw new AssayError("usage", `${path}: holds no task`);
}

function formatOfRecord(value: unknown): TaskFormat | null {
	if (has(value, "test_list")) return "mbpp";
	if (has(value, "public_tests") || has(value, "hidden_tests") || has(value, "tests") || has(value, "schema")) {
		return "assay-jsonl";
	}
	if (has(value, "entry_point") && (has(value, "test") || has(value, "base_input"))) return "humaneval";
	return null;
}

function has(value: unknown, field: string): boolean {
	return value !== null && typeof value === "object" && Object.hasOwn(value, field);
}

function filterOf(filter: string): (task: Task) => boolean {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	return (task) => {
		if (words.length === 0) return true;
		const { id, title, tags, split, difficulty, language, kind } = task;
		const text = [id, title, ...tags, split ?? "", difficulty ?? "", language, kind].join(" ").toLowerCase();
		return words.every((word) => text.includes(word));
	};
}
