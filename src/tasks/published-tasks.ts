import { z } from "zod";
import { DEFAULT_LIMITS, type FunctionTask } from "../domain/task.js";
import { readJsonLines } from "../lib/jsonl.js";

/** Traces that Reflexion and LDB have published hold the task that they are of. */
const Published = z.object({
	task_id: z.string().optional(),
	name: z.string().optional(),
	prompt: z.string(),
	entry_point: z.string(),
	test: z.string(),
	canonical_solution: z.string().nullish(),
	language: z.enum(["py", "python"]).default("py"),
});

/**
 * The tasks of a published trace file, each once: what was asked, and the tests, all of them hidden. Records without a task,
 * or of another language than Python, are passed over.
 */
export async function* publishedTasks(path: string, license: string | null): AsyncGenerator<FunctionTask> {
	const seen = new Set<string>();
	for await (const { value, line } of readJsonLines(path)) {
		const record = Published.safeParse(value);
		const id = record.data?.task_id ?? record.data?.name;
		if (!record.success || id === undefined || seen.has(id)) continue;
		seen.add(id);
		const { prompt, entry_point: entryPoint, test } = record.data;
		const isStart = prompt.includes(`def ${entryPoint}`) && /^\s*(?:def|import|from)\b/.test(prompt);
		yield {
			schema: "assay.task.v1",
			kind: "function",
			id,
			title: entryPoint,
			language: "python",
			difficulty: null,
			tags: [],
			split: null,
			prompt: isStart ? prompt : askedLast(prompt),
			entryPoint,
			starterCode: isStart ? prompt : "",
			completionMode: "whole",
			testPrelude: "",
			tests: [
				{ kind: "program", id: "hidden-1", visibility: "hidden", code: test.replace(LAST_CALL, "\n"), check: "check" },
			],
			harness: "split",
			limits: { ...DEFAULT_LIMITS, adaptive: true },
			reference: wholeSolution(record.data.canonical_solution ?? null, entryPoint),
			knownBad: null,
			candidates: null,
			source: { origin: "published traces", license, url: null },
			contamination: null,
			location: { file: path, line },
		};
	}
}

/** null: there is none, or only its body. */
function wholeSolution(solution: string | null, entryPoint: string): string | null {
	return solution?.includes(`def ${entryPoint}`) ? solution : null;
}

/** The judge itself calls `check`. */
const LAST_CALL = /\n(?:def test_check\(\):\n[ \t]+check\([^\n]*\)\n\s*test_check\(\)|check\([^\n]*\))\s*$/;

/** A prompt of TransCoder has examples before the program that is to be translated. */
function askedLast(prompt: string): string {
	const last = prompt.slice(prompt.lastIndexOf("[c++]") + 1 || 0);
	return last
		.replace(/^c\+\+\]/, "")
		.replace(/\[python\][\s\S]*$/, "")
		.trim();
}
