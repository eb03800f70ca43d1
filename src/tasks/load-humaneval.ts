import { resolve } from "node:path";
import { z } from "zod";
import { DEFAULT_LIMITS, type FunctionTask, TaskId } from "../domain/task.js";
import { readJsonLines } from "../lib/jsonl.js";
import { atPlace, FieldError, parseFields } from "../lib/schema.js";
import { FORMAT_HINT } from "./formats.js";

/** Fields beside these are ignored: the format's descendants (EvalPlus, LDB) add their own. */
const HumanEvalRecord = z.object({
	task_id: TaskId,
	prompt: z.string(),
	entry_point: z.string().regex(/^[\p{L}_][\p{L}\p{N}_.]*$/u, "expected the name of a function"),
	canonical_solution: z.string().nullable().optional(),
	test: z.string().nullable().optional(),
	base_input: z.unknown().optional(),
});

export async function* loadHumanEval(path: string): AsyncGenerator<FunctionTask> {
	const file = resolve(path);
	for await (const { line, value } of readJsonLines(path)) {
		yield atPlace(`${path}:${line}`, () => humanEvalTask(value, { file, line }), FORMAT_HINT);
	}
}

function humanEvalTask(value: unknown, location: { file: string; line: number }): FunctionTask {
	const record = parseFields(HumanEvalRecord, value);
	const test = record.test ?? "";
	if (test.trim() === "") {
		const hint = record.base_input === undefined ? null : "EvalPlus's inputs alone hold no expected values";
		throw new FieldError(["test"], "missing; expected the text that defines `check`", hint);
	}
	if (!/^\s*def check\s*\(/m.test(test)) throw new FieldError(["test"], "defines no function `check`");
	const isOriginal = /^HumanEval\/\d+$/.test(record.task_id);
	return {
		schema: "assay.task.v1",
		kind: "function",
		id: record.task_id,
		title: record.entry_point,
		language: "python",
		difficulty: null,
		tags: isOriginal ? ["humaneval"] : [],
		split: null,
		prompt: record.prompt,
		entryPoint: record.entry_point,
		starterCode: record.prompt,
		completionMode: "append",
		// Tests call the prompt's helper functions, e.g. encode_cyclic; the entry point itself is bound afterwards.
		testPrelude: record.prompt,
		tests: [{ kind: "program", id: "hidden-1", visibility: "hidden", code: test, check: "check" }],
		harness: "split",
		limits: { ...DEFAULT_LIMITS, adaptive: true },
		reference: record.canonical_solution ? record.prompt + record.canonical_solution : null,
		knownBad: null,
		candidates: null,
		source: isOriginal
			? { origin: "openai/human-eval", license: "MIT", url: "https://github.com/openai/human-eval" }
			: { origin: "unknown", license: null, url: null },
		contamination: isOriginal
			? "Public since 2021 with solutions and tests; current models have very likely seen it."
			: null,
		location,
	};
}
