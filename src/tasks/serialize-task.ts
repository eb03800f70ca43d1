import { dirname, relative, sep } from "node:path";
import type { Task, TestCase } from "../domain/task.js";
import { AssayError } from "../lib/errors.js";
import { isBeside } from "./relative-path.js";

/**
 * The line of assay-jsonl that reads back as `task` when it stands in `file`, which is absolute. Recorded candidates are
 * left out when they cannot be named from there; a repository task then cannot be written at all, and `usage` is thrown.
 */
export function serializeTask(task: Task, file: string): Record<string, unknown> {
	const { location: _location, tests, ...fields } = task;
	const name = (path: string): string => {
		if (!isBeside(file, path)) {
			throw new AssayError("usage", `${file}: task ${task.id} needs ${path}, which is not below the folder above it`, {
				hint: "choose an --out beside the tasks, or leave repository tasks out with --filter function",
			});
		}
		return relative(dirname(file), path).split(sep).join("/");
	};
	const written = {
		public: tests.filter((test) => test.visibility === "public").map((test) => writtenTest(test, name)),
		hidden: tests.filter((test) => test.visibility === "hidden").map((test) => writtenTest(test, name)),
	};
	if (fields.kind === "repository") return { ...fields, repo: name(fields.repo), tests: written };
	const candidates = fields.candidates !== null && isBeside(file, fields.candidates) ? name(fields.candidates) : null;
	return { ...fields, candidates, tests: written };
}

function writtenTest(test: TestCase, name: (path: string) => string): Record<string, unknown> {
	const { visibility: _visibility, ...fields } = test;
	if (fields.kind !== "command") return fields;
	const files = Object.entries(fields.files).map(([path, file]) => [path, name(file)]);
	return { ...fields, files: Object.fromEntries(files) };
}
