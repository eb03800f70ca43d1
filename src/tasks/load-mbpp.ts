import { resolve } from "node:path";
import { z } from "zod";
import { DEFAULT_LIMITS, type FunctionTask, TaskId, type TestCase } from "../domain/task.js";
import { readJsonLines } from "../lib/jsonl.js";
import { atPlace, FieldError, parseFields } from "../lib/schema.js";
import { FORMAT_HINT } from "./formats.js";

/** `prompt` and `test_imports` are the names of the sanitised set; other fields are ignored. */
const MbppRecord = z.object({
	task_id: z.union([z.int().nonnegative(), TaskId], "expected a whole number or an id"),
	text: z.string().optional(),
	prompt: z.string().optional(),
	code: z.string(),
	test_list: z.array(z.string()),
	challenge_test_list: z.array(z.string()).default([]),
	test_setup_code: z.string().default(""),
	test_imports: z.array(z.string()).default([]),
});

export async function* loadMbpp(path: string): AsyncGenerator<FunctionTask> {
	const file = resolve(path);
	for await (const { line, value } of readJsonLines(path)) {
		yield atPlace(`${path}:${line}`, () => mbppTask(value, { file, line }), FORMAT_HINT);
	}
}

function mbppTask(value: unknown, location: { file: string; line: number }): FunctionTask {
	const record = parseFields(MbppRecord, value);
	const text = record.text ?? record.prompt;
	if (text === undefined) throw new FieldError(["text"], "missing; expected string");
	const asserts = [...record.test_list, ...record.challenge_test_list];
	if (asserts.length === 0) throw new FieldError(["test_list"], "no tests; a task needs at least one to be judged by");
	const empty = record.test_list.findIndex((test) => test.trim() === "");
	if (empty >= 0) throw new FieldError(["test_list", empty], "an empty test passes everything");
	const reference = lineFeeds(record.code);
	const entryPoint = findEntryPoint(reference, asserts);
	if (entryPoint === null) throw new FieldError(["code"], "defines no function that the tests call");
	const publicTests = record.test_list.map((test) => lineFeeds(test));
	return {
		schema: "assay.task.v1",
		kind: "function",
		id: typeof record.task_id === "number" ? `MBPP/${record.task_id}` : record.task_id,
		title: entryPoint,
		language: "python",
		difficulty: null,
		tags: ["mbpp"],
		split: null,
		prompt: `${text.trim()}\nYour code should pass these tests:\n\n${publicTests.join("\n")}\n`,
		entryPoint,
		starterCode: "",
		completionMode: "whole",
		testPrelude: lineFeeds([...record.test_imports, record.test_setup_code].filter((part) => part !== "").join("\n")),
		tests: [
			...publicTests.map((code, index): TestCase => programTest("public", index, code)),
			...record.challenge_test_list.map((code, index) => programTest("hidden", index, lineFeeds(code))),
		],
		harness: "split",
		limits: { ...DEFAULT_LIMITS, adaptive: true },
		reference,
		knownBad: null,
		candidates: null,
		source: {
			origin: "google-research/mbpp",
			license: "CC-BY-4.0",
			url: "https://github.com/google-research/google-research/tree/master/mbpp",
		},
		contamination: "Public since 2021 with solutions and tests; current models have very likely seen it.",
		location,
	};
}

function programTest(visibility: "public" | "hidden", index: number, code: string): TestCase {
	return { kind: "program", id: `${visibility}-${index + 1}`, visibility, code };
}

function lineFeeds(text: string): string {
	return text.replaceAll("\r\n", "\n");
}

/** The function of `code` that the tests call first; its arguments may call others of `code` (MBPP/601 builds pairs). */
export function findEntryPoint(code: string, asserts: readonly string[]): string | null {
	const defined = new Set(
		[...code.matchAll(/^(?:async\s+)?(?:def|class)\s+([\p{L}_][\p{L}\p{N}_]*)|^([\p{L}_][\p{L}\p{N}_]*)\s*=/gmu)].map(
			(match) => match[1] ?? match[2] ?? "",
		),
	);
	for (const test of asserts) {
		for (const [, name = ""] of test.matchAll(/(?<![\p{L}\p{N}_.])([\p{L}_][\p{L}\p{N}_]*)\s*\(/gu)) {
			if (defined.has(name)) return name;
		}
	}
	return null;
}
