import { z } from "zod";
import { Visibility } from "./verdict.js";

export const SPLITS = ["train", "dev", "test_public", "test_private", "stress"] as const;
export const Split = z.enum(SPLITS);
export type Split = z.infer<typeof Split>;

export const Limits = z.strictObject({
	/** CPU time of one candidate over all its tests. The wall-clock guard is `wallTimeFactor` times as long. */
	cpuTimeMs: z.int().min(1).max(600_000).default(3_000),
	/**
	 * The task names no time limit of its own: `cpuTimeMs` is a ceiling, and the judge lowers it to ten times what the
	 * reference solution needs, at least one second, in steps that double.
	 */
	adaptive: z.boolean().default(false),
	memoryBytes: z
		.int()
		.min(16 << 20)
		.max(64 * 2 ** 30)
		.default(1 << 30),
	outputBytes: z
		.int()
		.min(1024)
		.max(1 << 30)
		.default(8 << 20),
	processes: z.int().min(1).max(1024).default(32),
	diskBytes: z
		.int()
		.min(1 << 20)
		.max(8 * 2 ** 30)
		.default(64 << 20),
});
export type Limits = z.infer<typeof Limits>;
export const DEFAULT_LIMITS: Limits = Limits.parse({});

/**
 * Plain JSON, with one-key objects for what JSON lacks: {"$tuple": []}, {"$set": []}, {"$frozenset": []},
 * {"$dict": [[key, value]]}, {"$bytes": hex}, {"$complex": [re, im]}, {"$float": "nan" | "inf" | "-inf"}, {"$int": "hex"}.
 */
export const PlainValue: z.ZodType<PlainValue> = z.lazy(() =>
	z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(PlainValue), z.record(z.string(), PlainValue)]),
);
export type PlainValue = null | boolean | number | string | PlainValue[] | { [key: string]: PlainValue };

/** Ids become file names and appear on the screen: no control characters, no lone surrogates, no text direction marks. */
export const TaskId = z
	.string()
	.min(1)
	.max(200)
	.regex(
		/^[^\s\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]+( [^\s\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]+)*$/u,
		"expected an id without control characters or spaces at its ends",
	);

const testBase = { id: z.string().min(1), visibility: Visibility };

/** A call of the entry point, as data. */
export const CallTest = z.strictObject({
	...testBase,
	kind: z.literal("call"),
	args: z.array(PlainValue),
	kwargs: z.record(z.string(), PlainValue).optional(),
	/** Exactly one of `returns`, `raises` is given. */
	returns: PlainValue.optional(),
	raises: z.string().optional(),
	/** The arguments after the call, for functions that work in place. */
	argsAfter: z.array(PlainValue).optional(),
	absoluteTolerance: z.number().nonnegative().optional(),
	relativeTolerance: z.number().nonnegative().optional(),
});

/** Statements of the task's language that call the entry point by name (or through `check`) and assert. */
export const ProgramTest = z.strictObject({
	...testBase,
	kind: z.literal("program"),
	code: z.string().min(1),
	/** Name of a function that `code` defines and that is called with the entry point, e.g. HumanEval's `check`. */
	check: z.string().optional(),
});

export const StdioTest = z.strictObject({
	...testBase,
	kind: z.literal("stdio"),
	stdin: z.string(),
	stdout: z.string(),
});

/** Tests of a repository task, run inside the sandbox over a patched copy. */
export const CommandTest = z.strictObject({
	...testBase,
	kind: z.literal("command"),
	runner: z.enum(["unittest", "pytest"]),
	modules: z.array(z.string().min(1)).min(1),
	/** Path in the repository -> absolute path of the file that is laid there, only in the judge. */
	files: z.record(z.string(), z.string()).default({}),
	/** Ids that must run and pass; a missing or skipped one fails. */
	required: z.array(z.string()).default([]),
});

export const TestCase = z.discriminatedUnion("kind", [CallTest, ProgramTest, StdioTest, CommandTest]);
export type TestCase = z.infer<typeof TestCase>;
export type CallTest = z.infer<typeof CallTest>;
export type ProgramTest = z.infer<typeof ProgramTest>;
export type CommandTest = z.infer<typeof CommandTest>;

const taskBase = {
	schema: z.literal("assay.task.v1"),
	id: TaskId,
	title: z.string(),
	language: z.string(),
	difficulty: z.enum(["easy", "medium", "hard"]).nullable(),
	tags: z.array(z.string()),
	split: Split.nullable(),
	tests: z.array(TestCase),
	limits: Limits,
	source: z.strictObject({ origin: z.string(), license: z.string().nullable(), url: z.string().nullable() }),
	/** What is known about the task's presence in training data; null means that nobody has said. */
	contamination: z.string().nullable(),
	/** File and line the task was read from, for messages and for opening it. */
	location: z.strictObject({ file: z.string(), line: z.int().nullable() }),
};

export const FunctionTask = z.strictObject({
	...taskBase,
	kind: z.literal("function"),
	prompt: z.string(),
	entryPoint: z.string().min(1),
	/** What a completion is appended to (HumanEval), or shown as the start (own tasks); "" when there is none. */
	starterCode: z.string(),
	/** `append`: a completion continues `starterCode`; `whole`: it is the solution itself. */
	completionMode: z.enum(["append", "whole"]),
	/** Runs before the tests, in the judge: helper functions of the prompt, imports. Never sent to a candidate. */
	testPrelude: z.string(),
	/** `in_guest` where tests cannot be run apart from the candidate. */
	harness: z.enum(["split", "in_guest"]),
	reference: z.string().nullable(),
	knownBad: z.string().nullable(),
	/** Folder of recorded candidates with an `index.yaml`, absolute. */
	candidates: z.string().nullable(),
});
export type FunctionTask = z.infer<typeof FunctionTask>;

export const RepositoryTask = z.strictObject({
	...taskBase,
	kind: z.literal("repository"),
	/** Absolute path of the repository's folder. */
	repo: z.string(),
	instruction: z.string(),
	compile: z.array(z.string()).nullable(),
	/** For demonstrations: how the prepared backend must end. */
	expect: z.enum(["passed", "failed"]).nullable(),
	backend: z
		.discriminatedUnion("kind", [
			z.strictObject({ kind: z.literal("noop") }),
			z.strictObject({ kind: z.literal("patch"), patch: z.string() }),
		])
		.nullable(),
});
export type RepositoryTask = z.infer<typeof RepositoryTask>;

export const Task = z.discriminatedUnion("kind", [FunctionTask, RepositoryTask]);
export type Task = z.infer<typeof Task>;

/** All that a generator or an agent may see of a task: no hidden test, no reference solution. */
export const PromptInput = z.strictObject({
	taskId: z.string(),
	title: z.string(),
	language: z.string(),
	kind: z.enum(["function", "repository"]),
	prompt: z.string(),
	starterCode: z.string(),
	entryPoint: z.string().nullable(),
	publicTests: z.array(z.string()),
	completionMode: z.enum(["append", "whole", "patch"]),
});
export type PromptInput = z.infer<typeof PromptInput>;

export function promptInputOf(task: Task): PromptInput {
	const publicTests = task.tests
		.filter((test) => test.visibility === "public")
		.flatMap((test) =>
			test.kind === "program" ? [test.code] : test.kind === "call" ? [JSON.stringify(test.args)] : [],
		);
	const common = { taskId: task.id, title: task.title, language: task.language, publicTests };
	return task.kind === "function"
		? {
				...common,
				kind: "function",
				prompt: task.prompt,
				starterCode: task.starterCode,
				entryPoint: task.entryPoint,
				completionMode: task.completionMode,
			}
		: {
				...common,
				kind: "repository",
				prompt: task.instruction,
				starterCode: "",
				entryPoint: null,
				completionMode: "patch",
			};
}
