import { z } from "zod";
import { DEFAULT_LIMITS, Split, type Task } from "../domain/task.js";
import { Visibility } from "../domain/verdict.js";
import { FieldError, parseFields } from "../lib/schema.js";
import { taskOfAuthored } from "./authored-task.js";

const CodeSelfTest = z.strictObject({
	name: z.string().min(1),
	code: z.string(),
	visibility: Visibility.optional(),
	kind: z.string().optional(),
});
const CodeSelfTask = z.strictObject({
	task_id: z.string(),
	source: z.string().min(1),
	prompt: z.string(),
	split: Split.nullable().optional(),
	entry_point: z.string(),
	starter_code: z.string().nullable().optional(),
	public_tests: z.array(CodeSelfTest).default([]),
	hidden_tests: z.array(CodeSelfTest).default([]),
	tags: z.array(z.string()).default([]),
	resource_limits: z.strictObject({ timeout_seconds: z.number(), memory_mb: z.number() }).partial().optional(),
	metadata: z.record(z.string(), z.unknown()).default({}),
});

/** A line in CodeSelf's canonical form. Licence, URL and contamination note are taken from its free `metadata`. */
export function taskOfCodeSelf(value: unknown, location: { file: string; line: number | null }): Task {
	const task = parseFields(CodeSelfTask, value);
	const text = (name: string): string | null => {
		const item = task.metadata[name];
		return typeof item === "string" && item !== "" ? item : null;
	};
	const { timeout_seconds: seconds, memory_mb: mebibytes } = task.resource_limits ?? {};
	return taskOfAuthored(
		{
			schema: "assay.task.v1",
			kind: "function",
			id: task.task_id,
			title: text("title") ?? task.entry_point,
			tags: task.tags,
			split: task.split ?? null,
			prompt: task.prompt,
			entryPoint: task.entry_point,
			starterCode: task.starter_code ?? "",
			tests: { public: programs(task.public_tests, "public"), hidden: programs(task.hidden_tests, "hidden") },
			limits: {
				...(seconds === undefined ? {} : { cpuTimeMs: Math.round(seconds * 1000) }),
				memoryBytes: mebibytes === undefined ? DEFAULT_LIMITS.memoryBytes : Math.round(mebibytes * 2 ** 20),
			},
			reference: text("reference") ?? text("canonical_solution"),
			source: { origin: task.source, license: text("license"), url: text("url") },
			contamination: text("contamination"),
		},
		location,
	);
}

function programs(tests: readonly z.infer<typeof CodeSelfTest>[], visibility: Visibility) {
	const list = `${visibility}_tests`;
	return tests.map((test, index) => {
		if (test.visibility !== undefined && test.visibility !== visibility) {
			throw new FieldError([list, index, "visibility"], `${test.visibility} test in the list of ${visibility} ones`);
		}
		if (test.code.trim() === "") throw new FieldError([list, index, "code"], "an empty test passes everything");
		return { kind: "program", id: `${visibility}:${test.name}`, code: asStatement(test.code) };
	});
}

/** A bare comparison, as CodeSelf's examples write tests, would be evaluated and ignored. */
function asStatement(code: string): string {
	const line = code.trim();
	const isComparison = !line.includes("\n") && !/\bassert\b|\braise\b|;/.test(line) && /[^=!<>]==[^=]|!=/.test(line);
	return isComparison ? `assert ${line}` : code;
}
